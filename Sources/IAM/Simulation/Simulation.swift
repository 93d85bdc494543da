import Authorization
import IAMPolicy
import Identity
import IdentityStore
import S3Model
import S3Wire

/// A policy of a simulation, and what its statements' positions are told under.
struct SimulatedPolicy: Sendable {
  /// AWS's `SourcePolicyId`.
  var id: String
  /// AWS's `SourcePolicyType`: `IAM Policy` and the like.
  var type: String
  var document: ByteString
  var compiled: CompiledPolicy
  var positions: StatementPositions

  init(id: String, type: String, _ document: ByteString, _ kind: PolicyKind) throws(IAMError) {
    self.id = id
    self.type = type
    self.document = document
    do throws(PolicyError) {
      compiled = try CompiledPolicy(
        parsing: document.bytes, name: id, kind: kind,
        limits: PolicyLimits(bytesMax: 20_480, countsWhiteSpace: false))
    } catch {
      throw .invalidInput("Policy \(id) is malformed: \(error)")
    }
    positions = StatementPositions(document)
  }
}

/// The parameters that both simulations share.
struct SimulationInput: Sendable {
  var policies: [ByteString]
  var boundaries: [ByteString]
  var actions: [Action]
  var resources: [ByteString]
  var resourcePolicy: ByteString?
  var callerARN: ByteString?
  var context: SimulatedContext
  var page: IAMPage

  static let policiesMax = 50
  static let actionsMax = 100
  static let resourcesMax = 100

  init(_ checker: inout ParameterChecker, needsPolicies: Bool) {
    policies = checker.list(
      "PolicyInputList", count: (needsPolicies ? 1 : 0)...Self.policiesMax, length: 1...131_072, .policy)
    boundaries = checker.list(
      "PermissionsBoundaryPolicyInputList", count: 0...1, length: 1...131_072, .policy)
    var actions: [Action] = []
    for name in checker.list("ActionNames", count: 1...Self.actionsMax, length: 3...128, .text) {
      if let action = Action(name: name.bytes) {
        actions.append(action)
      } else if !name.isEmpty {
        checker.refuse(.invalidInput, "Invalid Action Name: \(name.printable)")
      }
    }
    self.actions = actions
    let resources = checker.list("ResourceArns", count: 0...Self.resourcesMax, length: 1...2048, .text)
    self.resources = resources.isEmpty ? ["*"] : resources
    for resource in self.resources where resource != "*" && ARN(resource) == nil {
      checker.refuse(.invalidInput, "Invalid ARN: \(resource.printable)")
    }
    resourcePolicy = checker.optional("ResourcePolicy", length: 1...131_072, .policy)
    _ = checker.optional("ResourceOwner", length: 1...2048, .text)
    _ = checker.optional("ResourceHandlingOption", length: 1...64, .text)
    callerARN = checker.optional("CallerArn", length: 1...2048, .text)
    context = SimulatedContext(&checker)
    page = IAMPage(&checker)
  }
}

/// The values that a simulation gives; any other is absent.
struct SimulatedContext: ConditionContext, Sendable {
  enum Kind: String, CaseIterable {
    case string, stringList, numeric, numericList, boolean, booleanList, ip, ipList, binary, binaryList, date, dateList
  }

  private let values: [ConditionKey: ConditionValue]

  init(_ checker: inout ParameterChecker) {
    var values: [ConditionKey: ConditionValue] = [:]
    let count = checker.count(
      "ContextEntries", suffixes: [".ContextKeyName", ".ContextKeyType", ".ContextKeyValues.member."], 0...100)
    for number in 1..<(count + 1) {
      let prefix = "ContextEntries.member.\(number)"
      let path = "contextEntries.\(number).member"
      let name = checker.member("\(prefix).ContextKeyName", at: "\(path).contextKeyName", length: 5...256, .text)
      guard let key = ConditionKey(parsing: name.bytes) else {
        if !name.isEmpty { checker.refuse(.invalidInput, "Invalid context key: \(name.printable)") }
        continue
      }
      let type = checker.parameters["\(prefix).ContextKeyType"]
      if let type, checker.choice(type, at: "\(path).contextKeyType") as Kind? == nil { continue }
      let texts = checker.list("\(prefix).ContextKeyValues", count: 0...100, length: 0...2048, .text)
      // Numbers, dates and addresses are read from text as policies read them; flags and lists are told by their type.
      values[key] = texts.count == 1 && type?.text.hasSuffix("List") != true ? .text(texts[0]) : .texts(texts)
    }
    self.values = values
  }

