import S3Model
import S3Wire

/// The lists of STS.
extension ParameterChecker {
  /// ``finish()`` in this module's errors.
  func verify() throws(STSError) {
    do throws(QueryParameterError) {
      try finish()
    } catch {
      throw STSError(error)
    }
  }

  /// `Tags.member.N.Key`, `Tags.member.N.Value`
  mutating func tags() -> [SessionTag] {
    var tags: [SessionTag] = []
    for number in 1..<(count("Tags", suffixes: [".Key", ".Value"], 0...SessionTokenLimits.tagsMax) + 1) {
      let path = "tags.\(number).member"
      let key = member("Tags.member.\(number).Key", at: "\(path).key", length: 1...128, .tagKey)
      let value = member("Tags.member.\(number).Value", at: "\(path).value", length: 0...256, .tagValue)
      tags.append(SessionTag(key: key, value: value))
    }
    return tags
  }

  /// `TransitiveTagKeys.member.N`
  mutating func transitiveTagKeys() -> [ByteString] {
    list("TransitiveTagKeys", count: 0...SessionTokenLimits.tagsMax, length: 1...128, .tagKey)
  }

  /// `PolicyArns.member.N.arn`
  mutating func policyARNs() -> [ByteString] {
    var arns: [ByteString] = []
    for number in 1..<(count("PolicyArns", suffixes: [".arn"], 0...SessionTokenLimits.policyARNsMax) + 1) {
      arns.append(
        member(
          "PolicyArns.member.\(number).arn", at: "policyArns.\(number).member.arn", length: 20...2048, .arn))
    }
    return arns
  }
}
