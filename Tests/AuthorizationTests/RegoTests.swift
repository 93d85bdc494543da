import IAMPolicy
import Rego
import S3Model
import Testing

@testable import Authorization

/// Requests of alice, who may read `data/` and nothing else, under one module.
@Suite struct RegoTests {
  /// Facts from a table, with a session for evaluations.
  final class Facts: RequestFacts {
    var conditions = TestContext()
    var objectTags: ObjectTags = .none
    var facts: [RequestFact: Value] = [:]
    var hasSession = true
    private var session: RegoSession?

    func value(for key: ConditionKey) -> ConditionValue { conditions.value(for: key) }
    func fact(_ name: RequestFact) -> Value { facts[name] ?? .undefined }
    func regoSession(_ authority: RegoAuthority) -> RegoSession? {
      guard hasSession else { return nil }
      if session?.authority !== authority { session = authority.makeSession() }
      return session
    }
  }

  static func authority(
    _ module: String, mode: RegoMode, shape: RegoInputShape = .martlet,
    settings: EvaluationSettings = EvaluationSettings()
  ) throws -> RegoAuthority {
    let source = Source(name: "authz.rego", text: "package martlet.authz\n\n" + module)
    let parsed = try RegoParser.parseModule(source, file: 0)
    let resolved = try RegoCompiler().compile([parsed], sources: [source])
    return RegoAuthority(
      try Policy(resolved), rules: resolved.rules, mode: mode, shape: shape, settings: settings)
  }

  static let get = Access(.getObject, bucket: "data", key: "a")
  static let put = Access(.putObject, bucket: "data", key: "a")

  static func decide(
    _ access: Access, _ module: String, mode: RegoMode = .restrict, caller: Caller? = nil, facts: Facts = Facts(),
    bucketPolicy: String? = nil, settings: EvaluationSettings = EvaluationSettings()
  ) throws -> Decision {
    var snapshot = try Fixture.snapshot()
    snapshot.rego = try authority(module, mode: mode, settings: settings)
    if let bucketPolicy { snapshot.bucketPolicies["data"] = try Fixture.bucketPolicy(bucketPolicy, bucket: "data") }
    let alice = try #require(snapshot.user(id: "AIDAALICE"))
    return Authorizer.decide(access, caller ?? alice, snapshot, at: Fixture.now, facts)
  }

  // MARK: Modes

