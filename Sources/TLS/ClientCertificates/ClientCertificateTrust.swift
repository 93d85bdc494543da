import COpenSSL

/// The authorities whose client certificates are taken, with their revocation lists. Immutable; files that change make
/// another one.
///
/// `@unchecked Sendable`: the store is not changed after `init`; OpenSSL synchronizes look-ups in it itself.
public final class ClientCertificateTrust: @unchecked Sendable {
  let store: OpaquePointer
  /// `STACK_OF(X509)`: never trusted, only there to complete chains.
  let intermediates: OpaquePointer
  private let checksLists: Bool

  /// From leaf to authority.
  private static let depthMax: Int32 = 5
  /// OpenSSL's: 112 bits, which RSA below 2048 bits and SHA-1 are not.
  private static let securityLevel: Int32 = 2

  /// - Parameters:
  ///   - authorities: PEM; trusted each for itself, roots or not makes no difference to who may be under them, but a
  ///     chain must end in one that signed itself.
  ///   - intermediates: PEM, for clients that send their own certificate only.
  ///   - revocationLists: PEM or DER. When there is any, each certificate of a chain must be on none, and the list of
  ///     each issuer in it must be there and current.
  public init(
    authorities: [UInt8], intermediates: [UInt8]? = nil, revocationLists: [[UInt8]] = []
  ) throws(TLSError) {
    guard let store = X509_STORE_new(), let stack = COpenSSL_sk_X509_new_null() else {
      throw .libraryFailure(.takeLast())
    }
    self.store = store
    self.intermediates = stack
    checksLists = !revocationLists.isEmpty
    for certificate in try PEM.certificates(authorities) {
      let added = X509_STORE_add_cert(store, certificate)
      X509_free(certificate)
      guard added == 1 else { throw .libraryFailure(.takeLast()) }
    }
    if let intermediates {
      for certificate in try PEM.certificates(intermediates) where COpenSSL_sk_X509_push(stack, certificate) != 1 {
        X509_free(certificate)
        throw .libraryFailure(.takeLast())
      }
    }
    for list in revocationLists { try add(list) }
  }

  deinit {
    X509_STORE_free(store)
    COpenSSL_sk_X509_pop_free(intermediates)
  }

  private func add(_ bytes: [UInt8]) throws(TLSError) {
    guard let bio = BIO_new_mem_buf(bytes, Int32(bytes.count)) else { throw .libraryFailure(.takeLast()) }
    defer { BIO_free(bio) }
    var count = 0
    if bytes.first == 0x30 {
      guard let list = d2i_X509_CRL_bio(bio, nil) else {
        ERR_clear_error()
        throw .malformedRevocationList
      }
      defer { X509_CRL_free(list) }
      guard X509_STORE_add_crl(store, list) == 1 else { throw .libraryFailure(.takeLast()) }
      count = 1
    } else {
      while let list = PEM_read_bio_X509_CRL(bio, nil, nil, nil) {
        defer { X509_CRL_free(list) }
        guard X509_STORE_add_crl(store, list) == 1 else { throw .libraryFailure(.takeLast()) }
        count += 1
      }
      let end = ERR_peek_last_error()
      ERR_clear_error()
      guard end == 0 || PEM.isNoStartLine(end) else { throw .malformedRevocationList }
    }
    guard count > 0 else { throw .malformedRevocationList }
  }

  /// Verifies a chain for a client, by RFC 5280 to the letter: signatures, times, constraints, key sizes, purposes, lists.
  /// - Parameters:
  ///   - chain: DER, leaf first, as the client sent them.
  ///   - now: in seconds since 1970.
  public func verify(_ chain: [[UInt8]], at now: Int64) throws(CertificateRefusal) -> VerifiedCertificate {
    guard let first = chain.first, chain.count <= TLSPeer.chainCountMax else { throw .malformed }
    guard let leaf = Self.certificate(first) else { throw .malformed }
    defer { X509_free(leaf) }
    // The members of the copy belong to others; only what the client sent is owned here.
    guard let untrusted = COpenSSL_sk_X509_dup(intermediates) else { throw .malformed }
    var sent: [OpaquePointer] = []
    defer {
      COpenSSL_sk_X509_free(untrusted)
      sent.forEach(X509_free)
    }
    for der in chain.dropFirst() {
      guard let certificate = Self.certificate(der) else { throw .malformed }
      sent.append(certificate)
      guard COpenSSL_sk_X509_push(untrusted, certificate) == 1 else { throw .malformed }
    }

    guard let context = X509_STORE_CTX_new() else { throw .malformed }
    defer {
      X509_STORE_CTX_free(context)
      ERR_clear_error()
    }
    guard X509_STORE_CTX_init(context, store, leaf, untrusted) == 1, let rules = X509_STORE_CTX_get0_param(context)
    else { throw .malformed }
    var flags = UInt(X509_V_FLAG_X509_STRICT) | UInt(X509_V_FLAG_TRUSTED_FIRST)
    if checksLists { flags |= UInt(X509_V_FLAG_CRL_CHECK) | UInt(X509_V_FLAG_CRL_CHECK_ALL) }
    guard X509_VERIFY_PARAM_set_flags(rules, flags) == 1,
      X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_CLIENT) == 1,
      X509_VERIFY_PARAM_set_trust(rules, X509_TRUST_SSL_CLIENT) == 1
    else { throw .malformed }
    X509_VERIFY_PARAM_set_depth(rules, Self.depthMax)
    X509_VERIFY_PARAM_set_auth_level(rules, Self.securityLevel)
    X509_VERIFY_PARAM_set_time(rules, Int(now))
    let isGood = X509_verify_cert(context) == 1
    let code = X509_STORE_CTX_get_error(context)
    guard isGood, code == X509_V_OK else {
      let number = code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code
      let reason = X509_verify_cert_error_string(Int(number)).map { String(cString: $0) } ?? "unknown"
      throw number == X509_V_ERR_CERT_REVOKED
        ? .revoked
        : .chain(code: Int(number), reason: reason, depth: Int(X509_STORE_CTX_get_error_depth(context)))
    }
    let extensions = X509_get_extension_flags(leaf)
    guard extensions & UInt32(EXFLAG_CA) == 0 else { throw .isAuthority }
    guard extensions & UInt32(EXFLAG_XKUSAGE) != 0,
      X509_get_extended_key_usage(leaf) & UInt32(XKU_SSL_CLIENT) != 0
    else { throw .notForClients }

    guard let built = X509_STORE_CTX_get0_chain(context) else { throw .malformed }
    let certificates = (0..<max(0, COpenSSL_sk_X509_num(built))).compactMap { COpenSSL_sk_X509_value(built, $0) }
    guard let verified = VerifiedCertificate(leaf, chain: certificates) else { throw .malformed }
    return verified
  }

  /// Nil unless the bytes are one certificate and nothing else.
  static func certificate(_ der: [UInt8]) -> OpaquePointer? {
    der.withUnsafeBufferPointer { bytes in
      var next = bytes.baseAddress
      guard let certificate = d2i_X509(nil, &next, bytes.count) else {
        ERR_clear_error()
        return nil
      }
      guard next == bytes.baseAddress.map({ $0 + bytes.count }) else {
        X509_free(certificate)
        return nil
      }
      return certificate
    }
  }
}
