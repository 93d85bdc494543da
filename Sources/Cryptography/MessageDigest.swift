import COpenSSL

/// The digests fetched once from OpenSSL's providers; fetching costs microseconds, using them nanoseconds.
///
/// The first use fixes the provider, so a program that requires FIPS loads that provider before it hashes anything.
enum MessageDigest {
  // Immutable after creation, reference counted by OpenSSL, never freed.
  nonisolated(unsafe) static let sha256 = fetch("SHA2-256", nil)
  nonisolated(unsafe) static let sha1 = fetch("SHA1", nil)
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
  private let digest: OpaquePointer
  private var isFresh: Bool

  init(_ digest: OpaquePointer) {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
    self.context = context
    self.digest = digest
    self.isFresh = false
    reset()
  }

  deinit { EVP_MD_CTX_free(context) }

  @inline(__always)
  func reset() {
    // Initializing with the digest it already has reuses the provider's context: no allocation.
    if !isFresh {
      guard EVP_DigestInit_ex2(context, digest, nil) == 1 else { preconditionFailure("digest cannot start") }
      isFresh = true
    }
  }

  @inline(__always)
  func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
    isFresh = false
    guard EVP_DigestUpdate(context, start, bytes.count) == 1 else { preconditionFailure("digest cannot go on") }
  }

  /// Writes the digest and starts over.
  @inline(__always)
  func finish(into output: UnsafeMutableRawPointer) {
    isFresh = false
    guard EVP_DigestFinal_ex(context, output.assumingMemoryBound(to: UInt8.self), nil) == 1 else {
      preconditionFailure("digest cannot finish")
    }
    reset()
  }
}
