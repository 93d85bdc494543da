import COpenSSL

/// A private key for making certificates, at start-up only.
final class IssuingKey {
  let key: OpaquePointer

  /// A new P-256 key.
  init() throws(TLSError) {
    guard let generator = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { throw .libraryFailure(.takeLast()) }
    defer { EVP_PKEY_CTX_free(generator) }
    var key: OpaquePointer?
    guard
      EVP_PKEY_keygen_init(generator) == 1, EVP_PKEY_CTX_set_group_name(generator, "P-256") == 1,
      EVP_PKEY_generate(generator, &key) == 1, let key
    else { throw .libraryFailure(.takeLast()) }
    self.key = key
  }

  init(pem: [UInt8]) throws(TLSError) {
    var pem = pem
    defer { pem.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    key = try PEM.privateKey(pem)
  }

  deinit { EVP_PKEY_free(key) }

  func pem() throws(TLSError) -> [UInt8] {
    guard let bio = BIO_new(BIO_s_secmem()) else { throw .libraryFailure(.takeLast()) }
    defer { BIO_free(bio) }
    guard PEM_write_bio_PKCS8PrivateKey(bio, key, nil, nil, 0, nil, nil) == 1 else {
      throw .libraryFailure(.takeLast())
    }
    return PEM.contents(of: bio)
  }
}

extension PEM {
  static func contents(of bio: OpaquePointer) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(bio))
    var count = 0
    guard BIO_read_ex(bio, &bytes, bytes.count, &count) == 1 else { return [] }
    return Array(bytes[..<count])
  }
}