  func value(for key: ConditionKey) -> ConditionValue { values[key] ?? .absent }

  func has(_ key: ConditionKey) -> Bool { values[key] != nil }
}

/// One action on one resource, decided by the evaluator of live requests.
struct SimulationResult: Sendable {
  var action: Action
  var resource: ByteString
  var decision: PolicyDecision
  var matched: [(policy: SimulatedPolicy, statement: CompiledStatement)]
  var missing: [String]
  var isWithinBoundary: Bool?

  var word: StaticString {
    decision.isAllowed ? "allowed" : decision.isExplicitDeny ? "explicitDeny" : "implicitDeny"
  }

  func write(to writer: inout XMLWriter) {
    writer.element("EvalActionName", "\(action.name)")
    writer.element("EvalResourceName", resource)
    writer.element("EvalDecision", word)
    writer.list("MatchedStatements", matched) { match, writer in
      writer.element("SourcePolicyId", match.policy.id)
      writer.element("SourcePolicyType", match.policy.type)
      guard match.statement.index < match.policy.positions.ranges.count else { return }
      let range = match.policy.positions.ranges[match.statement.index]
      writer.open("StartPosition")
      writer.element("Line", range.start.line)
      writer.element("Column", range.start.column)
      writer.close("StartPosition")
      writer.open("EndPosition")
      writer.element("Line", range.end.line)
      writer.element("Column", range.end.column)
      writer.close("EndPosition")
    }
    writer.texts("MissingContextValues", missing.map { ByteString($0) })
    if let isWithinBoundary {
      writer.open("PermissionsBoundaryDecisionDetail")
      writer.element("AllowedByPermissionsBoundary", isWithinBoundary)
      writer.close("PermissionsBoundaryDecisionDetail")
    }
  }
}

struct Simulation: Sendable {
  var principal: Principal
  var identity: [SimulatedPolicy]
  var boundary: [SimulatedPolicy]?
  var resource: SimulatedPolicy?
  var account: AccountID

  func run(_ action: Action, _ resourceARN: ByteString, _ context: SimulatedContext) -> SimulationResult {
    let request = PolicyRequest(
      principal: principal, action: action, resource: resourceARN, resourceAccount: account)
    let layers = PolicyLayers(
      identity: identity.map(\.compiled), resource: resource?.compiled, boundary: boundary?.map(\.compiled))
    let decision = PolicyEvaluator.decide(request, layers, context)
    var matched: [(SimulatedPolicy, CompiledStatement)] = []
    var missing: Set<String> = []
    for policy in identity + (boundary ?? []) + (resource.map { [$0] } ?? []) {
      for statement in policy.compiled.statements where statement.actions.contains(action) {
        for key in statement.conditionKeys where !context.has(key) { missing.insert("\(key)") }
      }
      matched += policy.compiled.statements(applyingTo: request, context).map { (policy, $0) }
    }
    if decision.isExplicitDeny { matched = matched.filter { $0.1.effect == .deny } }
    let isWithin = boundary.map { policies in
      policies.contains { $0.compiled.statements(applyingTo: request, context).contains { $0.effect == .allow } }
        && !policies.contains { $0.compiled.statements(applyingTo: request, context).contains { $0.effect == .deny } }
    }
    return SimulationResult(
      action: action, resource: resourceARN, decision: decision,
      matched: matched.map { (policy: $0.0, statement: $0.1) },
      missing: missing.sorted(), isWithinBoundary: isWithin)
  }

