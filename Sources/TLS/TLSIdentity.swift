import COpenSSL

/// A certificate chain and its private key. Neither gives its bytes away.
///
/// `@unchecked Sendable`: the OpenSSL objects are never changed after `init`, only their (atomic) reference counts.
public final class TLSIdentity: @unchecked Sendable {
  let certificate: OpaquePointer
  /// `STACK_OF(X509)` without the leaf.
  let intermediates: OpaquePointer
  let key: OpaquePointer

  /// DNS names of the certificate's subjectAltName, lowercased, wildcards included. The common name does not count
  /// (RFC 9525 section 2).
  public let dnsNames: [String]

  /// - Parameters:
  ///   - chain: PEM, the leaf first, then intermediates. The root is not needed.
  ///   - privateKey: PEM, not encrypted.
  public init(chain: [UInt8], privateKey: [UInt8]) throws(TLSError) {
    let key = try PEM.privateKey(privateKey)
    let certificates: [OpaquePointer]
    do {
      certificates = try PEM.certificates(chain)
    } catch {
      EVP_PKEY_free(key)
      throw error
    }
    let leaf = certificates[0]
    guard X509_check_private_key(leaf, key) == 1, let stack = COpenSSL_sk_X509_new_null() else {
      EVP_PKEY_free(key)
      certificates.forEach(X509_free)
      ERR_clear_error()
      throw .keyDoesNotMatchCertificate
    }
    var isComplete = true
    for certificate in certificates.dropFirst() where COpenSSL_sk_X509_push(stack, certificate) != 1 {
      X509_free(certificate)
      isComplete = false
    }
    self.certificate = leaf
    self.intermediates = stack
    self.key = key
    self.dnsNames = subjectAlternativeNames(of: leaf).compactMap { name in
      guard case .dns(let text) = name else { return nil }
      return text
    }
    guard isComplete else { throw .libraryFailure(.takeLast()) }
  }

  /// Reads both files; the key's bytes are wiped afterwards.
  public convenience init(chainPath: String, privateKeyPath: String) throws(TLSError) {
    let chain = try FileAccess.read(chainPath)
    var privateKey = try FileAccess.read(privateKeyPath)
    defer { privateKey.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    try self.init(chain: chain, privateKey: privateKey)
  }

  deinit {
    X509_free(certificate)
    COpenSSL_sk_X509_pop_free(intermediates)
    EVP_PKEY_free(key)
  }

  func use(in context: OpaquePointer) throws(TLSError) {
    guard SSL_CTX_use_cert_and_key(context, certificate, key, intermediates, 1) == 1 else {
      throw .libraryFailure(.takeLast())
    }
  }
}
