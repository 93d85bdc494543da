import ArgumentParser
import Authorization
import Glibc
import IAMPolicy
import PolicyExplanation
import PolicyTool
import Rego
import S3Model

/// A request as flags describe it.
struct ExplainedRequestOptions: ParsableArguments {
  @Option(help: "The IAM user who asks.")
  var user: String?
  @Option(help: "The role whose session asks; --user or --root is who made the session.")
  var role: String?
  @Flag(help: "The root user asks.")
  var root = false
  @Flag(help: "Nobody signed the request.")
  var anonymous = false

  @Option(help: "Of a session of --role or --user: its name.")
  var sessionName: String?
  @Option(help: ArgumentHelp("A tag of the session. Repeatable.", valueName: "key=value"))
  var sessionTag: [String] = []
  @Option(help: ArgumentHelp("A claim of the session's identity provider. Repeatable.", valueName: "name=value"))
  var claim: [String] = []
  @Option(help: ArgumentHelp("The session's inline policy.", valueName: "file"))
  var sessionPolicy: String?
  @Option(help: ArgumentHelp("A managed policy that limits the session. Repeatable.", valueName: "arn"))
  var sessionPolicyARN: [String] = []
  @Option(help: "Seconds since the session's second factor was used.")
  var mfaAge: Int64?
  @Option(help: "Of the session.")
  var sourceIdentity: String?

  @Option(help: "Such as `s3:GetObject`.")
  var action: String?
  @Option(help: "An ARN, instead of --bucket and --key.")
  var resource: String?
  @Option(help: "The bucket.")
  var bucket: String?
  @Option(help: "The object's key.")
  var key: String?
  @Option(help: "The object's version.")
  var versionID: String?
  @Option(help: ArgumentHelp("A tag that the object has. Repeatable.", valueName: "key=value"))
  var objectTag: [String] = []
  @Option(help: ArgumentHelp("A tag that the request sets. Repeatable.", valueName: "key=value"))
  var requestTag: [String] = []

  @Option(help: ArgumentHelp("The client's address.", valueName: "address"))
  var sourceIP: String?
  @Option(help: ArgumentHelp("When, such as 2026-01-31T12:00:00Z; now by default.", valueName: "time"))
  var time: String?
  @Option(
    help: ArgumentHelp(
      "A condition key, such as `s3:prefix=home/`. Repeatable, also for several values.", valueName: "key=value"))
  var condition: [String] = []
  @Option(help: "The API operation, such as `CopyObject`: `input.operation` to Rego.")
  var operation: String?
  @Option(help: "The HTTP method: `input.request.method` to Rego.")
  var method: String?
  @Option(help: "Of the body, in bytes.")
  var contentLength: Int64?

  func explain(in world: PolicyWorld) throws -> DecisionExplanation {
    guard let action, let parsed = Action(name: action.utf8) else {
      throw ValidationError(action.map { "--action `\($0)` is unknown" } ?? "--action, or --audit, is needed")
    }
    let now =
      try time.map { text in
        guard let time = PolicyDate(parsing: text.utf8) else { throw ValidationError("--time is no time: `\(text)`") }
        return time
      } ?? PolicyDate(seconds: Int64(Glibc.time(nil)))
    let access = try access(parsed)
    var trust: CompiledPolicy?
    if case .sts = parsed { trust = world.snapshot.role(arn: access.resource)?.trustPolicy }
    return Authorizer.explain(
      access, trustPolicy: trust, try caller(world.snapshot, at: now), world.snapshot, at: now,
      try facts(access, world), rules: world.rules)
  }

  private func access(_ action: Action) throws -> Access {
    if let resource {
      guard bucket == nil, key == nil else { throw ValidationError("--resource excludes --bucket and --key") }
      return RecordedRequest.access(action, ByteString(resource), versionID.map { ByteString($0) })
    }
    guard case .s3(let s3) = action else { return Access(action: action, resource: "*") }
    guard let bucket else {
      guard key == nil else { throw ValidationError("--key needs --bucket") }
      return Access(service: s3)
    }
    guard let key else { return Access(s3, bucket: bucket) }
    return Access(s3, bucket: bucket, key: ByteString(key), versionID: versionID.map { ByteString($0) })
  }

