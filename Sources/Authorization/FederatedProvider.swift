public import S3Model

/// A provider of identities that the settings declare, as far as decisions need it.
public final class FederatedProvider: Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case openID = "oidc-provider"
    case ldap = "ldap-provider"
    case kerberos = "kerberos-provider"
    case certificate = "certificate-provider"
    case token = "token-provider"

    /// What the names of its claims start with, before a colon. No provider makes claims under another kind's, or AWS's.
    public var claimPrefix: String {
      switch self {
      case .openID: "jwt"
      case .ldap: "ldap"
      case .kerberos: "krb5"
      case .certificate: "x509"
      case .token: "token"
      }
    }
  }

  public let kind: Kind
  /// In the settings; no two providers of any kind share one, case not counted.
  public let name: ByteString
  /// Stable unique id.
  public let id: ByteString
  /// As trust policies name it under `Federated`.
  public let arn: ByteString
  /// What those may do who come without a role.
  public let mapping: FederatedMapping
  /// How old may be what a provider that can be asked again has said, in milliseconds; nil for one that cannot.
  public let staleMillisecondsMax: Int64?

  public init(
    kind: Kind, name: ByteString, id: ByteString, arn: ByteString, mapping: FederatedMapping,
    staleMillisecondsMax: Int64? = nil
  ) {
    self.kind = kind
    self.name = name
    self.id = id
    self.arn = arn
    self.mapping = mapping
    self.staleMillisecondsMax = staleMillisecondsMax
  }

  /// The names of the policies that the mapping gives to claims, each once.
  public func policyNames(_ claims: [(name: ByteString, values: [ByteString])]) -> [ByteString] {
    mapping.policyNames { claim in
      let name = claimName(claim)
      return claims.first { $0.name == name }?.values ?? []
    }
  }

  /// The groups that claims name.
  func groups(_ claims: [(name: ByteString, values: [ByteString])]) -> [ByteString] {
    let name = claimName("groups")
    return claims.first { $0.name == name }?.values ?? []
  }

  /// The condition key of a claim: `jwt:groups`.
  public func claimName(_ claim: ByteString) -> ByteString {
    ByteString(
      Array(kind.claimPrefix.utf8) + [UInt8(ascii: ":")]
        + claim.bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
  }
}

extension ARN {
  /// `arn:aws:sts::account:federated-identity/provider/subject`: somebody who came without a role. A provider's name has
  /// no slash, so all behind the second is the subject, whatever is in it.
  public static func federatedIdentity(
    _ subject: ByteString, provider: ByteString, account: AccountID
  ) -> ByteString {
    ByteString(
      Array("arn:aws:sts::\(account):federated-identity/".utf8) + provider.bytes + [UInt8(ascii: "/")] + subject.bytes)
  }
}
