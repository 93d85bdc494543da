import JSON
import S3Model

/// Checks and compiles the statements of one document.
struct StatementParser {
  let kind: PolicyKind
  /// Policy variables are in force: version 2012-10-17.
  let variables: Bool
  private var sids: Set<[UInt8]> = []

  init(kind: PolicyKind, variables: Bool) {
    self.kind = kind
    self.variables = variables
  }

  private static let elements = [
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
  ]

  mutating func parse(_ node: PolicyNode, index: Int) throws(PolicyError) -> CompiledStatement {
    let object = try node.object()
    try node.refuseUnknown(object, Self.elements)
    let sid = try sid(node, object)
    let effect = try effect(node, object)
    let principals = try principals(node, object, effect)
    let actions = try either(node, object, "Action", "NotAction")
    let resources = try resources(node, object)
    let conditions = try conditions(node.member(object, "Condition"))
    if case .resource(let bucket?) = kind { try checkBucket(bucket, actions, resources) }
    let set = try actionSet(actions.node)
    return CompiledStatement(
      index: index, sid: sid, effect: effect, actions: actions.negated ? set.inverted : set, principals: principals,
      resources: try compile(resources), conditions: conditions,
      text: StatementText(node, conditions.map(\.key)))
  }

  private mutating func sid(_ node: PolicyNode, _ object: JSONObject) throws(PolicyError) -> String? {
    guard let member = node.member(object, "Sid") else { return nil }
    let sid = try member.string()
    // IAM takes letters and digits only, S3 any text.
    var isFreeText = false
    if case .resource = kind { isFreeText = true }
    guard isFreeText || sid.utf8.allSatisfy(isAlphanumeric) else {
      throw member.fault(.badSid)
    }
    guard sid.isEmpty || sids.insert(Array(sid.utf8)).inserted else { throw member.fault(.duplicateSid) }
    return sid
  }

  private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
  }

  private func effect(
    _ node: PolicyNode, _ object: JSONObject
  ) throws(PolicyError) -> CompiledStatement.Effect {
    guard let member = node.member(object, "Effect") else { throw node.fault(.missingElement("Effect")) }
    switch try member.string() {
    case "Allow": return .allow
    case "Deny": return .deny
    default: throw member.fault(.unknownEffect)
    }
  }

  /// An element of which exactly one of two forms must be there.
  private func either(
    _ node: PolicyNode, _ object: JSONObject, _ name: String, _ negation: String
  ) throws(PolicyError) -> (node: PolicyNode, negated: Bool) {
    switch (node.member(object, name), node.member(object, negation)) {
    case (let member?, nil): return (member, false)
    case (nil, let member?): return (member, true)
    case (_?, _?): throw node.fault(.conflictingElements(name, negation))
    case (nil, nil): throw node.fault(.missingElement(name))
    }
  }
}

// MARK: - Actions

extension StatementParser {
  private func actionSet(_ node: PolicyNode) throws(PolicyError) -> ActionSet {
    var set = ActionSet()
    for (node, text) in try node.strings() {
      let bytes = Array(text.utf8)
      guard isAction(bytes) else { throw node.fault(.badAction) }
      if kind == .trust, !text.lowercased().hasPrefix("sts:") { throw node.fault(.badAction) }
      set.formUnion(ActionSet(matching: bytes))
    }
    return set
  }

  /// `*`, or a service and an action, both of letters, digits, `-` and wildcards.
  private func isAction(_ bytes: [UInt8]) -> Bool {
    if bytes == [UInt8(ascii: "*")] { return true }
    let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.allSatisfy {
            isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?")
          }
      }
  }
}

// MARK: - Resources

extension StatementParser {
  fileprivate enum ResourceNodes {
    case implied
    case listed([(node: PolicyNode, text: String)], negated: Bool)
  }

  private func resources(_ node: PolicyNode, _ object: JSONObject) throws(PolicyError) -> ResourceNodes {
    if kind == .trust {
      for name in ["Resource", "NotResource"] {
        if let member = node.member(object, name) { throw member.fault(.elementNotAllowed) }
      }
      return .implied
    }
    let (member, negated) = try either(node, object, "Resource", "NotResource")
    return .listed(try member.strings(), negated: negated)
  }

  private func compile(_ resources: ResourceNodes) throws(PolicyError) -> CompiledStatement.Resources {
    guard case .listed(let list, let negated) = resources else { return .implied }
    var patterns: [ARNPattern] = []
    for (node, text) in list {
      guard text == "*" || text.hasPrefix("arn:") else { throw node.fault(.badResource) }
      do throws(TextPattern.ParseFault) {
        patterns.append(try ARNPattern(resource: Array(text.utf8), variables: variables))
      } catch {
        throw node.fault(.badVariable)
      }
    }
    return negated ? .except(patterns) : .matching(patterns)
  }

