import S3Model
import S3Wire
import STS
import Testing

/// A request's parameters as a client would send them.
func parameters(_ pairs: [(String, String)], version: String? = "2011-06-15") throws -> QueryParameters {
  var all = pairs.map { (name: ByteString($0.0), value: ByteString($0.1)) }
  if let version { all.append((name: "Version", value: ByteString(version))) }
  return try QueryParameters(all)
}

private let roleARN = "arn:aws:iam::000000000000:role/reader"
private let minimal = [("Action", "AssumeRole"), ("RoleArn", roleARN), ("RoleSessionName", "nightly")]

private func assumeRole(_ more: (String, String)...) throws -> AssumeRoleInput {
  let names = Set(more.map(\.0))
  let request = try STSRequest(parameters(minimal.filter { !names.contains($0.0) } + more))
  guard case .assumeRole(let input) = request else { throw STSError.internalFailure }
  return input
}

@Suite struct STSRequestTests {
  @Test func readsEverythingOfAssumeRole() throws {
    let input = try assumeRole(
      ("DurationSeconds", "900"), ("Policy", "{}"),
      ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
      ("PolicyArns.member.2.arn", "arn:aws:iam::000000000000:policy/x"), ("Tags.member.1.Key", "team"),
      ("Tags.member.1.Value", "blue"), ("Tags.member.2.Key", "Größe"), ("Tags.member.2.Value", ""),
      ("TransitiveTagKeys.member.1", "TEAM"), ("ExternalId", "ext:1/2"), ("SourceIdentity", "alice@x"),
      ("X-Unknown", "ignored"))
    #expect(input.roleARN == ByteString(roleARN))
    #expect(input.sessionName == "nightly")
    #expect(input.durationSeconds == 900)
    #expect(input.policy == "{}")
    #expect(input.policyARNs == ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::000000000000:policy/x"])
    #expect(
      input.tags == [
        SessionTag(key: "team", value: "blue", isTransitive: true), SessionTag(key: "Größe", value: ""),
      ])
    #expect(input.externalID == "ext:1/2")
    #expect(input.sourceIdentity == "alice@x")
    #expect(input.secondFactor == nil)
  }

  @Test func readsTheOthers() throws {
    guard case .getSessionToken(let session) = try STSRequest(parameters([("Action", "GetSessionToken")])) else {
      Issue.record("no GetSessionToken")
      return
    }
    #expect(session.durationSeconds == nil)
    guard case .getCallerIdentity = try STSRequest(parameters([("Action", "GetCallerIdentity")])) else {
      Issue.record("no GetCallerIdentity")
      return
    }
    let federation = try STSRequest(
      parameters([("Action", "GetFederationToken"), ("Name", "bob"), ("DurationSeconds", "129600")]))
    guard case .getFederationToken(let input) = federation else {
      Issue.record("no GetFederationToken")
      return
    }
    #expect(input.name == "bob")
    #expect(input.durationSeconds == 129_600)
    #expect(input.policy == nil)
    let info = try STSRequest(parameters([("Action", "GetAccessKeyInfo"), ("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")]))
    guard case .getAccessKeyInfo(let id) = info else {
      Issue.record("no GetAccessKeyInfo")
      return
    }
    #expect(id == "AKIAIOSFODNN7EXAMPLE")
    #expect(info.action == .getAccessKeyInfo)
  }

  @Test func actionAndVersionAreRequired() throws {
    #expect(refusal { try STSRequest(parameters([])) } == .missingAction)
    #expect(
      refusal { try STSRequest(parameters([("Action", "GetCallerIdentity")], version: nil)) }?.answer.message
        == "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED")
    for version in ["2010-05-08", "", "2011-06-16"] {
      #expect(
        refusal { try STSRequest(parameters([("Action", "GetCallerIdentity")], version: version)) }
          == .invalidAction("GetCallerIdentity", version: ByteString(version)))
    }
    for action in ["AssumeRoleWithSAML", "assumerole", "", "CreateUser"] {
      #expect(refusal { try STSRequest(parameters([("Action", action)])) }?.answer.code == .invalidAction)
    }
  }

  @Test func aParameterOccursOnce() throws {
    #expect(refusal { try parameters(minimal + [("RoleArn", roleARN)]) } == .duplicateParameter)
    #expect(refusal { try parameters(minimal + [("x", "1"), ("x", "1")]) } == .duplicateParameter)
    let many = (0...QueryParameters.countMax).map { ("p\($0)", "") }
    #expect(refusal { try parameters(many) } == .tooManyParameters)
  }

  @Test func queryAndFormAreOneList() throws {
    let form = { (text: String) in try FormParameters(Array(text.utf8)) }
    let request = try STSRequest(
      QueryParameters(form("Action=GetAccessKeyInfo"), form("AccessKeyId=AKIAIOSFODNN7EXAMPLE&Version=2011-06-15")))
    #expect(request.action == .getAccessKeyInfo)
    #expect(
      refusal { try QueryParameters(form("Action=GetCallerIdentity"), form("Action=AssumeRole")) }
        == .duplicateParameter)
  }

  /// One row per rule of AWS's model: parameter, value at its edge inside, value outside, the words after `constraint:`.
  static let rules: [(name: String, good: String, bad: String, rule: String)] = [
    ("RoleSessionName", "ab", "a", "Member must have length greater than or equal to 2"),
    (
      "RoleSessionName", String(repeating: "a", count: 64), String(repeating: "a", count: 65),
      "Member must have length less than or equal to 64"
    ),
    ("RoleSessionName", "aZ9_+=,.@-", "a b", #"Member must satisfy regular expression pattern: [\w+=,.@-]*"#),
    ("RoleSessionName", "abc", "a/c", #"Member must satisfy regular expression pattern: [\w+=,.@-]*"#),
    ("RoleSessionName", "abc", "aéc", #"Member must satisfy regular expression pattern: [\w+=,.@-]*"#),
    ("RoleArn", "arn:aws:iam::00:role", "arn:aws:iam:0:role", "Member must have length greater than or equal to 20"),
    ("DurationSeconds", "900", "899", "Member must have value greater than or equal to 900"),
    ("DurationSeconds", "43200", "43201", "Member must have value less than or equal to 43200"),
    ("DurationSeconds", "900", "-900", "Member must have value greater than or equal to 900"),
    ("Policy", "{", "", "Member must have length greater than or equal to 1"),
    (
      "Policy", String(repeating: "ÿ", count: 2048), String(repeating: " ", count: 2049),
      "Member must have length less than or equal to 2048"
    ),
    (
      "Policy", "{\"ÿ\t\r\n", "{\u{100}",
      #"Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+"#
    ),
    ("ExternalId", "ab", "a", "Member must have length greater than or equal to 2"),
    (
      "ExternalId", String(repeating: "a", count: 1224), String(repeating: "a", count: 1225),
      "Member must have length less than or equal to 1224"
    ),
    ("ExternalId", "a:/=", "a b", #"Member must satisfy regular expression pattern: [\w+=,.@:\/-]*"#),
    ("SourceIdentity", "ab", "a", "Member must have length greater than or equal to 2"),
    ("SourceIdentity", "ab", "a:b", #"Member must satisfy regular expression pattern: [\w+=,.@-]*"#),
    ("SerialNumber", "GAHT12345678", "GAHT1234", "Member must have length greater than or equal to 9"),
    ("TokenCode", "123456", "12345", "Member must have length greater than or equal to 6"),
    ("TokenCode", "123456", "12345a", #"Member must satisfy regular expression pattern: [\d]*"#),
    (
      "PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/x", "arn",
      "Member must have length greater than or equal to 20"
    ),
  ]

  @Test(arguments: rules)
  func constraint(name: String, good: String, bad: String, rule: String) throws {
    _ = try assumeRole((name, good))
    let error = try #require(refusal { try assumeRole((name, bad)) })
    #expect(error.answer.code == .validationError)
    #expect(error.answer.status == 400)
    #expect(error.answer.message.contains("failed to satisfy constraint: \(rule)"), "\(error.answer.message)")
  }

  @Test func exactMessages() throws {
    #expect(
      refusal { try assumeRole(("DurationSeconds", "43201")) }?.answer.message
        == "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: "
        + "Member must have value less than or equal to 43200")
    #expect(
      refusal { try STSRequest(parameters([("Action", "AssumeRole")])) }?.answer.message
        == "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; "
        + "Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null")
    #expect(
      refusal { try assumeRole(("Tags.member.1.Key", "a*"), ("Tags.member.1.Value", "v")) }?.answer.message
        == "1 validation error detected: Value 'a*' at 'tags.1.member.key' failed to satisfy constraint: "
        + #"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+"#)
    for text in ["", "abc", "9e2", "900 ", "+900", "99999999999999999999", "0x384"] {
      #expect(refusal { try assumeRole(("DurationSeconds", text)) } == .notAnInteger("DurationSeconds"))
    }
  }

  @Test func listsAreNumberedWithoutGaps() throws {
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    #expect(try assumeRole(("PolicyArns", "")).policyARNs.isEmpty)
    for bad in ["PolicyArns.member.2.arn", "PolicyArns.member.0.arn", "PolicyArns.member.1", "PolicyArns.1.arn"] {
      #expect(refusal { try assumeRole((bad, arn)) } == .malformedList("PolicyArns"), "\(bad)")
    }
    #expect(refusal { try assumeRole(("PolicyArns", arn)) } == .malformedList("PolicyArns"))
    #expect(
      refusal { try assumeRole(("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b"), ("Tags.member.3.Key", "c")) }
        == .malformedList("Tags"))
    #expect(
      refusal { try assumeRole(("Tags.member.1.Key", "a")) }?.answer.message
        == "1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy constraint: "
        + "Member must not be null")
    let tags = { (count: Int) in
      (1...count).flatMap { [("Tags.member.\($0).Key", "k\($0)"), ("Tags.member.\($0).Value", "")] }
    }
    guard case .assumeRole(let full) = try STSRequest(parameters(minimal + tags(50))) else { return }
    #expect(full.tags.count == 50)
    #expect(refusal { try STSRequest(parameters(minimal + tags(51))) }?.answer.code == .validationError)
    let arns = { (count: Int) in (1...count).map { ("PolicyArns.member.\($0).arn", arn) } }
    guard case .assumeRole(let most) = try STSRequest(parameters(minimal + arns(10))) else { return }
    #expect(most.policyARNs.count == 10)
    #expect(refusal { try STSRequest(parameters(minimal + arns(11))) }?.answer.code == .validationError)
  }

  @Test func policyAndARNsShareTheirLength() throws {
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    let room = 2048 - arn.utf8.count
    _ = try assumeRole(("Policy", String(repeating: "a", count: room)), ("PolicyArns.member.1.arn", arn))
    #expect(
      refusal { try assumeRole(("Policy", String(repeating: "a", count: room + 1)), ("PolicyArns.member.1.arn", arn)) }
        == .packedPolicyTooLarge(percent: 101))
  }

  @Test func tagRules() throws {
    let tag = { (key: String) in [("Tags.member.1.Key", key), ("Tags.member.1.Value", "v")] }
    #expect(
      refusal {
        try assumeRole(
          ("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "a"), ("Tags.member.2.Key", "team"),
          ("Tags.member.2.Value", "b"))
      } == .duplicateTagKeys)
    #expect(refusal { try STSRequest(parameters(minimal + tag("AWS:x"))) } == .reservedTagKey)
    _ = try STSRequest(parameters(minimal + tag("awsx")))
    #expect(
      refusal { try STSRequest(parameters(minimal + tag("a") + [("TransitiveTagKeys.member.1", "b")])) }
        == .transitiveKeyWithoutTag)
  }

  /// Ignoring them would change what the session may do or who it says to be.
  @Test func providedContextsAreRefused() throws {
    #expect(
      refusal { try assumeRole(("ProvidedContexts.member.1.ProviderArn", "arn:aws:iam::aws:contextProvider/x")) }
        == .unsupportedParameter("ProvidedContexts"))
  }

  @Test func otherActionsHaveTheirOwnBounds() throws {
    let session = { try STSRequest(parameters([("Action", "GetSessionToken"), ("DurationSeconds", $0)])) }
    let federation = {
      try STSRequest(parameters([("Action", "GetFederationToken"), ("Name", $0), ("DurationSeconds", $1)]))
    }
    let info = { try STSRequest(parameters([("Action", "GetAccessKeyInfo"), ("AccessKeyId", $0)])) }
    _ = try session("900")
    _ = try session("129600")
    #expect(refusal { try session("899") }?.answer.code == .validationError)
    #expect(refusal { try session("129601") }?.answer.code == .validationError)
    _ = try federation(String(repeating: "n", count: 32), "900")
    #expect(refusal { try federation(String(repeating: "n", count: 33), "900") }?.answer.code == .validationError)
    #expect(refusal { try federation("n", "900") }?.answer.code == .validationError)
    #expect(refusal { try federation("name", "129601") }?.answer.code == .validationError)
    _ = try info("AKIA567890123456")
    #expect(refusal { try info("AKIA56789012345") }?.answer.code == .validationError)
    #expect(refusal { try info("AKIA5678901234-6") }?.answer.code == .validationError)
  }
}
