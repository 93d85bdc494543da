import COpenSSL

/// A certificate being made or checked, at start-up only.
final class IssuedCertificate {
  let certificate: OpaquePointer

  /// Clocks of clients may be behind.
  private static let backdatedSeconds = 3600

  init(pem: [UInt8]) throws(TLSError) {
    let all = try PEM.certificates(pem)
    all.dropFirst().forEach(X509_free)
    certificate = all[0]
  }

  deinit { X509_free(certificate) }

  /// A self-signed authority, which may sign leaves only.
  init(authority name: String, key: IssuingKey, from now: Int, seconds: Int) throws(TLSError) {
    certificate = try Self.blank(commonName: name, key: key, from: now, seconds: seconds)
    guard X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1 else {
      throw .libraryFailure(.takeLast())
    }
    try add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", issuer: certificate)
    try add(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: certificate)
    try add(NID_subject_key_identifier, "hash", issuer: certificate)
    try sign(with: key)
  }

  /// A server's certificate.
  init(
    names: [SubjectName], key: IssuingKey, issuer: IssuedCertificate, issuerKey: IssuingKey, from now: Int,
    seconds: Int, purpose: String = "serverAuth"
  ) throws(TLSError) {
    certificate = try Self.blank(commonName: "Martlet", key: key, from: now, seconds: seconds)
    guard X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate)) == 1 else {
      throw .libraryFailure(.takeLast())
    }
    try add(NID_basic_constraints, "critical,CA:FALSE", issuer: issuer.certificate)
    try add(NID_key_usage, "critical,digitalSignature", issuer: issuer.certificate)
    try add(NID_ext_key_usage, purpose, issuer: issuer.certificate)
    try add(NID_subject_key_identifier, "hash", issuer: issuer.certificate)
    try add(NID_authority_key_identifier, "keyid:always", issuer: issuer.certificate)
    try add(NID_subject_alt_name, names.map(\.extensionText).joined(separator: ","), issuer: issuer.certificate)
    try sign(with: issuerKey)
  }

  private static func blank(
    commonName: String, key: IssuingKey, from now: Int, seconds: Int
  ) throws(TLSError) -> OpaquePointer {
    guard let certificate = X509_new() else { throw .libraryFailure(.takeLast()) }
    guard let serial = BN_new() else {
      X509_free(certificate)
      throw .libraryFailure(.takeLast())
    }
    defer { BN_free(serial) }
    var from = now - backdatedSeconds
    var until = now + seconds
    // A random serial of 127 bits: positive, and 16 bytes of the 20 allowed (RFC 5280 section 4.1.2.2).
    guard
      X509_set_version(certificate, 2) == 1, BN_rand(serial, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1,
      BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate)) != nil,
      X509_time_adj_ex(X509_getm_notBefore(certificate), 0, 0, &from) != nil,
      X509_time_adj_ex(X509_getm_notAfter(certificate), 0, 0, &until) != nil,
      X509_NAME_add_entry_by_txt(
        X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, commonName, -1, -1, 0) == 1,
      X509_set_pubkey(certificate, key.key) == 1
    else {
      X509_free(certificate)
      throw .libraryFailure(.takeLast())
    }
    return certificate
  }

  private func add(_ identifier: Int32, _ value: String, issuer: OpaquePointer) throws(TLSError) {
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, issuer, certificate, nil, nil, 0)
    guard let item = X509V3_EXT_conf_nid(nil, &context, identifier, value) else { throw .libraryFailure(.takeLast()) }
    defer { X509_EXTENSION_free(item) }
    guard X509_add_ext(certificate, item, -1) == 1 else { throw .libraryFailure(.takeLast()) }
  }

  private func sign(with key: IssuingKey) throws(TLSError) {
    guard X509_sign(certificate, key.key, EVP_sha256()) > 0 else { throw .libraryFailure(.takeLast()) }
  }

  func pem() throws(TLSError) -> [UInt8] {
    guard let bio = BIO_new(BIO_s_mem()) else { throw .libraryFailure(.takeLast()) }
    defer { BIO_free(bio) }
    guard PEM_write_bio_X509(bio, certificate) == 1 else { throw .libraryFailure(.takeLast()) }
    return PEM.contents(of: bio)
  }

  func isFor(_ key: IssuingKey) -> Bool {
    defer { ERR_clear_error() }
    return X509_check_private_key(certificate, key.key) == 1
  }

  func isIssued(by authority: IssuedCertificate) -> Bool {
    defer { ERR_clear_error() }
    guard let key = X509_get0_pubkey(authority.certificate) else { return false }
    return X509_check_issued(authority.certificate, certificate) == X509_V_OK && X509_verify(certificate, key) == 1
  }

  func expires(after moment: Int) -> Bool {
    var moment = moment
    return X509_cmp_time(X509_get0_notAfter(certificate), &moment) > 0
  }

  /// What the certificate is for; kinds of names that are never put in are left out.
  var subjectNames: [SubjectName] {
    subjectAlternativeNames(of: certificate)
  }
}

func subjectAlternativeNames(of certificate: OpaquePointer) -> [SubjectName] {
  guard let decoded = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
  let names = OpaquePointer(decoded)
  defer { GENERAL_NAMES_free(names) }
  var found: [SubjectName] = []
  for index in 0..<max(0, COpenSSL_sk_GENERAL_NAME_num(names)) {
    var kind: Int32 = 0
    guard let name = COpenSSL_sk_GENERAL_NAME_value(names, index) else { continue }
    guard let value = GENERAL_NAME_get0_value(name, &kind) else { continue }
    guard kind == GEN_DNS || kind == GEN_IPADD else { continue }
    let text = value.assumingMemoryBound(to: ASN1_STRING.self)
    let bytes = Array(UnsafeBufferPointer(start: ASN1_STRING_get0_data(text), count: Int(ASN1_STRING_length(text))))
    found.append(kind == GEN_DNS ? .dns(String(decoding: bytes, as: UTF8.self).lowercased()) : .address(bytes))
  }
  return found
}

extension SubjectName {
  /// As OpenSSL's subjectAltName syntax has it. Checked names hold no comma.
  fileprivate var extensionText: String {
    switch self {
    case .dns(let name): return "DNS:" + name
    case .address(let bytes):
      if bytes.count == 4 { return "IP:" + bytes.map(String.init).joined(separator: ".") }
      let groups = stride(from: 0, to: bytes.count, by: 2).map {
        String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16)
      }
      return "IP:" + groups.joined(separator: ":")
    }
  }
}
