import COpenSSL

/// Reading PEM (RFC 7468) into OpenSSL objects. The callers free them.
enum PEM {
  /// All certificates in the text, in order; at least one.
  static func certificates(_ text: [UInt8]) throws(TLSError) -> [OpaquePointer] {
    guard let bio = BIO_new_mem_buf(text, Int32(text.count)) else { throw .libraryFailure(.takeLast()) }
    defer { BIO_free(bio) }
    var found: [OpaquePointer] = []
    while let certificate = PEM_read_bio_X509(bio, nil, refusePassword, nil) { found.append(certificate) }
    let code = ERR_peek_last_error()
    ERR_clear_error()
    // "No start line" is how the end of the text is told.
    guard code == 0 || isNoStartLine(code) else {
      found.forEach(X509_free)
      throw .malformedCertificate
    }
    guard !found.isEmpty else { throw .noCertificate }
    return found
  }

  static func privateKey(_ text: [UInt8]) throws(TLSError) -> OpaquePointer {
    guard let bio = BIO_new_mem_buf(text, Int32(text.count)) else { throw .libraryFailure(.takeLast()) }
    defer { BIO_free(bio) }
    guard let key = PEM_read_bio_PrivateKey(bio, nil, refusePassword, nil) else {
      ERR_clear_error()
      throw isEncrypted(text) ? .encryptedPrivateKey : .malformedPrivateKey
    }
    return key
  }

  static func isNoStartLine(_ code: UInt) -> Bool {
    // ERR_GET_LIB and ERR_GET_REASON: library in bits 23 to 30, reason below.
    (code >> 23) & 0xFF == UInt(ERR_LIB_PEM) && code & 0x7F_FFFF == UInt(PEM_R_NO_START_LINE)
  }

  private static func isEncrypted(_ text: [UInt8]) -> Bool {
    let content = String(decoding: text, as: UTF8.self)
    return content.contains("ENCRYPTED")
  }
}

/// OpenSSL's own callback would ask on the terminal.
private func refusePassword(
  _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32, _ isWriting: Int32, _ argument: UnsafeMutableRawPointer?
) -> Int32 { -1 }