  @Test(arguments: [
    // What IAM allows, Rego may only deny.
    (RegoMode.restrict, true, "", true), (.restrict, true, "allow := false", true),
    (.restrict, false, "allow := true", false), (.restrict, true, #"deny contains "no""#, false),
    // Either may allow.
    (.grant, true, "allow := false", true), (.grant, false, "allow := true", true),
    (.grant, false, "allow := false", false), (.grant, false, "", false), (.grant, true, #"deny contains "no""#, false),
    (.grant, false, "allow := true\ndeny contains \"no\"", false),
    // Rego alone allows.
    (.decide, true, "", false), (.decide, true, "allow := false", false), (.decide, false, "allow := true", true),
    (.decide, true, "allow := true\ndeny contains \"no\"", false),
    (.off, true, #"deny contains "no""#, true),
  ])
  func weighs(_ mode: RegoMode, _ iamAllows: Bool, _ module: String, _ expected: Bool) throws {
    let decision = try Self.decide(iamAllows ? Self.get : Self.put, module, mode: mode)
    #expect(decision.isAllowed == expected, "\(decision)")
  }

  @Test(arguments: [RegoMode.restrict, .grant, .decide]) func explicitDenialsOfIAMStand(_ mode: RegoMode) throws {
    let deny = """
      {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*",\
      "Resource":"arn:aws:s3:::data/*"}]}
      """
    #expect(try !Self.decide(Self.get, "allow := true", mode: mode, bucketPolicy: deny).isAllowed)
    #expect(try Self.decide(Self.get, "allow := true", mode: mode).isAllowed)
  }

  /// bob's boundary lets him get and nothing else, whoever allows more.
  @Test(arguments: [RegoMode.grant, .decide]) func boundariesStayCeilings(_ mode: RegoMode) throws {
    let bob = try #require(try Fixture.snapshot().user(id: "AIDABOB"))
    #expect(try !Self.decide(Self.put, "allow := true", mode: mode, caller: bob).isAllowed)
    #expect(try Self.decide(Self.get, "allow := true", mode: mode, caller: bob).isAllowed)
  }

  @Test(arguments: [RegoMode.grant, .decide]) func sessionPoliciesStayCeilings(_ mode: RegoMode) throws {
    let snapshot = try Fixture.snapshot()
    let session = Fixture.session(
      .userSession, policy: Fixture.allow("s3:GetObject", "*"),
      facts: CallerSession(issued: Fixture.now))
    let caller = try snapshot.caller(for: session)
    #expect(try !Self.decide(Self.put, "allow := true", mode: mode, caller: caller).isAllowed)
    #expect(try Self.decide(Self.get, "allow := true", mode: mode, caller: caller).isAllowed)
  }

  @Test func anonymousMayBeGranted() throws {
    #expect(try Self.decide(Self.get, "allow := true", mode: .grant, caller: .anonymous).isAllowed)
    #expect(try !Self.decide(Self.get, "allow := true", mode: .restrict, caller: .anonymous).isAllowed)
    #expect(try !Self.decide(Self.get, "allow := false", mode: .decide, caller: .anonymous).isAllowed)
  }

  /// A trust policy is no bucket policy: no rule lets anyone assume a role that does not trust them.
  @Test func trustPoliciesStand() throws {
    var snapshot = try Fixture.snapshot()
    snapshot.rego = try Self.authority("allow := true", mode: .decide)
    let alice = try #require(snapshot.user(id: "AIDAALICE"))
    let role = try #require(snapshot.role(arn: "arn:aws:iam::111122223333:role/team/app"))
    let stranger = try CompiledPolicy(
      parsing:
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"999988887777"},"Action":"sts:AssumeRole"}]}"#,
      name: "trust", kind: .trust)
    let trusted = Authorizer.decide(
      .assumeRole, on: role.arn, trustPolicy: role.trustPolicy, alice, snapshot, at: Fixture.now, Facts())
    let untrusted = Authorizer.decide(
      .assumeRole, on: role.arn, trustPolicy: stranger, alice, snapshot, at: Fixture.now, Facts())
    #expect(trusted.isAllowed, "\(trusted)")
    #expect(!untrusted.isAllowed, "\(untrusted)")
  }

  // MARK: Errors deny

  @Test(arguments: [
    "deny := true", "deny := [1]", "deny := {\"a\": 1}", "obligations := 1", "obligations := {\"unheard_of\": 1}",
    "obligations := {\"max_bytes\": \"1\"}", "obligations := {\"encrypt\": \"key\"}",
    "obligations := {\"response_headers\": {\"Set-Cookie\": \"a\"}}",
    "obligations := {\"response_headers\": {\"x-amz-meta\": \"a\"}}",
    "obligations := {\"response_headers\": {\"a\": \"b\\r\\nc: d\"}}",
    "obligations := {\"max_bytes\": x | some x in [1, 2]}",
    "obligations := x if some x in [{\"max_bytes\": 1}, {\"max_bytes\": 2}]",
  ])
  func denies(_ module: String) throws {
    #expect(try !Self.decide(Self.get, module).isAllowed)
  }

  @Test(arguments: ["allow := 1", "allow := \"true\"", "allow := {true}", "allow := x if some x in [true, false]"])
  func wrongAllowDenies(_ module: String) throws {
    #expect(try !Self.decide(Self.put, module, mode: .grant).isAllowed)
  }

  @Test func exhaustedBudgetDenies() throws {
    let module = "deny contains \"no\" if count([x | some x in numbers.range(1, 1000000); x > 5]) < 3"
    let decision = try Self.decide(Self.get, module, settings: EvaluationSettings(instructionsMax: 10_000))
    #expect(!decision.isAllowed)
    #expect("\(decision)".contains("eval_cancel_error"), "\(decision)")
  }

  @Test func denyWithoutEvaluator() throws {
    let facts = Facts()
    facts.hasSession = false
    #expect(try !Self.decide(Self.get, "", facts: facts).isAllowed)
  }

  // MARK: What decided

  @Test func namesTheRule() throws {
    let module = """
      deny contains "other" if input.action == "s3:PutObject"

      deny contains "reading" if input.action == "s3:GetObject"
      """
    let decision = try Self.decide(Self.get, module)
    #expect(decision.rule == DecidingRule(path: "data.martlet.authz.deny", file: "authz.rego", line: 5))
    #expect("\(decision)" == "denied by data.martlet.authz.deny (authz.rego:5): reading")
  }

  @Test func namesTheAllowingRule() throws {
    let module = """
      default allow := false
      allow if input.action == "s3:GetObject"
      allow if input.action == "s3:PutObject"
      """
    let decision = try Self.decide(Self.put, module, mode: .grant)
    #expect(decision.isAllowed)
    #expect(decision.rule?.line == 5)
  }

  @Test func namesTheStatementWhereRegoOnlyLetsPass() throws {
    let decision = try Self.decide(Self.get, "")
    #expect(decision.statement?.policy.name == "readers")
  }

  // MARK: Input

  @Test(arguments: [
    #"input.service == "s3""#, #"input.action == "s3:GetObject""#, #"input.resource == "arn:aws:s3:::data/a""#,
    #"input.bucket == "data""#, #"input.object.key == "a""#, #"input.account == "111122223333""#,
    #"input.principal == {"type": "user", "arn": "arn:aws:iam::111122223333:user/alice", "account": "111122223333", "id": "AIDAALICE", "name": "alice", "groups": ["staff"], "tags": {"team": "red"}}"#,
    #"input.request.source_ip == "192.0.2.7""#, #"input.request.secure"#, #"input.s3.prefix == "p/""#,
    #"input.request.id == "R1""#, #"not input.session"#, #"not input.object.version_id"#,
    #"input.conditions["aws:SourceIp"] == "192.0.2.7""#, #"input.conditions["aws:PrincipalTag/team"] == "red""#,
    #"time.now_ns() == 1717243200000000000"#, #"object.get(input, ["request", "source_ip"], "") == "192.0.2.7""#,
    #"some key in ["key"]; input.object[key] == "a""#,
  ])
  func offers(_ condition: String) throws {
    let facts = Facts()
    facts.conditions = TestContext([
      "aws:SourceIp": .address(try #require(IPAddress("192.0.2.7"))), "aws:SecureTransport": .boolean(true),
      "s3:prefix": .text("p/"),
    ])
    facts.facts[.requestID] = "R1"
    let decision = try Self.decide(Self.get, "deny contains \"seen\" if { \(condition) }", facts: facts)
    #expect("\(decision)".hasSuffix("seen"), "\(decision)")
  }

  /// As MinIO and Ceph RGW write them. Sources: minio `getConditionValues` and `policy.Args`; ceph `rgw_opa.cc`.
  @Test(arguments: [
    (RegoInputShape.minio, #"input.action == "s3:GetObject""#), (.minio, #"input.bucket == "data""#),
    (.minio, #"input.object == "a b""#), (.minio, "input.owner == false"), (.minio, "input.denyOnly == false"),
    (.minio, #"input.account == "AKIA1""#), (.minio, #"input.groups == ["staff"]"#), (.minio, "input.claims == {}"),
    (.minio, #"input.conditions.SourceIp == ["192.0.2.7"]"#), (.minio, #"input.conditions.username == ["alice"]"#),
    (.minio, #"input.conditions.prefix == ["p/"]"#), (.minio, #"input.conditions["X-Amz-Acl"] == ["private"]"#),
    (.minio, #"input.conditions["Object-Lock-Mode"] == ["GOVERNANCE"]"#),
    (.minio, #"input.conditions.versionid == ["v1"]"#), (.minio, #"input.conditions.SecureTransport == ["true"]"#),
    (.minio, #"input.conditions.EpochTime == ["1717243200"]"#),
    (
      .minio,
      #"object.keys(input) == {"account", "groups", "action", "bucket", "object", "owner", "conditions", "claims", "denyOnly"}"#
    ),
    (.rgw, #"input.method == "GET""#), (.rgw, #"input.relative_uri == "/data/a%20b""#),
    (.rgw, #"input.decoded_uri == "/data/a b""#), (.rgw, #"input.params == "prefix=p""#),
    (.rgw, #"input.request_uri_aws4 == "/a%20b""#), (.rgw, #"input.object_name == "a b""#),
    (.rgw, #"input.subuser == """#), (.rgw, #"input.bucket_info.bucket == {"name": "data", "tenant": ""}"#),
    (.rgw, #"input.bucket_info.owner == "111122223333""#),
    (
      .rgw,
      #"input.user_info == {"user_id": "alice", "display_name": "alice", "email": "", "suspended": 0}"#
    ),
  ])
  func offersOtherShapes(_ shape: RegoInputShape, _ condition: String) throws {
    var snapshot = try Fixture.snapshot()
    snapshot.rego = try Self.authority("deny contains \"seen\" if { \(condition) }", mode: .restrict, shape: shape)
    let facts = Facts()
    facts.conditions = TestContext([
      "aws:SourceIp": .address(try #require(IPAddress("192.0.2.7"))), "s3:prefix": .text("p/"),
      "s3:x-amz-acl": .text("private"), "s3:object-lock-mode": .text("GOVERNANCE"),
      "aws:SecureTransport": .boolean(true),
    ])
    facts.facts = [.method: "GET", .query: "prefix=p", .path: "/a%20b", .accessKeyID: "AKIA1"]
    let alice = try #require(snapshot.user(id: "AIDAALICE"))
    let get = Access(.getObject, bucket: "data", key: "a b", versionID: shape == .minio ? "v1" : nil)
    let decision = Authorizer.decide(get, alice, snapshot, at: Fixture.now, facts)
    #expect("\(decision)".hasSuffix("seen"), "\(shape): \(decision)")
  }

  /// What does not apply is there and empty, as in RGW.
  @Test func rgwTellsOfWhatIsNotThere() throws {
    var snapshot = try Fixture.snapshot()
    let condition = """
      input.object_name == ""; input.bucket_info.bucket.name == ""; input.decoded_uri == "/"; input.params == "";
        input.user_info.admin == "true"
      """
    snapshot.rego = try Self.authority("deny contains \"seen\" if { \(condition) }", mode: .restrict, shape: .rgw)
    let list = Access(service: .listAllMyBuckets)
    let decision = Authorizer.decide(list, snapshot.root, snapshot, at: Fixture.now, Facts())
    #expect("\(decision)".hasSuffix("seen"), "\(decision)")
  }

  /// A value that is there and cannot be told must not look as if it were not.
  @Test func conditionsThatCannotBeToldDeny() throws {
    let module = #"deny contains "governed" if input.conditions["s3:object-lock-mode"] == "GOVERNANCE""#
    let facts = Facts()
    #expect(try Self.decide(Self.get, module, facts: facts).isAllowed)
    facts.conditions = TestContext(["s3:object-lock-mode": .unavailable])
    let decision = try Self.decide(Self.get, module, facts: facts)
    #expect(!decision.isAllowed, "\(decision)")
    #expect(try Self.decide(Self.get, #"deny contains "x" if input.bucket == "other""#, facts: facts).isAllowed)
  }

  // MARK: Object tags

  @Test func asksForTagsOnlyWhenReached() throws {
    let module = #"deny contains "secret" if { input.action == "s3:GetObject"; input.object.tags.level == "secret" }"#
    let facts = Facts()
    facts.objectTags = .notFetched
    #expect(try Self.decide(Self.get, module, facts: facts).needsObjectTags)
    facts.objectTags = .tags([ObjectTag(key: "level", value: "secret")])
    #expect(try !Self.decide(Self.get, module, facts: facts).isAllowed)
    facts.objectTags = .tags([])
    #expect(try Self.decide(Self.get, module, facts: facts).isAllowed)
    facts.objectTags = .unavailable
    let failed = try Self.decide(Self.get, module, facts: facts)
    #expect(!failed.isAllowed && !failed.needsObjectTags)
    // Nothing is fetched for what no rule that is reached reads.
    facts.objectTags = .notFetched
    let other = #"deny contains "secret" if { input.action == "s3:PutObject"; input.object.tags.level == "secret" }"#
    #expect(try Self.decide(Self.get, other, facts: facts).isAllowed)
  }

  // MARK: Obligations

  @Test func readsObligations() throws {
    let module = """
      obligations := {
        "audit_tags": {"case": "7"}, "max_bytes": 10, "response_headers": {"Cache-Control": "no-store"},
        "list_prefixes": ["a/"],
      }
      """
    let decision = try Self.decide(Self.get, module)
    #expect(decision.isAllowed)
    #expect(decision.obligations.bytesMax == 10)
    #expect(decision.obligations.auditTags.first?.value == "7")
    #expect(decision.obligations.responseHeaders.first?.value == "no-store")
  }

  @Test func secondFactorIsObliged() throws {
    let snapshot = try Fixture.snapshot()
    func caller(used seconds: Int64?) throws -> Caller {
      var facts = CallerSession(issued: Fixture.now)
      facts.secondFactor = seconds.map { PolicyDate(milliseconds: Fixture.now.milliseconds - $0 * 1000) }
      return try snapshot.caller(for: Fixture.session(.userSession, facts: facts))
    }
    let module = "obligations := {\"require_mfa\": 300}"
    #expect(try Self.decide(Self.get, module, caller: caller(used: 300)).isAllowed)
    #expect(try !Self.decide(Self.get, module, caller: caller(used: 301)).isAllowed)
    #expect(try !Self.decide(Self.get, module, caller: caller(used: nil)).isAllowed)
    #expect(try !Self.decide(Self.get, module).isAllowed)
    #expect(try Self.decide(Self.get, "obligations := {\"require_mfa\": true}", caller: caller(used: 9999)).isAllowed)
  }

  @Test func listingsStayWithinPrefixes() throws {
    let carol = try #require(try Fixture.snapshot().user(id: "AIDACAROL"))
    let module = "obligations := {\"list_prefixes\": [\"home/\"]}"
    let list = Access(.listBucket, bucket: "data")
    func allowed(_ prefix: ConditionValue?) throws -> Bool {
      let facts = Facts()
      if let prefix { facts.conditions = TestContext(["s3:prefix": prefix]) }
      return try Self.decide(list, module, caller: carol, facts: facts).isAllowed
    }
    #expect(try allowed(.text("home/carol/")))
    #expect(try !allowed(.text("hom")))
    #expect(try !allowed(.text("other/")))
    #expect(try !allowed(nil))
    #expect(try Self.decide(Self.get, module, caller: carol).isAllowed)
  }

  @Test func oneHeaderInTwoSpellingsDenies() throws {
    let module = "obligations := {\"response_headers\": {\"X-A\": \"1\", \"x-a\": \"2\"}}"
    #expect(try !Self.decide(Self.get, module).isAllowed)
    #expect(try Self.decide(Self.get, module.replacing("x-a", with: "x-b")).isAllowed)
  }

  @Test func obligationsMergeToTheStrictest() throws {
    var one = try Obligations(
      Value(json: #"{"max_bytes": 10, "list_prefixes": ["a/", "b/"], "audit_tags": {"x": "1"}}"#))
    try one.merge(
      try Obligations(Value(json: #"{"max_bytes": 20, "list_prefixes": ["a/c/"], "audit_tags": {"y": "2"}}"#)))
    #expect(one.bytesMax == 10)
    #expect(one.listPrefixes == ["a/c/"])
    #expect(one.auditTags.count == 2)
    #expect(throws: ObligationError.contradiction("audit_tags")) {
      try one.merge(try Obligations(Value(json: #"{"audit_tags": {"x": "3"}}"#)))
    }
  }
}
