import COpenSSL

/// The names in a certificate that can stand for somebody. All in UTF-8, in the order written; what cannot be a name (NUL
/// and other control characters, empty, longer than 512 bytes) is kept
/// out, and `hasUnusable` says so.
public struct CertificateNames: Sendable, Equatable {
  public internal(set) var commonNames: [String] = []
  public internal(set) var organizations: [String] = []
  public internal(set) var organizationalUnits: [String] = []
  public internal(set) var emails: [String] = []
  public internal(set) var dnsNames: [String] = []
  public internal(set) var uris: [String] = []
  /// Microsoft's user principal names (`otherName` 1.3.6.1.4.1.311.20.2.3).
  public internal(set) var userPrincipalNames: [String] = []
  /// Whether a subject or alternative name of one of these kinds is no proper text.
  public internal(set) var hasUnusable = false

  private static let bytesMax = 512
  private static let countMax = 64

  init(_ certificate: OpaquePointer) {
    if let subject = X509_get_subject_name(certificate) {
      addValues(subject, NID_commonName, to: \.commonNames)
      addValues(subject, NID_organizationName, to: \.organizations)
      addValues(subject, NID_organizationalUnitName, to: \.organizationalUnits)
    }
    alternativeNames(certificate)
  }

  private mutating func addValues(
    _ name: OpaquePointer, _ kind: Int32, to path: WritableKeyPath<Self, [String]>
  ) {
    var index = X509_NAME_get_index_by_NID(name, kind, -1)
    while index >= 0 {
      let data = X509_NAME_get_entry(name, index).flatMap { X509_NAME_ENTRY_get_data($0) }
      add(data.flatMap(Self.bytes), to: path)
      index = X509_NAME_get_index_by_NID(name, kind, index)
    }
  }

  private mutating func add(_ bytes: [UInt8]?, to path: WritableKeyPath<Self, [String]>) {
    guard let bytes, (1...Self.bytesMax).contains(bytes.count), self[keyPath: path].count < Self.countMax,
      let text = String(validating: bytes, as: UTF8.self),
      text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else {
      hasUnusable = true
      return
    }
    self[keyPath: path].append(text)
  }

  /// As UTF-8, whichever string type it is in.
  private static func bytes(_ string: UnsafeMutablePointer<ASN1_STRING>) -> [UInt8]? {
    var encoded: UnsafeMutablePointer<UInt8>?
    let count = ASN1_STRING_to_UTF8(&encoded, string)
    guard count >= 0, let encoded else {
      ERR_clear_error()
      return nil
    }
    defer { CRYPTO_free(encoded, #file, #line) }
    return Array(UnsafeBufferPointer(start: encoded, count: Int(count)))
  }

  private mutating func alternativeNames(_ certificate: OpaquePointer) {
    var critical: Int32 = 0
    guard let decoded = X509_get_ext_d2i(certificate, NID_subject_alt_name, &critical, nil) else {
      // Twice, or not to be read: -1 is that there is none.
      if critical != -1 { hasUnusable = true }
      ERR_clear_error()
      return
    }
    let names = OpaquePointer(decoded)
    defer { GENERAL_NAMES_free(names) }
    for index in 0..<max(0, COpenSSL_sk_GENERAL_NAME_num(names)) {
      var kind: Int32 = 0
      guard let name = COpenSSL_sk_GENERAL_NAME_value(names, index), let value = GENERAL_NAME_get0_value(name, &kind)
      else { continue }
      switch kind {
      case GEN_EMAIL: add(Self.ascii(value), to: \.emails)
      case GEN_DNS: add(Self.ascii(value), to: \.dnsNames)
      case GEN_URI: add(Self.ascii(value), to: \.uris)
      case GEN_OTHERNAME: addPrincipalName(name)
      default: break
      }
    }
  }

  private mutating func addPrincipalName(_ name: UnsafeMutablePointer<GENERAL_NAME>) {
    var identifier: OpaquePointer?
    var value: UnsafeMutablePointer<ASN1_TYPE>?
    guard GENERAL_NAME_get0_otherName(name, &identifier, &value) == 1, OBJ_obj2nid(identifier) == NID_ms_upn else {
      return
    }
    guard let value, value.pointee.type == V_ASN1_UTF8STRING, let text = value.pointee.value.utf8string else {
      hasUnusable = true
      return
    }
    add(Self.bytes(text), to: \.userPrincipalNames)
  }

  /// An IA5String's bytes; nil when they are not ASCII.
  private static func ascii(_ value: UnsafeMutableRawPointer) -> [UInt8]? {
    let text = value.assumingMemoryBound(to: ASN1_STRING.self)
    guard let data = ASN1_STRING_get0_data(text) else { return nil }
    let bytes = Array(UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(text))))
    return bytes.allSatisfy { $0 < 0x80 } ? bytes : nil
  }
}
