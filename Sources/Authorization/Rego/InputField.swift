import IAMPolicy
import Rego
import S3Model

/// The fields of the input document in the shape `martlet`, each with the place it comes from.
/// Source: `policies/README.md`, "input".
enum InputField: Int, CaseIterable {
  case service, operation, action, resource, account, bucket
  case objectKey, objectVersionID, objectTags
  case principalType, principalARN, principalAccount, principalID, principalName, principalRole, principalGroups
  case principalTags
  case sessionIssuedAt, sessionMFA, sessionMFAAge, sessionProvider, sessionSourceIdentity, sessionClaims
  case requestID, requestMethod, requestPath, requestSourceIP, requestSecure, requestTLSVersion, requestRegion
  case requestUserAgent, requestReferer, requestAuthType, requestSignatureVersion, requestSignatureAge
  case requestContentLength
  case s3Prefix, s3Delimiter, s3MaxKeys, s3ACL, s3StorageClass, s3CopySource, s3MetadataDirective
  case s3ServerSideEncryption, s3KMSKeyID, s3LocationConstraint, s3Tags
  case stsRoleARN, stsSessionName, stsExternalID, stsDurationSeconds, stsTags, stsTransitiveTagKeys
  case conditions

  /// Names below `input`.
  var path: [Text] {
    switch self {
    case .service: ["service"]
    case .operation: ["operation"]
    case .action: ["action"]
    case .resource: ["resource"]
    case .account: ["account"]
    case .bucket: ["bucket"]
    case .objectKey: ["object", "key"]
    case .objectVersionID: ["object", "version_id"]
    case .objectTags: ["object", "tags"]
    case .principalType: ["principal", "type"]
    case .principalARN: ["principal", "arn"]
    case .principalAccount: ["principal", "account"]
    case .principalID: ["principal", "id"]
    case .principalName: ["principal", "name"]
    case .principalRole: ["principal", "role"]
    case .principalGroups: ["principal", "groups"]
    case .principalTags: ["principal", "tags"]
    case .sessionIssuedAt: ["session", "issued_at"]
    case .sessionMFA: ["session", "mfa"]
    case .sessionMFAAge: ["session", "mfa_age"]
    case .sessionProvider: ["session", "provider"]
    case .sessionSourceIdentity: ["session", "source_identity"]
    case .sessionClaims: ["session", "claims"]
    case .requestID: ["request", "id"]
    case .requestMethod: ["request", "method"]
    case .requestPath: ["request", "path"]
    case .requestSourceIP: ["request", "source_ip"]
    case .requestSecure: ["request", "secure"]
    case .requestTLSVersion: ["request", "tls_version"]
    case .requestRegion: ["request", "region"]
    case .requestUserAgent: ["request", "user_agent"]
    case .requestReferer: ["request", "referer"]
    case .requestAuthType: ["request", "auth_type"]
    case .requestSignatureVersion: ["request", "signature_version"]
    case .requestSignatureAge: ["request", "signature_age"]
    case .requestContentLength: ["request", "content_length"]
    case .s3Prefix: ["s3", "prefix"]
    case .s3Delimiter: ["s3", "delimiter"]
    case .s3MaxKeys: ["s3", "max_keys"]
    case .s3ACL: ["s3", "acl"]
    case .s3StorageClass: ["s3", "storage_class"]
    case .s3CopySource: ["s3", "copy_source"]
    case .s3MetadataDirective: ["s3", "metadata_directive"]
    case .s3ServerSideEncryption: ["s3", "server_side_encryption"]
    case .s3KMSKeyID: ["s3", "kms_key_id"]
    case .s3LocationConstraint: ["s3", "location_constraint"]
    case .s3Tags: ["s3", "tags"]
    case .stsRoleARN: ["sts", "role_arn"]
    case .stsSessionName: ["sts", "session_name"]
    case .stsExternalID: ["sts", "external_id"]
    case .stsDurationSeconds: ["sts", "duration_seconds"]
    case .stsTags: ["sts", "tags"]
    case .stsTransitiveTagKeys: ["sts", "transitive_tag_keys"]
    case .conditions: ["conditions"]
    }
  }

  /// Where the value is that of a condition key.
  var conditionKey: ConditionKey.Name? {
    switch self {
    case .principalARN: .aws(.principalARN)
    case .principalAccount: .aws(.principalAccount)
    case .principalID: .aws(.userID)
    case .principalName: .aws(.username)
    case .sessionMFAAge: .aws(.multiFactorAuthAge)
    case .sessionProvider: .aws(.federatedProvider)
    case .sessionSourceIdentity: .aws(.sourceIdentity)
    case .requestSourceIP: .aws(.sourceIP)
    case .requestSecure: .aws(.secureTransport)
    case .requestTLSVersion: .s3(.tlsVersion)
    case .requestRegion: .aws(.requestedRegion)
    case .requestUserAgent: .aws(.userAgent)
    case .requestReferer: .aws(.referer)
    case .requestAuthType: .s3(.authType)
    case .requestSignatureVersion: .s3(.signatureVersion)
    case .requestSignatureAge: .s3(.signatureAge)
    case .s3Prefix: .s3(.prefix)
    case .s3Delimiter: .s3(.delimiter)
    case .s3MaxKeys: .s3(.maxKeys)
    case .s3ACL: .s3(.xAmzAcl)
    case .s3StorageClass: .s3(.xAmzStorageClass)
    case .s3CopySource: .s3(.xAmzCopySource)
    case .s3MetadataDirective: .s3(.xAmzMetadataDirective)
    case .s3ServerSideEncryption: .s3(.xAmzServerSideEncryption)
    case .s3KMSKeyID: .s3(.xAmzServerSideEncryptionAwsKmsKeyId)
    case .s3LocationConstraint: .s3(.locationConstraint)
    case .stsSessionName: .sts(.roleSessionName)
    case .stsExternalID: .sts(.externalID)
    case .stsDurationSeconds: .sts(.durationSeconds)
    case .stsTransitiveTagKeys: .sts(.transitiveTagKeys)
    default: nil
    }
  }

  private static let byPath: [[Value]: InputField] = Dictionary(
    uniqueKeysWithValues: allCases.map { field in (field.path.map { Value.string($0) }, field) })

  /// Numbers of fields for paths: those of this table, behind them the condition keys by name.
  static let schema = InputSchema { path in
    if let field = byPath[path] { return field.rawValue }
    guard path.count == 2, path[0] == "conditions", case .string(let name) = path[1],
      let index = conditionKeys.firstIndex(where: { $0.name == name })
    else { return nil }
    return allCases.count + index
  }

  /// The condition keys without a parameter, with their names.
  static let conditionKeys: [(name: Text, key: ConditionKey)] = {
    func text(_ name: StaticString) -> Text { Text(String(describing: name)) }
    let all =
      AWSConditionKey.allCases.map { (text($0.name), ConditionKey($0)) }
      + S3ConditionKey.allCases.map { (text($0.name), ConditionKey($0)) }
      + STSConditionKey.allCases.map { (text($0.name), ConditionKey($0)) }
      + IAMConditionKey.allCases.map { (text($0.name), ConditionKey($0)) }
    return all.filter { ConditionKey(parsing: $0.0.bytes) == $0.1 }
  }()
}
