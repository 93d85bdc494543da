import IAMPolicy
import JSON
import S3Model
import Testing

@Suite struct PolicyParseTests {
  private func refusal(_ document: String, _ kind: PolicyKind = .identity) -> PolicyError? {
    do throws(PolicyError) {
      _ = try CompiledPolicy(parsing: document, name: "p", kind: kind)
      return nil
    } catch {
      return error
    }
  }

  private static let allow = #""Effect":"Allow","Action":"s3:GetObject","Resource":"*""#

  /// Elements put into one statement that is otherwise good, and what is said about them.
  @Test(arguments: [
    (#"{"Effect":"Allow","Resource":"*"}"#, "Statement", PolicyFault.missingElement("Action")),
    (#"{"Effect":"Allow","Action":[],"Resource":"*"}"#, "Statement.Action", .emptyList),
    (#"{"Effect":"Allow","Action":["s3:GetObject",7],"Resource":"*"}"#, "Statement.Action[1]", .wrongType(.integer)),
    (#"{"Effect":"Allow","Action":"GetObject","Resource":"*"}"#, "Statement.Action", .badAction),
    (#"{"Effect":"Allow","Action":"s3:","Resource":"*"}"#, "Statement.Action", .badAction),
    (#"{"Effect":"Allow","Action":"s3:Get Object","Resource":"*"}"#, "Statement.Action", .badAction),
    (#"{"Effect":"allow","Action":"s3:*","Resource":"*"}"#, "Statement.Effect", .unknownEffect),
    (#"{"Effect":"Allow","Action":"s3:*","Resource":[]}"#, "Statement.Resource", .emptyList),
    (#"{"Effect":"Allow","Action":"s3:*","Resource":"bucket/*"}"#, "Statement.Resource", .badResource),
    (
      #"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username"}"#, "Statement.Resource",
      .badVariable
    ),
    (#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${username}"}"#, "Statement.Resource", .badVariable),
    (
      #"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username, x}"}"#, "Statement.Resource",
      .badVariable
    ),
    (#"{"Sid":"a b",\#(allow)}"#, "Statement.Sid", .badSid),
    (#"{"effect":"Allow",\#(allow)}"#, "Statement.effect", .unknownElement),
    (
      #"{\#(allow),"Condition":{"StringEqual":{"aws:username":"a"}}}"#, "Statement.Condition.StringEqual",
      .unknownOperator
    ),
    (
      #"{\#(allow),"Condition":{"stringEquals":{"aws:username":"a"}}}"#, "Statement.Condition.stringEquals",
      .unknownOperator
    ),
    (
      #"{\#(allow),"Condition":{"NullIfExists":{"aws:username":"true"}}}"#, "Statement.Condition.NullIfExists",
      .unknownOperator
    ),
    (
      #"{\#(allow),"Condition":{"ForSomeValue:StringEquals":{"aws:username":"a"}}}"#,
      "Statement.Condition.ForSomeValue:StringEquals", .unknownOperator
    ),
    (
      #"{\#(allow),"Condition":{"StringEquals":{"username":"a"}}}"#, "Statement.Condition.StringEquals.username",
      .badConditionKey
    ),
    (
      #"{\#(allow),"Condition":{"NumericEquals":{"s3:max-keys":["1","x"]}}}"#,
      "Statement.Condition.NumericEquals.s3:max-keys[1]", .badValue
    ),
    (
      #"{\#(allow),"Condition":{"NumericEquals":{"s3:max-keys":"1e9"}}}"#,
      "Statement.Condition.NumericEquals.s3:max-keys", .badValue
    ),
    (
      #"{\#(allow),"Condition":{"DateEquals":{"aws:CurrentTime":"tomorrow"}}}"#,
      "Statement.Condition.DateEquals.aws:CurrentTime", .badValue
    ),
    (
      #"{\#(allow),"Condition":{"Bool":{"aws:SecureTransport":"yes"}}}"#,
      "Statement.Condition.Bool.aws:SecureTransport", .badValue
    ),
    (
      #"{\#(allow),"Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/33"}}}"#,
      "Statement.Condition.IpAddress.aws:SourceIp", .badValue
    ),
    (
      #"{\#(allow),"Condition":{"ArnLike":{"aws:SourceArn":"bucket"}}}"#, "Statement.Condition.ArnLike.aws:SourceArn",
      .badValue
    ),
    (#"{\#(allow),"Condition":{"BinaryEquals":{"x:y":"?"}}}"#, "Statement.Condition.BinaryEquals.x:y", .badValue),
    (
      #"{\#(allow),"Condition":{"StringEquals":{"x:y":{"a":"b"}}}}"#, "Statement.Condition.StringEquals.x:y",
      .wrongType(.object)
    ),
    (
      #"{\#(allow),"Condition":{"StringEquals":{"x:y":null}}}"#, "Statement.Condition.StringEquals.x:y",
      .wrongType(.null)
    ),
    (#"{\#(allow),"Condition":[]}"#, "Statement.Condition", .wrongType(.array)),
    (#"{\#(allow),"NotPrincipal":"*"}"#, "Statement.NotPrincipal", .elementNotAllowed),
    ("7", "Statement", .wrongType(.integer)),
    ("[]", "Statement", .noStatement),
  ])
  func saysWhereAndWhy(statement: String, path: String, fault: PolicyFault) {
    let document = #"{"Version":"2012-10-17","Statement":\#(statement)}"#
    #expect(refusal(document) == .invalid(path: path, fault))
  }

  @Test func goodNeighborsOfWhatIsRefused() {
    let conditions = [
      #"{"StringEquals":{"aws:username":"a"}}"#, #"{"Null":{"aws:username":true}}"#, "{}",
      #"{"NumericEquals":{"s3:max-keys":[-1,"1.50"]}}"#, #"{"ArnLike":{"aws:SourceArn":"*"}}"#,
      #"{"ForAllValues:ArnLikeIfExists":{"aws:SourceArn":["arn:aws:s3:::b"]}}"#,
      #"{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}"#, #"{"Bool":{"aws:SecureTransport":"${aws:SecureTransport}"}}"#,
    ]
    for condition in conditions {
      #expect(
        refusal(#"{"Version":"2012-10-17","Statement":{\#(Self.allow),"Condition":\#(condition)}}"#) == nil,
        "\(condition)")
    }
  }

  @Test(arguments: [
    (#""*""#, true), (#"{"AWS":"*"}"#, true), (#"{"AWS":"111122223333"}"#, true),
    (#"{"AWS":"arn:aws:iam::111122223333:root"}"#, true),
    (#"{"AWS":"arn:aws:iam::111122223333:user/team/alice"}"#, true),
    (#"{"AWS":"arn:aws:sts::111122223333:assumed-role/app/s1"}"#, true),
    (#"{"AWS":"arn:aws:sts::111122223333:federated-user/x"}"#, true),
    (#"{"Service":"logging.s3.amazonaws.com","AWS":["111122223333"]}"#, true),
    (#"{"AWS":"arn:aws:iam::111122223333:user/*"}"#, false),
    (#"{"AWS":"arn:aws:iam::111122223333:group/staff"}"#, false),
    (#"{"AWS":"arn:aws:iam::111122223333:user/"}"#, false), (#"{"AWS":"arn:aws:s3:::b"}"#, false),
    (#"{"AWS":"alice"}"#, false), (#"{"AWS":[]}"#, false), ("{}", false), ("[]", false),
    (#"{"Service":"*"}"#, false), (#"{"CanonicalUser":"abc"}"#, false), (#"{"aws":"*"}"#, false),
  ])
  func principals(principal: String, isValid: Bool) {
    let document =
      #"{"Statement":{"Effect":"Allow","Principal":\#(principal),"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}"#
    #expect((refusal(document, .resource(bucket: "b")) == nil) == isValid)
  }

  @Test(arguments: [
    ("s3:GetObject", "arn:aws:s3:::b/*", true), ("s3:*", "arn:aws:s3:::b", true),
    ("s3:ListBucket", "arn:aws:s3:::b", true),
    ("s3:GetObject", "arn:aws:s3:::b*", true), ("s3:ListBucket", "arn:aws:s3:::b/*", false),
    ("s3:GetObject", "arn:aws:s3:::b", false), ("s3:GetObject", "arn:aws:s3:::bb/*", false),
    ("s3:GetObjects", "arn:aws:s3:::b/*", false), ("sts:AssumeRole", "arn:aws:s3:::b/*", false),
    ("s3:GetObject", "arn:aws:s3:::*/*", true), ("s3:GetObject", "*", true),
    ("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*", true),
  ])
  func bucketPoliciesAreAboutTheirBucket(action: String, resource: String, isValid: Bool) {
    let document =
      #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"\#(action)","Resource":"\#(resource)"}}"#
    #expect((refusal(document, .resource(bucket: "b")) == nil) == isValid)
  }

  @Test func notPrincipalIsForDenyOnly() {
    func document(_ effect: String) -> String {
      #"{"Statement":{"Effect":"\#(effect)","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}"#
    }
    #expect(refusal(document("Deny"), .resource(bucket: "b")) == nil)
    #expect(
      refusal(document("Allow"), .resource(bucket: "b"))
        == .invalid(path: "Statement.NotPrincipal", .elementNotAllowed))
  }

  @Test func trustPoliciesAreAboutSTS() {
    func document(_ action: String) -> String {
      #"{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"\#(action)"}}"#
    }
    #expect(refusal(document("sts:AssumeRole"), .trust) == nil)
    #expect(refusal(document("s3:GetObject"), .trust) == .invalid(path: "Statement.Action", .badAction))
  }

  @Test func onlySessionsMayHaveNoStatement() {
    let document = #"{"Version":"2012-10-17","Statement":[]}"#
    #expect(refusal(document, .session) == nil)
    #expect(refusal(document, .boundary) == .invalid(path: "Statement", .noStatement))
  }

  @Test func sizeIsBoundedAsAWSCountsIt() throws {
    let document = #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#
    let spaced = document + String(repeating: " ", count: 7000)
    #expect(refusal(spaced) == nil)
    #expect(refusal(spaced, .session) == .tooLarge(bytes: spaced.utf8.count, bytesMax: 2048))
    let long = document.replacing(#""*""#, with: "\"arn:aws:s3:::b/\(String(repeating: "x", count: 6200))\"")
    guard case .tooLarge(_, 6144)? = refusal(long) else {
      Issue.record("accepted")
      return
    }
    #expect(
      try CompiledPolicy(
        parsing: long, name: "p", kind: .identity, limits: PolicyLimits(bytesMax: 10_000)
      ).statements.count == 1)
    // White space does not count, but is bounded.
    #expect(refusal(document + String(repeating: " ", count: 70_000)) != nil)
  }

  @Test func messagesNameThePlace() {
    let document = #"{"Version":"2012-10-17","Statement":{\#(Self.allow),"Condition":{"Foo":{}}}}"#
    #expect(refusal(document)?.description == "`Statement.Condition.Foo`: unknown condition operator")
    #expect(refusal("{")?.description.hasPrefix("not valid JSON at line 1") == true)
  }
}
