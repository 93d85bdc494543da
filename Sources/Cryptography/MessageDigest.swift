import COpenSSL

/// The digests fetched once from OpenSSL's providers; fetching costs microseconds, using them nanoseconds.
///
/// The first use fixes the provider, so a program that requires FIPS loads that provider before it hashes anything.
enum MessageDigest {
  // Immutable after creation, reference counted by OpenSSL, never freed.
  nonisolated(unsafe) static let sha256 = fetch("SHA2-256", nil)
  static let sha256Start = DigestState(sha256)
  nonisolated(unsafe) static let sha1 = fetch("SHA1", nil)
  static let sha1Start = DigestState(sha1)
  nonisolated(unsafe) static let sha224 = fetch("SHA2-224", nil)
  nonisolated(unsafe) static let sha384 = fetch("SHA2-384", nil)
  nonisolated(unsafe) static let sha512 = fetch("SHA2-512", nil)
  /// From a library context of its own: S3's ETags need MD5 even where the FIPS provider, which has none, is the
  /// default for everything else.
  nonisolated(unsafe) static let md5: OpaquePointer = {
    guard let context = OSSL_LIB_CTX_new(), OSSL_PROVIDER_load(context, "default") != nil else {
      preconditionFailure("OpenSSL has no default provider")
    }
    return fetch("MD5", context)
  }()
  static let md5Start = DigestState(md5)

  private static func fetch(_ name: String, _ context: OpaquePointer?) -> OpaquePointer {
    guard let digest = EVP_MD_fetch(context, name, nil) else {
      // An OpenSSL without SHA-2 cannot start TLS either: a broken installation, not an input.
      preconditionFailure("OpenSSL offers no \(name)")
    }
    return digest
  }
}

/// Owns one EVP_MD_CTX and frees it; reusable for any number of messages.
final class MessageDigestContext {
  private let context: OpaquePointer
  private let start: DigestState
  /// Whether a message has begun; one begins with its first byte, or its end where it has none.
  private var hasBegun = false

  /// - Parameter start: what every message starts from.
  init(_ start: DigestState) {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
    self.context = context
    self.start = start
  }

  deinit { EVP_MD_CTX_free(context) }

  @inline(__always)
  func reset() { hasBegun = false }

  /// Begins a message behind what `state`, of the same digest, has taken in.
  @inline(__always)
  func begin(behind state: DigestState) {
    state.copy(to: context)
    hasBegun = true
  }

  @inline(__always)
  func update(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.baseAddress, bytes.count > 0 else { return }
    if !hasBegun { begin(behind: start) }
    guard EVP_DigestUpdate(context, first, bytes.count) == 1 else { preconditionFailure("digest cannot go on") }
  }

  /// Writes the digest and is ready for the next message.
  @inline(__always)
  func finish(into output: UnsafeMutableRawPointer) {
    if !hasBegun { begin(behind: start) }
    hasBegun = false
    guard EVP_DigestFinal_ex(context, output.assumingMemoryBound(to: UInt8.self), nil) == 1 else {
      preconditionFailure("digest cannot finish")
    }
  }
}

/// A digest that has taken in some bytes, or none, for messages to start from: copying costs OpenSSL half of what
/// starting anew does. Wiped by OpenSSL when freed.
///
/// Unchecked Sendable: changed only in `init`; OpenSSL's copying only reads it.
final class DigestState: @unchecked Sendable {
  private let context: OpaquePointer

  init(_ digest: OpaquePointer, behind prefix: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)) {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
    self.context = context
    guard EVP_DigestInit_ex2(context, digest, nil) == 1 else { preconditionFailure("digest cannot start") }
    guard let start = prefix.baseAddress, prefix.count > 0 else { return }
    guard EVP_DigestUpdate(context, start, prefix.count) == 1 else { preconditionFailure("digest cannot go on") }
  }

  deinit { EVP_MD_CTX_free(context) }

  @inline(__always)
  fileprivate func copy(to other: OpaquePointer) {
    guard EVP_MD_CTX_copy_ex(other, context) == 1 else { preconditionFailure("digest cannot start") }
  }
}