  func answer(_ input: SimulationInput) -> IAMAnswer {
    var page = input.page
    var pairs: [(index: Int, action: Action, resource: ByteString)] = []
    for action in input.actions {
      for resource in input.resources { pairs.append((pairs.count, action, resource)) }
    }
    let results = page.take(pairs) { ByteString(String(1_000_000 + $0.index)) }
      .map { run($0.action, $0.resource, input.context) }
    return IAMAnswer { writer in
      writer.list("EvaluationResults", results) { $0.write(to: &$1) }
      writer.page(page)
    }
  }
}

extension SimulationInput {
  func identity() throws(IAMError) -> [SimulatedPolicy] {
    var policies: [SimulatedPolicy] = []
    for (index, document) in self.policies.enumerated() {
      policies.append(
        try SimulatedPolicy(id: "PolicyInputList.\(index + 1)", type: "IAM Policy", document, .identity))
    }
    return policies
  }

  func boundary() throws(IAMError) -> [SimulatedPolicy]? {
    guard let document = boundaries.first else { return nil }
    return [
      try SimulatedPolicy(
        id: "PermissionsBoundaryPolicyInputList.1", type: "IAM Permissions Boundary Policy", document, .boundary)
    ]
  }

  func resource() throws(IAMError) -> SimulatedPolicy? {
    guard let resourcePolicy else { return nil }
    return try SimulatedPolicy(id: "ResourcePolicy", type: "Resource Policy", resourcePolicy, .resource(bucket: nil))
  }

  /// Who asks: CallerArn, needed where a resource policy names principals.
  func principal(_ account: AccountID) throws(IAMError) -> Principal {
    guard let callerARN else {
      if resourcePolicy != nil { throw .invalidInput("CallerArn is needed with ResourcePolicy.") }
      return Principal(.user(arn: ARN.user("simulated", account: account), account))
    }
    guard let arn = ARN(callerARN), arn.service.elementsEqual("iam".utf8), let owner = arn.accountID,
      arn.resource.starts(with: "user/".utf8)
    else { throw .invalidInput("CallerArn must be the ARN of a user.") }
    return Principal(.user(arn: callerARN, owner))
  }
}

struct SimulateCustomPolicy: IAMReading {
  static let action = IAMAction.simulateCustomPolicy
  let input: SimulationInput

  init(_ checker: inout ParameterChecker) { input = SimulationInput(&checker, needsPolicies: true) }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    let simulation = Simulation(
      principal: try input.principal(scope.account), identity: try input.identity(), boundary: try input.boundary(),
      resource: try input.resource(), account: scope.account)
    return simulation.answer(input)
  }
}

/// The policies of a user, group or role, with more added.
struct SimulatePrincipalPolicy: IAMReading {
  static let action = IAMAction.simulatePrincipalPolicy
  let source: ByteString
  let input: SimulationInput

  init(_ checker: inout ParameterChecker) {
    source = checker.required("PolicySourceArn", length: 20...2048, .arn)
    input = SimulationInput(&checker, needsPolicies: false)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, source: source)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    let (policies, boundary, principal) = try scope.policies(of: source)
    let asker: Principal
    if let principal, input.callerARN == nil { asker = principal } else { asker = try input.principal(scope.account) }
    let given = try input.boundary()
    let simulation = Simulation(
      principal: asker, identity: policies + (try input.identity()),
      boundary: given ?? boundary, resource: try input.resource(), account: scope.account)
    return simulation.answer(input)
  }
}

struct GetContextKeysForCustomPolicy: IAMReading {
  static let action = IAMAction.getContextKeysForCustomPolicy
  let policies: [ByteString]

  init(_ checker: inout ParameterChecker) {
    policies = checker.list(
      "PolicyInputList", count: 1...SimulationInput.policiesMax, length: 1...131_072, .policy)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [IAMAccess(Self.action, "*")] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    try contextKeys(policies, [])
  }
}

