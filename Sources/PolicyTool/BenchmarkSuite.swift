import Bundles
public import Rego

/// The policies by which the engine is measured, with their data and inputs, the same for every engine.
public enum BenchmarkSuite {
  public struct Case: Sendable {
    public var name: String
    public var module: String
    /// A JSON text.
    public var data: String
    /// JSON texts, taken in turn.
    public var inputs: [String]
    /// What is decided, on the first input.
    public var expected: Value

    /// What to evaluate.
    public static let path: [Text] = ["bench", "allow"]

    public func benchmark() throws(ToolError) -> DecisionBenchmark {
      let data = try PolicyFiles.document(Array(self.data.utf8), path: "data.json")
      let content = BundleContent(modules: [Source(name: "\(name).rego", text: module)], data: data)
      let bundle: CompiledBundle
      do throws(BundleError) { bundle = try CompiledBundle(content) } catch { throw .bundle(error) }
      let benchmark = try DecisionBenchmark(
        bundle.policy.entrypoint(Self.path), inputs: inputs.map { Array($0.utf8) }, settings: EvaluationSettings())
      let decision = try benchmark.decision()
      guard decision == expected else { throw .usage("\(name) decides \(decision) instead of \(expected)") }
      return benchmark
    }
  }

  /// Names in order: the five policies, then the two curves.
  public static var names: [String] {
    ["trivial", "rbac", "abac", "rules-1000", "comprehension"]
      + userCounts.map { "curve-users-\($0)" } + ruleCounts.map { "curve-rules-\($0)" }
  }

  private static let userCounts = [10, 100, 1000, 10_000, 100_000]
  private static let ruleCounts = [10, 100, 1000, 10_000]

  public static func make(_ name: String) -> Case? {
    let parts = name.split(separator: "-")
    switch (parts.first, parts.last.flatMap { Int($0) }) {
    case ("trivial", _):
      return Case(
        name: name, module: "package bench\n\nallow := true\n", data: "{}", inputs: [input("user1", 1)], expected: true)
    case ("rbac", _): return roleBased(name, userCount: 1000, inputCount: 64)
    case ("abac", _): return attributeBased(name)
    case ("comprehension", _): return comprehension(name, itemCount: 1000)
    case ("rules", let count?): return oneOfManyRules(name, count)
    case ("curve", let count?) where parts.count == 3 && parts[1] == "users":
      return roleBased(name, userCount: count, inputCount: 1)
    case ("curve", let count?) where parts.count == 3 && parts[1] == "rules": return oneOfManyRules(name, count)
    default: return nil
    }
  }

  /// About 650 bytes, as a gateway would ask.
  private static func input(_ user: String, _ number: Int) -> String {
    let key = "team-\(number % 7)/reports/2026/q\(number % 4)/summary.pdf"
    return #"{"request":{"id":"4442587FB7D0A2F9-\#(number)","time":"2026-11-23T19:00:00Z","method":"GET","#
      + #""tls":{"version":"TLSv1.3","cipher":"TLS_AES_128_GCM_SHA256"}},"principal":{"name":"\#(user)","#
      + #""type":"user","account":"000000000000","arn":"arn:aws:iam::000000000000:user/\#(user)","#
      + #""groups":["engineering","staff","on-call"],"mfa":true,"claims":{"department":"research","level":3}},"#
      + #""action":"s3:GetObject","resource":"projects/\#(key)","bucket":"projects","key":"\#(key)","#
      + #""source_ip":"10.\#(number % 50).3.17","headers":{"user-agent":"aws-sdk-go-v2/1.30.3 lang/go#1.22.5","#
      + #""x-amz-content-sha256":"UNSIGNED-PAYLOAD"}}"#
  }

