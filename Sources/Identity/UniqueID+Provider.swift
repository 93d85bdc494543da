public import S3Model

/// The stable unique id of an OpenID Connect provider that settings declare: follows from account and issuer.
public func openIDProviderID(issuer: String, account: AccountID) -> ByteString {
  UniqueID.make(.openIDProvider, name: issuer, account: account)
}

/// The stable unique id of a Kerberos provider that settings declare: follows from account and name.
public func kerberosProviderID(name: String, account: AccountID) -> ByteString {
  UniqueID.make(.kerberosProvider, name: name, account: account)
}

/// The unique id of a directory that the settings declare under a name.
public func ldapProviderID(name: String, account: AccountID) -> ByteString {
  UniqueID.make(.ldapProvider, name: name, account: account)
}

/// The unique id of a provider of certificates that the settings declare under a name.
public func certificateProviderID(name: String, account: AccountID) -> ByteString {
  UniqueID.make(.certificateProvider, name: name, account: account)
}

/// The unique id of a webhook that the settings declare under a name.
public func tokenProviderID(name: String, account: AccountID) -> ByteString {
  UniqueID.make(.tokenProvider, name: name, account: account)
}
