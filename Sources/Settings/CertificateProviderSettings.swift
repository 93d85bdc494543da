public import Authorization
import S3Model

/// One entry of `certificates`: authorities whose client certificates say who somebody is.
public struct CertificateProviderSettings: Sendable {
  /// Which name in a certificate is the person or machine.
  public enum Name: String, CaseIterable, Sendable {
    /// The whole distinguished name.
    case subject
    case commonName = "common_name"
    case email
    case dns
    case uri
    /// Microsoft's user principal name.
    case userPrincipalName = "upn"
  }

  /// Whether an OCSP responder is asked about each certificate of a chain.
  public enum OCSP: String, CaseIterable, Sendable {
    case off
    /// Without an answer nobody comes in.
    case required
  }

  public let name: String
  /// PEM; each is trusted for itself, and nothing else is.
  public let caFile: FileReference
  /// For clients that send their own certificate only.
  public let intermediatesFile: FileReference?
  /// PEM or DER; where there is any, each issuer of a chain must have a current one.
  public let revocationListFiles: [String]
  public let ocsp: OCSP
  /// Asked in place of the responders that certificates name.
  public let ocspURL: String?
  public let timeout: Duration
  public let principal: Name
  /// What those may do who come without a role.
  public let mapping: FederatedMapping
  public let origin: SettingsOrigin

  init?(_ name: String, _ origin: SettingsOrigin, _ reader: SectionReader) {
    if !IAMName.isValid(name, lengthMax: 64) {
      reader.decoder.report(.malformed(expected: "1 to 64 letters, digits and `+=,.@_-`", found: name), at: origin)
    }
    self.name = name
    self.origin = origin
    let caFile = reader.file("ca_file")
    if caFile == nil && !reader.isSet("ca_file") { reader.report(.missing, "ca_file") }
    intermediatesFile = reader.file("intermediates_file")
    revocationListFiles = reader.paths("crl_files", countMax: 20)
    ocsp = reader.choice("ocsp", default: .off)
    ocspURL = reader.value("ocsp_url", "an `http` or `https` URL without query") { text in
      HTTPURL.parse(text) != nil && !text.contains("?") ? text : nil
    }
    if ocspURL != nil && ocsp == .off { reader.report(.needs(key: reader.keyPath("ocsp")), "ocsp_url") }
    timeout = reader.duration("timeout", default: .seconds(5), in: .milliseconds(100)...(.seconds(60)))
    principal = reader.choice("principal", default: .commonName)
    mapping = reader.federatedMapping()
    guard let caFile else { return nil }
    self.caFile = caFile
  }
}

extension SectionReader {
  func certificateProviders() -> [CertificateProviderSettings] {
    named("certificates", countMax: 100) { CertificateProviderSettings($0, $1, $2) }
  }
}