struct GetContextKeysForPrincipalPolicy: IAMReading {
  static let action = IAMAction.getContextKeysForPrincipalPolicy
  let source: ByteString
  let policies: [ByteString]

  init(_ checker: inout ParameterChecker) {
    source = checker.required("PolicySourceArn", length: 20...2048, .arn)
    policies = checker.list(
      "PolicyInputList", count: 0...SimulationInput.policiesMax, length: 1...131_072, .policy)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, source: source)] }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    try contextKeys(policies, try scope.policies(of: source).policies)
  }
}

private func contextKeys(_ documents: [ByteString], _ more: [SimulatedPolicy]) throws(IAMError) -> IAMAnswer {
  var policies = more
  for (index, document) in documents.enumerated() {
    policies.append(try SimulatedPolicy(id: "PolicyInputList.\(index + 1)", type: "IAM Policy", document, .identity))
  }
  let names = Set(policies.flatMap { $0.compiled.statements.flatMap(\.conditionKeys) }.map { "\($0)" })
  return IAMAnswer { $0.texts("ContextKeyNames", names.sorted().map { ByteString($0) }) }
}

extension IAMScope {
  fileprivate enum Source {
    case user(UserRecord), group(GroupRecord), role(RoleRecord)
  }

  fileprivate func source(_ arn: ByteString) -> Source? {
    guard let parsed = ARN(arn), parsed.service.elementsEqual("iam".utf8), parsed.accountID == account,
      let slash = parsed.resource.lastIndex(of: UInt8(ascii: "/"))
    else { return nil }
    let name = ByteString(parsed.resource[(slash + 1)...])
    if let user = findUser(name)?.record, self.arn(user) == arn { return .user(user) }
    if let group = findGroup(name)?.record, self.arn(group) == arn { return .group(group) }
    if let role = findRole(name)?.record, self.arn(role) == arn { return .role(role) }
    return nil
  }

  fileprivate func access(_ action: IAMAction, source arn: ByteString) -> IAMAccess {
    switch source(arn) {
    case .user(let user): access(action, user: user.name)
    case .group(let group): access(action, group: group.name)
    case .role(let role): access(action, role: role.name)
    case nil: IAMAccess(action, arn)
    }
  }

  /// The policies in force for a principal, those of a user's groups included.
  fileprivate func policies(
    of arn: ByteString
  ) throws(IAMError) -> (policies: [SimulatedPolicy], boundary: [SimulatedPolicy]?, principal: Principal?) {
    guard let source = source(arn) else { throw .noSuchEntity(.principal(arn: arn)) }
    var policies: [SimulatedPolicy] = []
    func add(_ holder: some PolicyHolder, _ type: String) throws(IAMError) {
      for policy in holder.inline {
        policies.append(
          try SimulatedPolicy(
            id: "\(type)_\(holder.name)_\(policy.name)", type: "IAM Policy", policy.document, .identity))
      }
      for arn in holder.policies {
        guard let policy = anyPolicy(arn) else { continue }
        policies.append(try SimulatedPolicy(id: "\(policy.name)", type: "IAM Policy", policy.document, .identity))
      }
    }
    func bound(_ arn: ByteString?) throws(IAMError) -> [SimulatedPolicy]? {
      guard let arn else { return nil }
      // A boundary that is not there lets nothing through.
      guard let policy = anyPolicy(arn) else { return [] }
      return [
        try SimulatedPolicy(
          id: "\(policy.name)", type: "IAM Permissions Boundary Policy", policy.document, .boundary)
      ]
    }
    switch source {
    case .user(let user):
      try add(user, "user")
      for id in user.groups { if let group = table.group(id: id)?.record { try add(group, "group") } }
      return (policies, try bound(user.boundary), Principal(.user(arn: arn, account)))
    case .group(let group):
      try add(group, "group")
      return (policies, nil, nil)
    case .role(let role):
      try add(role, "role")
      return (policies, try bound(role.boundary), Principal(.role(arn: arn, account)))
    }
  }
}
