import COpenSSL

/// Owns one `SSL_CTX` with the rules that hold for both sides: TLS 1.2 and 1.3, forward-secret AEAD suites, no
/// compression, no renegotiation.
///
/// `@unchecked Sendable`: changed only while a context's `init` runs; afterwards OpenSSL synchronizes `SSL_new` itself.
final class ContextOwner: @unchecked Sendable {
  let context: OpaquePointer

  /// Source: RFC 9325 section 4.2. AES-128 comes first because it costs less and nobody breaks it; a client whose
  /// first choice is ChaCha20 (no AES instructions) gets that.
  private static let suites12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
  private static let suites13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
  private static let groups = "X25519:P-256:P-384"

  init(isServer: Bool, minimumVersion: TLSHandshakeFacts.Version) throws(TLSError) {
    guard let context = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
      throw .libraryFailure(.takeLast())
    }
    self.context = context
    let version = minimumVersion == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION
    guard
      COpenSSL_SSL_CTX_set_min_proto_version(context, version) == 1,
      SSL_CTX_set_cipher_list(context, Self.suites12) == 1,
      SSL_CTX_set_ciphersuites(context, Self.suites13) == 1,
      COpenSSL_SSL_CTX_set1_groups_list(context, Self.groups) == 1
    else { throw .libraryFailure(.takeLast()) }

    SSL_CTX_set_options(context, COpenSSL_SSL_options())
    // Not SSL_MODE_RELEASE_BUFFERS, which takes and gives back 16 KiB twice per request: a connection that is no longer
    // used gives them back, see `TLSHandler.releaseBuffers()`.
    COpenSSL_SSL_CTX_set_mode(context, Int(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
  }

  deinit { SSL_CTX_free(context) }

  /// ALPN's wire form (RFC 7301 section 3.1).
  static func wireForm(of protocols: [String]) throws(TLSError) -> [UInt8] {
    var wire: [UInt8] = []
    for name in protocols {
      guard (1...255).contains(name.utf8.count) else { throw .invalidApplicationProtocol(name) }
      wire.append(UInt8(name.utf8.count))
      wire += name.utf8
    }
    return wire
  }
}
