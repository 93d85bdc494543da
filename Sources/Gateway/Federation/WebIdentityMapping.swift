import Authorization
import JSON
import JWT
import S3Model
import STS
import Settings

/// From the claims of a verified token to what roles and policies here can read.
///
/// Trust policies and later requests read claims under the provider's name, as on AWS: `idp.example.com:sub`, `:aud`,
/// `:azp`, `:email` …; every provider's also under `jwt:`. What is not text, number or boolean, or a list of these, is
/// left out. Session tags come from AWS's claim `https://aws.amazon.com/tags`, the source identity from
/// `https://aws.amazon.com/source_identity`.
/// Source: IAM User Guide, "Available keys for AWS web identity federation" and "Passing session tags in AWS STS".
struct WebIdentityMapping: Sendable {
  private let host: String
  private let providerID: ByteString
  private let providerARN: ByteString
  private let issuer: ByteString
  private let paths: [(name: String, path: [String])]
  private let secondFactors: Set<String>

  /// Always carried, where a token has them.
  private static let standard = [
    "sub", "aud", "azp", "amr", "acr", "email", "email_verified", "preferred_username", "name", "groups", "roles",
    "scope",
  ]
  private static let valuesMax = 64
  private static let valueBytesMax = 512

  init(_ settings: OpenIDSettings, providerID: ByteString, account: AccountID) {
    host = settings.host
    self.providerID = providerID
    providerARN = ByteString("arn:aws:iam::\(account):oidc-provider/\(settings.host)")
    issuer = ByteString(settings.issuer)
    secondFactors = Set(settings.secondFactors)
    var names: [String] = Self.standard
    for name in settings.claims + settings.mapping.claims.map(\.text) where !names.contains(name) { names.append(name) }
    paths = names.map { ($0, $0.split(separator: ".").map(String.init)) }
  }

  func identity(
    _ claims: VerifiedClaims, atMilliseconds now: Int64
  ) throws(FederationRefusal) -> FederatedIdentity {
    guard let subject = claims.subject, (1...255).contains(subject.utf8.count),
      // Control characters would forge lines and fields wherever the name is shown.
      subject.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }),
      let audience = claims.audiences.first
    else { throw .invalidToken }
    var carried: [SessionClaim] = []
    for (name, path) in paths {
      guard let texts = try Self.carried(claims.object, name, path) else { continue }
      // Once, under `jwt:`; conditions on the provider's own name are answered from it.
      carried.append(SessionClaim(name: ByteString("jwt:\(name.lowercased())"), values: texts))
      carried.append(SessionClaim(name: ByteString("\(host.lowercased()):\(name.lowercased())"), values: texts))
    }
    return FederatedIdentity(
      providerARN: providerARN, providerID: providerID, providerName: issuer, subject: ByteString(subject),
      audience: ByteString(audience), claims: carried, tags: try tags(claims.object),
      sourceIdentity: try sourceIdentity(claims.object),
      mfaSeconds: usedSecondFactor(claims.object) ? (authTime(claims.object) ?? now / 1000) : nil)
  }

  /// The values of a claim that a session carries; nil for none.
  static func carried(
    _ object: JSONObject, _ name: String, _ path: [String]
  ) throws(FederationRefusal) -> [ByteString]? {
    guard let value = value(object, name, path) else { return nil }
    let texts = texts(value)
    if texts.isEmpty { return nil }
    // More than a session can carry would be a part that policies take for the whole.
    guard texts.count <= valuesMax, texts.allSatisfy({ $0.count <= valueBytesMax }) else { throw .rejected }
    return texts
  }

  /// A claim of that very name, or else the one that the path leads to.
  private static func value(_ object: JSONObject, _ name: String, _ path: [String]) -> JSONValue? {
    if let value = object[name] { return value }
    var current = JSONValue.object(object)
    for member in path {
      guard let next = current.object?[member] else { return nil }
      current = next
    }
    return current
  }

  private static func texts(_ value: JSONValue) -> [ByteString] {
    if let values = value.array {
      let texts = values.compactMap(text)
      // A list of which a part cannot be read is not that part.
      return texts.count == values.count ? texts : []
    }
    return text(value).map { [$0] } ?? []
  }

  private static func text(_ value: JSONValue) -> ByteString? {
    switch value {
    case .string(let text): ByteString(text)
    case .integer(let number): ByteString("\(number)")
    case .bool(let flag): flag ? "true" : "false"
    default: nil
    }
  }

  private func usedSecondFactor(_ object: JSONObject) -> Bool {
    for name in ["amr", "acr"] {
      guard let value = object[name] else { continue }
      if Self.texts(value).contains(where: { secondFactors.contains($0.text) }) { return true }
    }
    return false
  }

  private func authTime(_ object: JSONObject) -> Int64? {
    guard let time = object["auth_time"]?.integer, time > 0 else { return nil }
    return time
  }

  /// `{"principal_tags": {"team": ["data"]}, "transitive_tag_keys": ["team"]}`
  private func tags(_ object: JSONObject) throws(FederationRefusal) -> [SessionTag] {
    guard let claim = object["https://aws.amazon.com/tags"] else { return [] }
    guard let tags = claim.object?["principal_tags"]?.object, tags.count <= 50 else { throw .rejected }
    let transitive = claim.object?["transitive_tag_keys"]?.array?.compactMap(\.string) ?? []
    var result: [SessionTag] = []
    var seen: Set<String> = []
    for member in tags.members {
      guard let value = member.value.string ?? member.value.array.flatMap({ $0.count == 1 ? $0[0].string : nil }),
        (1...128).contains(member.name.utf16.count), value.utf16.count <= 256,
        !member.name.lowercased().hasPrefix("aws:"), seen.insert(member.name.lowercased()).inserted
      else { throw .rejected }
      result.append(
        SessionTag(
          key: ByteString(member.name), value: ByteString(value), isTransitive: transitive.contains(member.name)))
    }
    return result
  }

  private func sourceIdentity(_ object: JSONObject) throws(FederationRefusal) -> ByteString? {
    guard let value = object["https://aws.amazon.com/source_identity"] else { return nil }
    guard let text = value.string, (2...64).contains(text.utf8.count),
      text.utf8.allSatisfy({ byte in
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2B, 0x3D, 0x2C, 0x2E, 0x40, 0x5F, 0x2D: true
        default: false
        }
      })
    else { throw .rejected }
    return ByteString(text)
  }
}
