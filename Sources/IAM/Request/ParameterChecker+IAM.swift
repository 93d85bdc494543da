import IdentityStore
import S3Model
import S3Wire

/// The parameters that IAM's actions share. Source: botocore's model of IAM 2010-05-08.
extension ParameterChecker {
  /// `userNameType`, 64, or `existingUserNameType`, 128, by the action.
  mutating func userName(_ name: String = "UserName", max: Int = 128) -> ByteString {
    required(name, length: 1...max, .entityName)
  }

  mutating func optionalUserName(max: Int = 128) -> ByteString? {
    optional("UserName", length: 1...max, .entityName)
  }

  mutating func groupName() -> ByteString { required("GroupName", length: 1...128, .entityName) }
  mutating func roleName() -> ByteString { required("RoleName", length: 1...64, .entityName) }
  mutating func policyName() -> ByteString { required("PolicyName", length: 1...128, .entityName) }
  mutating func policyARN() -> ByteString { required("PolicyArn", length: 20...2048, .arn) }
  mutating func policyDocument(_ name: String = "PolicyDocument") -> ByteString {
    required(name, length: 1...131_072, .policy)
  }

  mutating func path(_ name: String = "Path") -> ByteString? { optional(name, length: 1...512, .path) }
  mutating func pathPrefix() -> ByteString? { optional("PathPrefix", length: 1...512, .pathPrefix) }
  mutating func boundary() -> ByteString? { optional("PermissionsBoundary", length: 20...2048, .arn) }
  mutating func serialNumber() -> ByteString { required("SerialNumber", length: 9...256, .serial) }
  mutating func providerARN() -> ByteString { required("OpenIDConnectProviderArn", length: 20...2048, .arn) }
  mutating func accessKeyID() -> ByteString { required("AccessKeyId", length: 16...128, .accessKeyID) }

  /// `Tags.member.N.Key`, `Tags.member.N.Value`; keys differ in more than case.
  mutating func identityTags(isRequired: Bool = false) -> [IdentityTag] {
    if isRequired, parameters["Tags.member.1.Key"] == nil, parameters["Tags"] == nil {
      note(nil, "tags", .notNull)
    }
    var tags: [IdentityTag] = []
    var keys: Set<String> = []
    for number in 1..<(count("Tags", suffixes: [".Key", ".Value"], 0...IAMQuota.tagsPerResource.value) + 1) {
      let path = "tags.\(number).member"
      let key = member("Tags.member.\(number).Key", at: "\(path).key", length: 1...128, .tagKey)
      let value = member("Tags.member.\(number).Value", at: "\(path).value", length: 0...256, .tagValue)
      tags.append(IdentityTag(key: key, value: value))
      if !keys.insert(key.text.lowercased()).inserted {
        refuse(.invalidInput, "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
      }
      if key.text.lowercased().hasPrefix("aws:") {
        refuse(.invalidInput, "aws: prefixed tag key names are not allowed for external use.")
      }
    }
    return tags
  }

  mutating func tagKeys() -> [ByteString] {
    if parameters["TagKeys.member.1"] == nil, parameters["TagKeys"] == nil { note(nil, "tagKeys", .notNull) }
    return list("TagKeys", count: 0...IAMQuota.tagsPerResource.value, length: 1...128, .tagKey)
  }
}
