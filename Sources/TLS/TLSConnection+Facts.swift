import COpenSSL

extension TLSConnection {
  /// What both sides agreed on; call after the handshake.
  func facts() -> TLSHandshakeFacts {
    TLSHandshakeFacts(
      version: SSL_version(ssl) == TLS1_3_VERSION ? .tls13 : .tls12,
      cipherSuite: SSL_get_current_cipher(ssl).flatMap { SSL_CIPHER_get_name($0) }.map { String(cString: $0) } ?? "",
      applicationProtocol: applicationProtocol,
      serverName: SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) },
      isResumed: SSL_session_reused(ssl) == 1,
      peer: peer
    )
  }

  private var applicationProtocol: String? {
    var bytes: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &bytes, &count)
    guard let bytes, count > 0 else { return nil }
    return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
  }

  private var peer: TLSPeer? {
    guard let leaf = SSL_get0_peer_certificate(ssl) else { return nil }
    var chain: [[UInt8]] = []
    if let der = derEncoding(of: leaf) { chain.append(der) }
    if let stack = SSL_get_peer_cert_chain(ssl) {
      // On the client the stack starts with the leaf, on the server behind it.
      for index in (SSL_is_server(ssl) == 1 ? 0 : 1)..<max(1, COpenSSL_sk_X509_num(stack)) {
        guard chain.count < TLSPeer.chainCountMax, let certificate = COpenSSL_sk_X509_value(stack, index) else { break }
        if let der = derEncoding(of: certificate) { chain.append(der) }
      }
    }
    let result = SSL_get_verify_result(ssl)
    let reason = X509_verify_cert_error_string(result).map { String(cString: $0) } ?? "unknown"
    return TLSPeer(
      chain: chain, verification: result == Int(X509_V_OK) ? .trusted : .untrusted(code: result, reason: reason))
  }
}

/// Nil only when memory is short.
func derEncoding(of certificate: OpaquePointer) -> [UInt8]? {
  var encoded: UnsafeMutablePointer<UInt8>?
  let count = i2d_X509(certificate, &encoded)
  guard count > 0, let encoded else { return nil }
  defer { CRYPTO_free(encoded, #file, #line) }
  return Array(UnsafeBufferPointer(start: encoded, count: Int(count)))
}
