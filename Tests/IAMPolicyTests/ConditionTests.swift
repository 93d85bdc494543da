import IAMPolicy
import S3Model
import Testing

@Suite struct ConditionTests {
  private static func address(_ text: String) -> ConditionValue { IPAddress(text).map { .address($0) } ?? .absent }

  /// Typed values compare like the text they stand for.
  @Test(arguments: [
    (#"{"Bool":{"aws:SecureTransport":"true"}}"#, "aws:SecureTransport", ConditionValue.boolean(true), true),
    (#"{"Bool":{"aws:SecureTransport":"true"}}"#, "aws:SecureTransport", .boolean(false), false),
    (#"{"StringEquals":{"aws:SecureTransport":"true"}}"#, "aws:SecureTransport", .boolean(true), true),
    (#"{"NumericLessThan":{"s3:max-keys":"10"}}"#, "s3:max-keys", .integer(9), true),
    (#"{"NumericLessThan":{"s3:max-keys":10}}"#, "s3:max-keys", .integer(10), false),
    (#"{"NumericLessThan":{"s3:TlsVersion":1.2}}"#, "s3:TlsVersion", .text("1.1"), true),
    (
      #"{"DateLessThan":{"aws:CurrentTime":"2024-01-02"}}"#, "aws:CurrentTime",
      .date(PolicyDate(seconds: 1_704_067_200)), true
    ),
    (
      #"{"DateLessThan":{"aws:CurrentTime":"2024-01-01"}}"#, "aws:CurrentTime",
      .date(PolicyDate(seconds: 1_704_067_200)), false
    ),
    (
      #"{"StringLike":{"aws:CurrentTime":"2024-01-*"}}"#, "aws:CurrentTime", .date(PolicyDate(seconds: 1_704_067_200)),
      true
    ),
    (#"{"DateGreaterThan":{"aws:EpochTime":"2023-12-31"}}"#, "aws:EpochTime", .integer(1_704_067_200), true),
    (#"{"NumericGreaterThan":{"aws:EpochTime":"1704067199"}}"#, "aws:EpochTime", .integer(1_704_067_200), true),
    (#"{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#, "aws:SourceIp", address("192.0.2.9"), true),
    (#"{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#, "aws:SourceIp", address("::ffff:192.0.2.9"), true),
    (#"{"IpAddress":{"aws:SourceIp":"::/0"}}"#, "aws:SourceIp", address("192.0.2.9"), false),
    (#"{"StringEquals":{"aws:SourceIp":"192.0.2.9"}}"#, "aws:SourceIp", address("192.0.2.9"), true),
    (#"{"BinaryEquals":{"x:y":"QUJD"}}"#, "x:y", .text("QUJD"), true),
    (#"{"BinaryEquals":{"x:y":"QUJD"}}"#, "x:y", .text("QUJE"), false),
    (#"{"Null":{"aws:TagKeys":"true"}}"#, "aws:TagKeys", .texts([]), true),
    (#"{"ForAllValues:StringLike":{"aws:TagKeys":["a*","b"]}}"#, "aws:TagKeys", .texts(["ab", "b"]), true),
    (#"{"ForAllValues:StringLike":{"aws:TagKeys":["a*","b"]}}"#, "aws:TagKeys", .texts(["ab", "c"]), false),
    (#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a"]}}"#, "aws:TagKeys", .texts(["a", "b"]), true),
    (#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a"]}}"#, "aws:TagKeys", .texts(["a"]), false),
    (#"{"ForAllValues:StringNotLike":{"aws:TagKeys":["a*"]}}"#, "aws:TagKeys", .texts(["b", "ab"]), false),
    (#"{"StringNotEquals":{"aws:TagKeys":["a"]}}"#, "aws:TagKeys", .texts(["b", "a"]), false),
    (#"{"ForAnyValue:StringEqualsIfExists":{"aws:TagKeys":["a"]}}"#, "aws:TagKeys", .absent, true),
    (#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a"]}}"#, "aws:TagKeys", .absent, false),
    (#"{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}"#, "aws:TagKeys", .absent, true),
    (#"{"StringEquals":{"x:y":[]}}"#, "x:y", .text("a"), false),
    (#"{"StringNotEquals":{"x:y":[]}}"#, "x:y", .text("a"), false),
    (#"{"StringNotEquals":{"x:y":[]}}"#, "x:y", .absent, false),
  ])
  func holds(condition: String, key: String, value: ConditionValue, expected: Bool) throws {
    #expect(try Decide.holds(condition, TestContext([key: value])) == expected)
  }

  /// Where a value cannot be read, an `Allow` does not apply and a `Deny` does, negated or not.
  @Test(arguments: [
    (#"{"NumericGreaterThan":{"s3:max-keys":"10"}}"#, "s3:max-keys", ConditionValue.text("many")),
    (#"{"NumericNotEquals":{"s3:max-keys":"10"}}"#, "s3:max-keys", .text("many")),
    (#"{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#, "aws:SourceIp", .text("nowhere")),
    (#"{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#, "aws:SourceIp", .text("nowhere")),
    (#"{"DateLessThan":{"aws:TokenIssueTime":"2024-01-01"}}"#, "aws:TokenIssueTime", .text("soon")),
    (#"{"Bool":{"aws:SecureTransport":"false"}}"#, "aws:SecureTransport", .text("perhaps")),
    (#"{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::1:user/x"}}"#, "aws:PrincipalArn", .text("nobody")),
    (#"{"StringEquals":{"s3:ExistingObjectTag/a":"b"}}"#, "s3:ExistingObjectTag/a", .unavailable),
    (#"{"StringNotEqualsIfExists":{"s3:ExistingObjectTag/a":"b"}}"#, "s3:ExistingObjectTag/a", .unavailable),
    (#"{"Null":{"s3:ExistingObjectTag/a":"true"}}"#, "s3:ExistingObjectTag/a", .unavailable),
    (#"{"ForAllValues:StringEquals":{"s3:ExistingObjectTag/a":"b"}}"#, "s3:ExistingObjectTag/a", .unavailable),
    (#"{"StringNotEquals":{"x:y":"${aws:username}"}}"#, "x:y", .text("alice")),
  ])
  func errorsNeverHelpTheCaller(condition: String, key: String, value: ConditionValue) throws {
    let context = TestContext([key: value])
    #expect(try !Decide.holds(condition, context))
    #expect(try Decide.denies(#""Resource":"*","Condition":\#(condition)"#, context))
  }

  @Test func aConditionThatFailsSparesWhateverElseErrs() throws {
    let context = TestContext(["s3:max-keys": .text("many"), "x:y": .text("b")])
    let condition = #"{"NumericEquals":{"s3:max-keys":"1"},"StringEquals":{"x:y":"a"}}"#
    #expect(try !Decide.denies(#""Resource":"*","Condition":\#(condition)"#, context))
  }

  @Test func unresolvedNotResourceDenies() throws {
    let elements = #""NotResource":"arn:aws:s3:::h/${aws:username}/*""#
    let resource = "arn:aws:s3:::h/alice/x"
    #expect(try Decide.denies(elements, resource: resource, TestContext()))
    let alice = TestContext(["aws:username": .text("alice")])
    #expect(try !Decide.denies(elements, resource: resource, alice))
    #expect(try Decide.denies(elements, resource: "arn:aws:s3:::h/bob/x", alice))
  }

  @Test func keyNamesIgnoreCase() throws {
    let key = try #require(ConditionKey(parsing: "S3:EXISTINGOBJECTTAG/Team".utf8))
    #expect(key.name == .s3(.existingObjectTag) && key.parameter == "Team")
    #expect(key.names(tag: "team".utf8) && !key.names(tag: "teams".utf8))
    #expect(ConditionKey(parsing: "AWS:sourceip".utf8) == ConditionKey(.sourceIP))
    #expect(ConditionKey(parsing: "idp.Example.com:SUB".utf8)?.parameter == "idp.example.com:sub")
    #expect(ConditionKey(parsing: "aws:PrincipalTag".utf8)?.name == .other)
    #expect(ConditionKey(parsing: "aws:username/x".utf8)?.name == .other)
    for text in ["", "aws", ":x", "aws:", "aws:\nx"] { #expect(ConditionKey(parsing: text.utf8) == nil, "\(text)") }
  }

  @Test func keySetsKeepKeysApart() throws {
    let policy = try Decide.policy(
      #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}","Condition":{"StringEquals":{"s3:prefix":"${aws:PrincipalTag/a}"}}}"#
    )
    for key in [ConditionKey.Name.aws(.username), .aws(.principalTag), .s3(.prefix)] {
      #expect(policy.keys.contains(key))
    }
    for key in [ConditionKey.Name.aws(.userID), .s3(.existingObjectTag), .other, .sts(.externalID)] {
      #expect(!policy.keys.contains(key))
    }
  }
}