  private func caller(_ snapshot: AuthorizationSnapshot, at now: PolicyDate) throws -> Caller {
    // A role's session was made by somebody, who may be named too.
    let named = [user != nil, root, anonymous].count(where: { $0 })
    guard role == nil ? named == 1 : named <= 1 && !anonymous else {
      throw ValidationError("name one of --user, --role, --root and --anonymous")
    }
    if anonymous { return .anonymous }
    let user = try user.map { name in
      guard let user = snapshot.principals.user(named: ByteString(name)) else {
        throw ValidationError("there is no user `\(name)`")
      }
      return user
    }
    let isSession =
      sessionName != nil || !sessionTag.isEmpty || !claim.isEmpty || sessionPolicy != nil || !sessionPolicyARN.isEmpty
      || mfaAge != nil || sourceIdentity != nil
    if role == nil, !isSession { return user ?? snapshot.root }
    var kind = SessionDescription.Kind.userSession
    if let name = role {
      guard let role = snapshot.principals.role(named: ByteString(name)) else {
        throw ValidationError("there is no role `\(name)`")
      }
      kind = .assumedRole(roleID: role.uniqueID)
    }
    var claims: [(name: ByteString, values: [ByteString])] = []
    for (name, value) in try Self.pairs(claim, "--claim") {
      if let known = claims.firstIndex(where: { $0.name == name }) {
        claims[known].values.append(value)
      } else {
        claims.append((name, [value]))
      }
    }
    let policy = try sessionPolicy.map { path in ByteString(try WholeFile.read(path)) }
    let session = SessionDescription(
      kind: kind, principalID: user?.userID ?? (root ? snapshot.account.bytes : ""),
      name: ByteString(sessionName ?? "explained"), policy: policy, policyARNs: sessionPolicyARN.map { ByteString($0) },
      tags: try Self.pairs(sessionTag, "--session-tag").map { PrincipalTag(key: $0.0, value: $0.1) },
      facts: CallerSession(
        issued: now, secondFactor: mfaAge.map { PolicyDate(milliseconds: now.milliseconds - $0 * 1000) },
        sourceIdentity: sourceIdentity.map { ByteString($0) }, claims: claims))
    do throws(SessionFault) { return try snapshot.caller(for: session) } catch {
      throw ValidationError("no such session can be: \(error)")
    }
  }

  private func facts(_ access: Access, _ world: PolicyWorld) throws -> StatedFacts {
    let facts = StatedFacts()
    facts.conditions[ConditionKey(.secureTransport)] = .boolean(true)
    facts.conditions[ConditionKey(.resourceAccount as AWSConditionKey)] = .text(world.snapshot.account.bytes)
    facts.conditions[ConditionKey(.resourceAccount as S3ConditionKey)] = .text(world.snapshot.account.bytes)
    facts.conditions[ConditionKey(.requestedRegion)] = .text(world.region)
    facts.conditions[ConditionKey(.versionID)] = access.versionID.map { .text($0) }
    if let sourceIP {
      guard let address = IPAddress(sourceIP) else { throw ValidationError("--source-ip is no address: `\(sourceIP)`") }
      facts.conditions[ConditionKey(.sourceIP)] = .address(address)
    }
    var stated: Set<ConditionKey> = []
    for (name, value) in try Self.pairs(condition, "--condition") {
      guard let key = ConditionKey(parsing: name.bytes) else {
        throw ValidationError("--condition `\(name)` is no condition key")
      }
      // What is stated replaces what would be there; stated again, the key has several values.
      let known = stated.insert(key).inserted ? nil : facts.conditions[key]
      switch known {
      case .text(let first): facts.conditions[key] = .texts([first, value])
      case .texts(let texts): facts.conditions[key] = .texts(texts + [value])
      default: facts.conditions[key] = .text(value)
      }
    }
    let tags = try Self.pairs(objectTag, "--object-tag").map { ObjectTag(key: $0.0, value: $0.1) }
    facts.objectTags = access.key == nil ? .none : .tags(tags)
    if !requestTag.isEmpty {
      facts.requestTags = try Self.pairs(requestTag, "--request-tag").map { ObjectTag(key: $0.0, value: $0.1) }
      facts.tagsBuckets = access.action == .s3(.createBucket)
    }
    facts.facts[.operation] = operation.map { .string(Text($0)) }
    facts.facts[.method] = method.map { .string(Text($0)) }
    facts.facts[.contentLength] = contentLength.map { .integer($0) }
    return facts
  }

  private static func pairs(_ texts: [String], _ flag: String) throws -> [(ByteString, ByteString)] {
    try texts.map { text in
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw ValidationError("\(flag) is key=value, not `\(text)`")
      }
      return (ByteString(String(text[..<equals])), ByteString(String(text[text.index(after: equals)...])))
    }
  }
}