  /// The rules of PutBucketPolicy: own bucket only, known actions, each with a resource it applies to.
  private func checkBucket(
    _ bucket: ByteString, _ actions: (node: PolicyNode, negated: Bool), _ resources: ResourceNodes
  ) throws(PolicyError) {
    guard case .listed(let list, let negated) = resources else { return }
    var reach: S3ResourceTypes = []
    for (node, text) in list {
      guard let types = reachOf(Array(text.utf8), in: bucket) else { throw node.fault(.resourceOfAnotherBucket) }
      reach.formUnion(types)
    }
    for (node, text) in try actions.node.strings() {
      let matched = ActionSet(matching: Array(text.utf8)).actions
      let s3 = matched.compactMap { if case .s3(let action) = $0 { action } else { S3Action?.none } }
      guard !s3.isEmpty else { throw node.fault(.unknownAction) }
      guard negated || actions.negated || s3.contains(where: { !$0.resourceTypes.isDisjoint(with: reach) }) else {
        throw node.fault(.actionWithoutResource)
      }
    }
  }

  /// Which of the bucket and its objects a resource can be; nil when it is neither.
  private func reachOf(_ text: [UInt8], in bucket: ByteString) -> S3ResourceTypes? {
    let segments = TextPattern.arnSegments(text, variables: variables)
    guard segments.count == 6 else { return text == [UInt8(ascii: "*")] ? [.bucket, .object] : nil }
    let resource = segments[5]
    let slash = resource.firstIndex(of: UInt8(ascii: "/"))
    let name = resource[..<(slash ?? resource.endIndex)]
    guard let pattern = try? TextPattern(parsing: name, .init(wildcards: true, variables: false)) else { return nil }
    let fits = bucket.bytes.withUnsafeBufferPointer { pattern.matches($0, NoContext()) == .yes }
    guard fits else { return nil }
    if slash != nil { return [.object] }
    return name.last == UInt8(ascii: "*") ? [.bucket, .object] : [.bucket]
  }
}

/// For patterns without variables.
private struct NoContext: ConditionContext {
  func value(for key: ConditionKey) -> ConditionValue { .absent }
}

// MARK: - Principals

extension StatementParser {
  private func principals(
    _ node: PolicyNode, _ object: JSONObject, _ effect: CompiledStatement.Effect
  ) throws(PolicyError) -> CompiledStatement.Principals? {
    let members = (node.member(object, "Principal"), node.member(object, "NotPrincipal"))
    switch kind {
    case .identity, .boundary, .session, .scp:
      if let member = members.0 ?? members.1 { throw member.fault(.elementNotAllowed) }
      return nil
    case .rcp:
      // Resource control policies are about everyone.
      if let member = members.1 { throw member.fault(.elementNotAllowed) }
      if let member = members.0 {
        guard case .string("*") = member.value else { throw member.fault(.badPrincipal) }
      }
      return nil
    case .resource, .trust:
      let (member, negated) = try either(node, object, "Principal", "NotPrincipal")
      // "You must use the NotPrincipal element with "Effect":"Deny"."
      if negated, effect == .allow { throw member.fault(.elementNotAllowed) }
      let pattern = try principalPattern(member)
      return negated ? .except(pattern) : .named(pattern)
    }
  }

  private func principalPattern(_ node: PolicyNode) throws(PolicyError) -> PrincipalPattern {
    var pattern = PrincipalPattern()
    if case .string(let text) = node.value {
      guard text == "*" else { throw node.fault(.badPrincipal) }
      pattern.everything = true
      return pattern
    }
    let object = try node.object()
    guard !object.isEmpty else { throw node.fault(.emptyList) }
    for member in object.members {
      let type = node.child(member.value, member.name)
      for (node, text) in try type.strings() {
        switch member.name {
        case "AWS": try add(text, at: node, to: &pattern)
        case "Service":
          guard isName(text), text.contains(".") else { throw node.fault(.badPrincipal) }
          pattern.services.append(ByteString(text))
        case "Federated":
          guard isName(text) else { throw node.fault(.badPrincipal) }
          pattern.providers.append(ByteString(text))
        case "CanonicalUser":
          guard text.utf8.count == 64, text.utf8.allSatisfy(isHexDigit) else { throw node.fault(.badPrincipal) }
          pattern.canonicalUsers.append(ByteString(text))
        default: throw type.fault(.unknownPrincipalType)
        }
      }
    }
    return pattern
  }

  /// `*`, an account, or the ARN of a root user, user, role or session. Wildcards inside one are no patterns and refused.
  private func add(_ text: String, at node: PolicyNode, to pattern: inout PrincipalPattern) throws(PolicyError) {
    if text == "*" {
      pattern.everyone = true
    } else if let account = AccountID(text) {
      pattern.accounts.append(account)
    } else if let arn = ARN(text), isName(text), arn.region.isEmpty, let account = arn.accountID {
      let resource = String(decoding: arn.resource, as: UTF8.self)
      let service = String(decoding: arn.service, as: UTF8.self)
      let kinds = service == "iam" ? ["user/", "role/"] : ["assumed-role/", "federated-user/", "federated-identity/"]
      if service == "iam", resource == "root" {
        pattern.accounts.append(account)
      } else if service == "iam" || service == "sts",
        kinds.contains(where: { resource.hasPrefix($0) && resource.utf8.count > $0.utf8.count })
      {
        pattern.arns.append(ByteString(text))
      } else {
        throw node.fault(.badPrincipal)
      }
    } else {
      throw node.fault(.badPrincipal)
    }
  }

  private func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: "?") }
  }

  private func isHexDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 }
}
