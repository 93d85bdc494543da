import COpenSSL

/// A chain of certificates from a leaf to a trusted root. Only verification makes one.
public struct CertificateChain: Sendable {
  /// What the leaf must be good for.
  public struct Purpose: Sendable {
    /// Since 1970-01-01T00:00:00Z.
    public var now: Duration
    /// Host name or address that the leaf must be for; nil: any. The common name does not count (RFC 9525 section 2).
    public var dnsName: String?
    /// One of these must be allowed all the way up; a certificate that says nothing allows everything.
    public var usages: [ExtendedKeyUsage]

    public init(now: Duration, dnsName: String? = nil, usages: [ExtendedKeyUsage] = [.serverAuth]) {
      self.now = now
      self.dnsName = dnsName
      self.usages = usages
    }
  }

  /// The leaf first, the root last.
  public let certificates: [Certificate]

  /// Verifies with the first certificate as the only root, the last as the leaf and those between as intermediates, as
  /// OPA's `crypto.x509.parse_and_verify_certificates` takes them.
  /// - Throws: `untrusted`.
  public init(rootToLeaf certificates: [Certificate], for purpose: Purpose) throws(CryptographyError) {
    guard certificates.count >= 2, let root = certificates.first, let leaf = certificates.last else {
      throw .untrusted(.tooShort)
    }
    try self.init(
      leaf: leaf, intermediates: Array(certificates.dropFirst().dropLast()), roots: [root], for: purpose)
  }

  /// - Parameter roots: trusted, whether self-signed or not.
  /// - Throws: `untrusted`.
  public init(
    leaf: Certificate, intermediates: [Certificate], roots: [Certificate], for purpose: Purpose
  ) throws(CryptographyError) {
    let session = try ChainSession(leaf: leaf, intermediates: intermediates, roots: roots)
    let chain = try session.verify(seconds: Int(purpose.now.components.seconds), known: [leaf] + intermediates + roots)
    if let name = purpose.dnsName {
      guard Self.matches(name, leaf) else { throw .untrusted(.wrongName) }
    }
    guard Self.allows(purpose.usages, chain) else { throw .untrusted(.wrongUsage) }
    certificates = chain
  }

  private static func matches(_ name: String, _ leaf: Certificate) -> Bool {
    defer { ERR_clear_error() }
    let bare = name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : name
    // 1: a match, 0: another address, below: no address at all.
    let asAddress = X509_check_ip_asc(leaf.handle, bare, 0)
    if asAddress >= 0 { return asAddress == 1 }
    let flags = UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT) | UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
    let host = name.hasSuffix(".") ? String(name.dropLast()) : name
    // To OpenSSL a leading period means every subdomain; here it is no name.
    return !host.isEmpty && !host.hasPrefix(".") && X509_check_host(leaf.handle, host, host.utf8.count, flags, nil) == 1
  }

  private static func allows(_ usages: [ExtendedKeyUsage], _ chain: [Certificate]) -> Bool {
    if usages.contains(.any) { return true }
    var left = usages
    for certificate in chain {
      let known = certificate.fields.known
      if known.usages.isEmpty, known.unknownUsages.isEmpty { continue }
      if known.usages.contains(.any) { continue }
      left.removeAll { !known.usages.contains($0) }
    }
    return !left.isEmpty
  }
}

/// Owns what OpenSSL needs to verify one chain.
private final class ChainSession {
  private let store: OpaquePointer
  private let context: OpaquePointer
  private let untrusted: OpaquePointer

  init(leaf: Certificate, intermediates: [Certificate], roots: [Certificate]) throws(CryptographyError) {
    guard let store = X509_STORE_new() else { throw .unavailable }
    guard let untrusted = COpenSSL_sk_X509_new_null() else {
      X509_STORE_free(store)
      throw .unavailable
    }
    guard let context = X509_STORE_CTX_new() else {
      X509_STORE_free(store)
      COpenSSL_sk_X509_pop_free(untrusted)
      throw .unavailable
    }
    self.store = store
    self.untrusted = untrusted
    self.context = context
    for root in roots {
      guard X509_STORE_add_cert(store, root.handle) == 1 else { throw .unavailable }
    }
    for certificate in intermediates {
      guard X509_up_ref(certificate.handle) == 1 else { throw .unavailable }
      guard COpenSSL_sk_X509_push(untrusted, certificate.handle) == 1 else {
        X509_free(certificate.handle)
        throw .unavailable
      }
    }
    guard X509_STORE_CTX_init(context, store, leaf.handle, untrusted) == 1 else { throw .unavailable }
  }

  deinit {
    X509_STORE_CTX_free(context)
    COpenSSL_sk_X509_pop_free(untrusted)
    X509_STORE_free(store)
  }

  func verify(seconds: Int, known: [Certificate]) throws(CryptographyError) -> [Certificate] {
    defer { ERR_clear_error() }
    guard let parameters = X509_STORE_CTX_get0_param(context) else { throw .unavailable }
    X509_VERIFY_PARAM_set_time(parameters, seconds)
    X509_VERIFY_PARAM_set_depth(parameters, 16)
    // Name constraints are for names, and the common name is none.
    X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
    // Level 1 asks for 80 bits of security: no MD5, no SHA-1, RSA from 1,024 bits.
    X509_VERIFY_PARAM_set_auth_level(parameters, 1)
    guard X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN)) == 1 else { throw .unavailable }
    guard X509_verify_cert(context) == 1 else { throw .untrusted(fault(X509_STORE_CTX_get_error(context))) }
    guard let chain = X509_STORE_CTX_get0_chain(context) else { throw .unavailable }
    var certificates: [Certificate] = []
    for index in 0..<max(0, COpenSSL_sk_X509_num(chain)) {
      guard let item = COpenSSL_sk_X509_value(chain, index),
        let certificate = known.first(where: { X509_cmp($0.handle, item) == 0 })
      else { throw .unavailable }
      certificates.append(certificate)
    }
    return certificates
  }

  private func fault(_ code: Int32) -> ChainFault {
    switch code {
    case X509_V_ERR_CERT_HAS_EXPIRED: .expired
    case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
    case X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE: .badSignature
    case X509_V_ERR_CA_MD_TOO_WEAK, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_EE_KEY_TOO_SMALL: .weakAlgorithm
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      .unknownIssuer
    default: .constraint
    }
  }
}
