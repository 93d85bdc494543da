import IAMPolicy
public import S3Model
import S3Wire

extension STSResponse {
  /// The document that AWS answers, in UTF-8, with status 200 and content type `text/xml`.
  public func xml(requestID: ByteString) -> [UInt8] {
    let names = self.names
    var writer = XMLWriter()
    writer.open(names.response, namespace: stsNamespace)
    writer.open(names.result)
    switch self {
    case .assumeRole(let role), .assumeRoleWithLDAPIdentity(let role), .assumeRoleWithCertificate(let role):
      role.write(to: &writer)
    case .assumeRoleWithWebIdentity(let role, let subject, let audience, let provider):
      role.write(to: &writer)
      writer.element("SubjectFromWebIdentityToken", subject)
      writer.element("Audience", audience)
      writer.element("Provider", provider)
    case .assumeRoleWithClientGrants(let role, let subject):
      role.write(to: &writer)
      writer.element("SubjectFromToken", subject)
    case .assumeRoleWithCustomToken(let role, let user):
      role.write(to: &writer)
      writer.element("AssumedUser", user)
    case .assumeRoleWithKerberos(let role, let principal):
      role.write(to: &writer)
      writer.element("KerberosPrincipal", principal)
    case .getSessionToken(let credentials):
      credentials.write(to: &writer)
    case .getCallerIdentity(let userID, let account, let arn):
      writer.element("Arn", arn)
      writer.element("UserId", userID)
      writer.element("Account", account.bytes)
    case .getFederationToken(let user):
      user.credentials.write(to: &writer)
      writer.open("FederatedUser")
      writer.element("FederatedUserId", user.federatedUserID)
      writer.element("Arn", user.arn)
      writer.close("FederatedUser")
      if let percent = user.packedPolicyPercent { writer.element("PackedPolicySize", percent) }
    case .getAccessKeyInfo(let account):
      writer.element("Account", account.bytes)
    }
    writer.close(names.result)
    writer.open("ResponseMetadata")
    writer.element("RequestId", requestID)
    writer.close("ResponseMetadata")
    writer.close(names.response)
    return writer.bytes
  }

  private var names: (response: StaticString, result: StaticString) {
    switch self {
    case .assumeRole: ("AssumeRoleResponse", "AssumeRoleResult")
    case .assumeRoleWithWebIdentity: ("AssumeRoleWithWebIdentityResponse", "AssumeRoleWithWebIdentityResult")
    case .assumeRoleWithClientGrants: ("AssumeRoleWithClientGrantsResponse", "AssumeRoleWithClientGrantsResult")
    case .assumeRoleWithCustomToken: ("AssumeRoleWithCustomTokenResponse", "AssumeRoleWithCustomTokenResult")
    case .assumeRoleWithLDAPIdentity: ("AssumeRoleWithLDAPIdentityResponse", "AssumeRoleWithLDAPIdentityResult")
    case .assumeRoleWithCertificate: ("AssumeRoleWithCertificateResponse", "AssumeRoleWithCertificateResult")
    case .assumeRoleWithKerberos: ("AssumeRoleWithKerberosResponse", "AssumeRoleWithKerberosResult")
    case .getSessionToken: ("GetSessionTokenResponse", "GetSessionTokenResult")
    case .getCallerIdentity: ("GetCallerIdentityResponse", "GetCallerIdentityResult")
    case .getFederationToken: ("GetFederationTokenResponse", "GetFederationTokenResult")
    case .getAccessKeyInfo: ("GetAccessKeyInfoResponse", "GetAccessKeyInfoResult")
    }
  }
}

extension STSResponse.AssumedRole {
  fileprivate func write(to writer: inout XMLWriter) {
    credentials.write(to: &writer)
    if let assumedRoleID {
      writer.open("AssumedRoleUser")
      writer.element("AssumedRoleId", assumedRoleID)
      writer.element("Arn", arn)
      writer.close("AssumedRoleUser")
    }
    if let packedPolicyPercent { writer.element("PackedPolicySize", packedPolicyPercent) }
    writer.optional("SourceIdentity", sourceIdentity)
  }
}

extension STSCredentials {
  fileprivate func write(to writer: inout XMLWriter) {
    writer.open("Credentials")
    writer.element("AccessKeyId", session.accessKeyID)
    writer.element("SecretAccessKey", session.secretAccessKey)
    writer.element("SessionToken", session.token)
    writer.element("Expiration", PolicyDate(seconds: expirySeconds).bytes)
    writer.close("Credentials")
  }
}

extension STSError.Answer {
  /// The document that AWS answers, in UTF-8, with content type `text/xml`.
  public func xml(requestID: ByteString) -> [UInt8] {
    var writer = XMLWriter()
    writer.open("ErrorResponse", namespace: stsNamespace)
    writer.open("Error")
    writer.element("Type", status >= 500 ? "Receiver" as StaticString : "Sender")
    writer.element("Code", code.name)
    writer.element("Message", message)
    writer.close("Error")
    writer.element("RequestId", requestID)
    writer.close("ErrorResponse")
    return writer.bytes
  }
}

private let stsNamespace: StaticString = "https://sts.amazonaws.com/doc/2011-06-15/"
