public import S3Model

/// The stable unique id of an OpenID Connect provider that settings declare: follows from account and issuer.
public func openIDProviderID(issuer: String, account: AccountID) -> ByteString {
  UniqueID.make(.openIDProvider, name: issuer, account: account)
}
