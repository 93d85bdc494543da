public import Authorization
public import S3Model
public import Settings

extension GatewaySettings {
  /// The identity providers that are declared.
  public func federatedProviders(_ account: AccountID) -> [FederatedProvider] {
    openID.map { FederatedProvider($0, account: account) }
      + kerberos.map { FederatedProvider(.kerberos, name: $0.name, mapping: $0.mapping, account: account) }
      + ldap.map {
        FederatedProvider(
          .ldap, name: $0.name, mapping: $0.mapping, staleMillisecondsMax: $0.staleMax.components.seconds * 1000,
          account: account)
      }
      + certificates.map { FederatedProvider(.certificate, name: $0.name, mapping: $0.mapping, account: account) }
      + tokenWebhooks.map { FederatedProvider(.token, name: $0.name, mapping: $0.mapping, account: account) }
  }
}

extension FederatedProvider {
  public convenience init(_ openID: OpenIDSettings, account: AccountID) {
    self.init(
      kind: .openID, name: ByteString(openID.name), id: openIDProviderID(issuer: openID.issuer, account: account),
      arn: ByteString("arn:aws:iam::\(account):\(Kind.openID.rawValue)/\(openID.host)"), mapping: openID.mapping)
  }

  /// A provider that is known by its name alone: all but OpenID Connect's.
  public convenience init(
    _ kind: Kind, name: String, mapping: FederatedMapping, staleMillisecondsMax: Int64? = nil, account: AccountID
  ) {
    let idKind: UniqueID.Kind =
      switch kind {
      case .openID: .openIDProvider
      case .ldap: .ldapProvider
      case .kerberos: .kerberosProvider
      case .certificate: .certificateProvider
      case .token: .tokenProvider
      }
    self.init(
      kind: kind, name: ByteString(name), id: UniqueID.make(idKind, name: name, account: account),
      arn: ByteString("arn:aws:iam::\(account):\(kind.rawValue)/\(name)"), mapping: mapping,
      staleMillisecondsMax: staleMillisecondsMax)
  }
}
