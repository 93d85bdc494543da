import COpenSSL

/// A question to an OCSP responder (RFC 6960) about one certificate of a verified chain, and the judging of its answer.
public struct OCSPInquiry: Sendable {
  public struct Answer: Sendable, Equatable {
    public enum Status: Sendable { case good, revoked, unknown }

    public let status: Status
    /// Until when it may be taken without asking again, in seconds since 1970; nil: not at all.
    public let nextUpdate: Int64?
  }

  public enum Fault: Error, Hashable, Sendable {
    case malformed
    /// The responder's `OCSPResponseStatus`, such as 6 for unauthorized.
    case refused(status: Int)
    /// Not signed by the certificate's issuer, nor by whom it delegated.
    case untrusted
    case weakSignature
    /// An answer to another question.
    case wrongNonce
    case otherCertificate
    /// Older than its own end, or without one and old.
    case stale
  }

  private let certificate: [UInt8]
  private let issuer: [UInt8]
  /// Names the certificate: what answers can be kept under.
  public let key: [UInt8]
  /// What to send, `application/ocsp-request`.
  public let request: [UInt8]
  /// From the certificate's authority information access, in its order.
  public let responders: [String]

  /// How far the responder's clock may be off, in seconds.
  private static let skew = 300
  /// An answer without end and nonce counts this long, in seconds.
  private static let ageMax = 3600

  /// One for each certificate below the authority; nil when memory is short.
  public static func all(for verified: VerifiedCertificate) -> [OCSPInquiry]? {
    var inquiries: [OCSPInquiry] = []
    for (certificate, issuer) in zip(verified.chain, verified.chain.dropFirst()) {
      guard let inquiry = OCSPInquiry(certificate, issuer) else { return nil }
      inquiries.append(inquiry)
    }
    return inquiries
  }

  private init?(_ certificate: [UInt8], _ issuer: [UInt8]) {
    guard let subject = ClientCertificateTrust.certificate(certificate) else { return nil }
    defer { X509_free(subject) }
    guard let authority = ClientCertificateTrust.certificate(issuer) else { return nil }
    defer { X509_free(authority) }
    guard let request = OCSP_REQUEST_new() else { return nil }
    defer { OCSP_REQUEST_free(request) }
    // SHA-1 names the issuer here, nothing is secured by it, and responders know no other.
    guard let id = OCSP_cert_to_id(nil, subject, authority) else { return nil }
    guard OCSP_request_add0_id(request, id) != nil else {
      OCSP_CERTID_free(id)
      return nil
    }
    // 16 random bytes, at most 32 are allowed (RFC 8954).
    guard OCSP_request_add1_nonce(request, nil, 16) == 1,
      let key = Self.encoded({ i2d_OCSP_CERTID(id, $0) }), let text = Self.encoded({ i2d_OCSP_REQUEST(request, $0) })
    else { return nil }
    self.certificate = certificate
    self.issuer = issuer
    self.key = key
    self.request = text
    responders = Self.responders(of: subject)
  }

  private static func encoded(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Int32) -> [UInt8]? {
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = encode(&bytes)
    guard count > 0, let bytes else { return nil }
    defer { CRYPTO_free(bytes, #file, #line) }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }

  private static func responders(of certificate: OpaquePointer) -> [String] {
    guard let list = X509_get1_ocsp(certificate) else { return [] }
    defer { X509_email_free(list) }
    return (0..<min(4, max(0, COpenSSL_sk_OPENSSL_STRING_num(list)))).compactMap { index in
      COpenSSL_sk_OPENSSL_STRING_value(list, index).map { String(cString: $0) }
    }
  }

  /// What an answer (DER) says. Times are compared with the system's clock.
  /// - Parameters:
  ///   - trust: the authority that the chain was verified against.
  ///   - now: in seconds since 1970.
  public func judge(_ answer: [UInt8], trust: ClientCertificateTrust, at now: Int64) throws(Fault) -> Answer {
    defer { ERR_clear_error() }
    let response = answer.withUnsafeBufferPointer { bytes in
      var next = bytes.baseAddress
      return d2i_OCSP_RESPONSE(nil, &next, bytes.count)
    }
    guard let response else { throw .malformed }
    defer { OCSP_RESPONSE_free(response) }
    let status = OCSP_response_status(response)
    guard status == OCSP_RESPONSE_STATUS_SUCCESSFUL else { throw .refused(status: Int(status)) }
    guard let basic = OCSP_response_get1_basic(response) else { throw .malformed }
    defer { OCSP_BASICRESP_free(basic) }
    try checkSignature(basic, trust)

    let question = request.withUnsafeBufferPointer { bytes in
      var next = bytes.baseAddress
      return d2i_OCSP_REQUEST(nil, &next, bytes.count)
    }
    guard let question else { throw .malformed }
    defer { OCSP_REQUEST_free(question) }
    // 1: the same in both; -1: the responder gives none, and only the times tell a new answer from an old one.
    let nonce = OCSP_check_nonce(question, basic)
    guard nonce == 1 || nonce == -1 else { throw .wrongNonce }

    guard let single = OCSP_request_onereq_get0(question, 0), let id = OCSP_onereq_get0_id(single) else {
      throw .malformed
    }
    var certificateStatus: Int32 = -1
    var reason: Int32 = -1
    var revoked: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
    var from: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
    var until: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
    guard OCSP_resp_find_status(basic, id, &certificateStatus, &reason, &revoked, &from, &until) == 1 else {
      throw .otherCertificate
    }
    let ageMax = nonce == -1 && until == nil ? Self.ageMax : -1
    guard OCSP_check_validity(from, until, Self.skew, ageMax) == 1 else { throw .stale }
    let known: Answer.Status =
      switch certificateStatus {
      case V_OCSP_CERTSTATUS_GOOD: .good
      case V_OCSP_CERTSTATUS_REVOKED: .revoked
      default: .unknown
      }
    return Answer(status: known, nextUpdate: VerifiedCertificate.seconds(until))
  }

  private func checkSignature(_ basic: OpaquePointer, _ trust: ClientCertificateTrust) throws(Fault) {
    guard let untrusted = COpenSSL_sk_X509_dup(trust.intermediates) else { throw .malformed }
    defer { COpenSSL_sk_X509_free(untrusted) }
    guard let authority = ClientCertificateTrust.certificate(issuer) else { throw .malformed }
    defer { X509_free(authority) }
    guard COpenSSL_sk_X509_push(untrusted, authority) == 1 else { throw .malformed }
    guard OCSP_basic_verify(basic, untrusted, trust.store, 0) == 1 else { throw .untrusted }
    guard let algorithm = OCSP_resp_get0_tbs_sigalg(basic) else { throw .weakSignature }
    var digest: Int32 = 0
    let found = OBJ_find_sigid_algs(OBJ_obj2nid(algorithm.pointee.algorithm), &digest, nil)
    // Undefined: the algorithm has its own digest (Ed25519) or names it in its parameters (PSS).
    guard found == 1, ![NID_md4, NID_md5, NID_sha1].contains(digest) else { throw .weakSignature }
  }
}
