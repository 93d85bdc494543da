public import S3Model
public import S3Wire

/// One request of the STS query protocol, checked against AWS's model.
public enum STSRequest: Sendable {
  case assumeRole(AssumeRoleInput)
  case getSessionToken(GetSessionTokenInput)
  case getCallerIdentity
  case getFederationToken(GetFederationTokenInput)
  case getAccessKeyInfo(accessKeyID: ByteString)
  /// Or AssumeRoleWithClientGrants.
  case assumeRoleWithWebIdentity(AssumeRoleWithWebIdentityInput)
  case assumeRoleWithCustomToken(AssumeRoleWithCustomTokenInput)
  case assumeRoleWithKerberos(AssumeRoleWithKerberosInput)
  case assumeRoleWithLDAPIdentity(AssumeRoleWithLDAPIdentityInput)
  case assumeRoleWithCertificate(AssumeRoleWithCertificateInput)

  /// The only version of the API.
  public static let version = "2011-06-15"

  /// Reads and checks a request.
  /// - Throws: as AWS answers: `missingAction`, `invalidAction`, `validation` with everything that is wrong, …
  public init(_ parameters: QueryParameters) throws(STSError) {
    guard let action = parameters["Action"] else { throw .missingAction }
    let version = parameters["Version"]
    guard version == ByteString(Self.version), let known = Self.actions[action] else {
      throw .invalidAction(action, version: version)
    }
    var checker = ParameterChecker(parameters)
    switch known {
    case .assumeRole: self = .assumeRole(try AssumeRoleInput(&checker))
    case .getSessionToken: self = .getSessionToken(GetSessionTokenInput(&checker))
    case .getCallerIdentity: self = .getCallerIdentity
    case .getFederationToken: self = .getFederationToken(try GetFederationTokenInput(&checker))
    case .assumeRoleWithWebIdentity:
      self = .assumeRoleWithWebIdentity(try AssumeRoleWithWebIdentityInput(.assumeRoleWithWebIdentity, &checker))
    case .assumeRoleWithClientGrants:
      self = .assumeRoleWithWebIdentity(try AssumeRoleWithWebIdentityInput(.assumeRoleWithClientGrants, &checker))
    case .assumeRoleWithCustomToken:
      self = .assumeRoleWithCustomToken(try AssumeRoleWithCustomTokenInput(&checker))
    case .assumeRoleWithKerberos: self = .assumeRoleWithKerberos(try AssumeRoleWithKerberosInput(&checker))
    case .assumeRoleWithCertificate: self = .assumeRoleWithCertificate(try AssumeRoleWithCertificateInput(&checker))
    case .assumeRoleWithLDAPIdentity:
      self = .assumeRoleWithLDAPIdentity(try AssumeRoleWithLDAPIdentityInput(&checker))
    case .getAccessKeyInfo:
      self = .getAccessKeyInfo(accessKeyID: checker.required("AccessKeyId", length: 16...128, .word))
    }
    try checker.verify()
  }

  /// What stands in for a second factor; nil when the request has none.
  public var secondFactor: SecondFactorInput? {
    switch self {
    case .assumeRole(let input): input.secondFactor
    case .getSessionToken(let input): input.secondFactor
    case .assumeRoleWithWebIdentity, .assumeRoleWithCustomToken, .assumeRoleWithKerberos, .assumeRoleWithLDAPIdentity,
      .assumeRoleWithCertificate, .getCallerIdentity, .getFederationToken, .getAccessKeyInfo:
      nil
    }
  }

  /// The action, as policies name it.
  public var action: STSAction {
    switch self {
    case .assumeRole: .assumeRole
    case .getSessionToken: .getSessionToken
    case .getCallerIdentity: .getCallerIdentity
    case .getFederationToken: .getFederationToken
    case .getAccessKeyInfo: .getAccessKeyInfo
    case .assumeRoleWithWebIdentity(let input): input.action
    case .assumeRoleWithCustomToken: .assumeRoleWithCustomToken
    case .assumeRoleWithKerberos: .assumeRoleWithKerberos
    case .assumeRoleWithLDAPIdentity: .assumeRoleWithLDAPIdentity
    case .assumeRoleWithCertificate: .assumeRoleWithCertificate
    }
  }

  private enum Known {
    case assumeRole, getSessionToken, getCallerIdentity, getFederationToken, getAccessKeyInfo, assumeRoleWithWebIdentity
    case assumeRoleWithKerberos, assumeRoleWithClientGrants, assumeRoleWithCustomToken, assumeRoleWithLDAPIdentity
    case assumeRoleWithCertificate
  }

  private static let actions: [ByteString: Known] = [
    "AssumeRole": .assumeRole,
    "GetSessionToken": .getSessionToken,
    "GetCallerIdentity": .getCallerIdentity,
    "GetFederationToken": .getFederationToken,
    "GetAccessKeyInfo": .getAccessKeyInfo,
    "AssumeRoleWithWebIdentity": .assumeRoleWithWebIdentity,
    "AssumeRoleWithClientGrants": .assumeRoleWithClientGrants,
    "AssumeRoleWithCustomToken": .assumeRoleWithCustomToken,
    "AssumeRoleWithKerberos": .assumeRoleWithKerberos,
    "AssumeRoleWithLDAPIdentity": .assumeRoleWithLDAPIdentity,
    "AssumeRoleWithCertificate": .assumeRoleWithCertificate,
  ]
}