  /// Users with three of 50 roles each. A role grants actions on resources from networks, and denies some, all by
  /// patterns: one looks through what the roles say in order, as in a gateway whose policy is driven by data.
  private static func roleBased(_ name: String, userCount: Int, inputCount: Int) -> Case {
    let roleCount = 50
    let users = (0..<userCount).map { user in
      let roles = rolesOfUser(user).map { "\"role\($0)\"" }.joined(separator: ",")
      return "\"user\(user)\":{\"roles\":[\(roles)],\"active\":true,\"tenant\":\"t\(user % 10)\"}"
    }
    let roles = (0..<roleCount).map { role in
      let team = "team-\(role % 7)"
      return #""role\#(role)":{"grants":["#
        + #"{"actions":["s3:ListBucket","s3:GetBucket*"],"resources":["projects","archive"],"#
        + #""networks":["10.0.0.0/8","192.168.0.0/16"]},"#
        + #"{"actions":["s3:PutObject","s3:DeleteObject","s3:AbortMultipartUpload"],"#
        + #""resources":["projects/\#(team)/*","projects/\#(team)/drafts/**"],"networks":["10.\#(role).0.0/16"]},"#
        + #"{"actions":["s3:Get*","s3:ListMultipartUploadParts"],"#
        + #""resources":["archive/\#(team)/**","projects/\#(team)/**"],"#
        + #""networks":["192.168.0.0/16","10.\#(role).0.0/16","10.0.0.0/8"]}],"#
        + #""denials":[{"actions":["s3:Delete*"],"resources":["archive/**","projects/*/reports/**"]}]}"#
    }
    // Each of them reads what its first, second or third role grants.
    let inputs = (0..<inputCount).map { number in
      let user = inputCount == 1 ? 5 : number * 15
      return input("user\(user)", rolesOfUser(user)[number % 3] % roleCount)
    }
    return Case(
      name: name,
      module: """
        package bench

        default allow := false

        allow if {
        	user.active
        	some role in user.roles
        	some grant in data.roles[role].grants
        	covers(grant)
        	some network in grant.networks
        	net.cidr_contains(network, input.source_ip)
        	not denied
        }

        denied if {
        	some role in user.roles
        	some denial in data.roles[role].denials
        	covers(denial)
        }

        user := data.users[input.principal.name]

        covers(statement) if {
        	some action in statement.actions
        	glob.match(action, [":"], input.action)
        	some resource in statement.resources
        	glob.match(resource, ["/"], input.resource)
        }

        """,
      data: "{\"users\":{\(users.joined(separator: ","))},\"roles\":{\(roles.joined(separator: ","))}}",
      inputs: inputs, expected: true)
  }

  private static func rolesOfUser(_ user: Int) -> [Int] {
    [user, user * 7 + 3, user * 13 + 5].map { $0 % 50 }
  }

  private static func attributeBased(_ name: String) -> Case {
    Case(
      name: name,
      module: """
        package bench

        default allow := false

        allow if {
        	input.principal.mfa == true
        	input.principal.account == data.account
        	input.principal.claims.department in data.departments
        	input.principal.claims.level >= 2
        	"engineering" in input.principal.groups
        	startswith(input.key, "team-1/")
        	not denied
        }

        denied if input.request.tls.version == "TLSv1.0"

        denied if "blocked" in input.principal.groups

        denied if {
        	input.action == "s3:DeleteObject"
        	input.principal.claims.level < 5
        }

        """,
      data: #"{"account":"000000000000","departments":["finance","research","sales"]}"#, inputs: [input("user1", 1)],
      expected: true)
  }

  private static func oneOfManyRules(_ name: String, _ count: Int) -> Case {
    var module = "package bench\n\ndefault allow := false\n"
    for rule in 1..<count {
      module += "\nallow if {\n\tinput.action == \"s3:Action\(rule)\"\n\tinput.bucket == \"projects\"\n}\n"
    }
    module += "\nallow if {\n\tinput.action == \"s3:GetObject\"\n\tinput.bucket == \"projects\"\n}\n"
    return Case(name: name, module: module, data: "{}", inputs: [input("user1", 1)], expected: true)
  }

  private static func comprehension(_ name: String, itemCount: Int) -> Case {
    let items = (0..<itemCount).map { "{\"size\":\($0),\"owner\":\"user\($0 % 3)\"}" }.joined(separator: ",")
    return Case(
      name: name,
      module: """
        package bench

        allow := count([item |
        	some item in data.items
        	item.size >= 500
        	item.owner == input.principal.name
        ])

        """,
      data: "{\"items\":[\(items)]}", inputs: [input("user1", 1)],
      expected: .integer(Int64((itemCount / 2..<itemCount).count { $0 % 3 == 1 })))
  }
}
