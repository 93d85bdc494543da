import Foundation
import IAMPolicy
import S3Model
import Testing

/// Condition values of a case; the context is complete, nothing is added.
private struct CaseContext: ConditionContext {
  var values: [ConditionKey: ConditionValue] = [:]

  init(_ json: [String: Any]) {
    for (name, value) in json {
      guard let key = ConditionKey(parsing: name.utf8) else { continue }
      switch value {
      case let text as String: values[key] = .text(ByteString(text))
      case let texts as [String]: values[key] = .texts(texts.map { ByteString($0) })
      default: Issue.record("context value of \(name)")
      }
    }
  }

  func value(for key: ConditionKey) -> ConditionValue {
    if let value = values[key] { return value }
    // Keys are compared without regard to case, their tag part too.
    for (other, value) in values where other.name == key.name && key.names(tag: other.parameter.bytes) { return value }
    return .absent
  }
}

@Suite struct IAMConformanceTests {
  /// Cases that are known to differ, with the reason.
  static let knownFailures: [String: String] = [:]

  @Test func cases() throws {
    guard let cases = try ConformanceFolder.cases("iam/cases.json") else { return }
    var report = SuiteReport("iam")
    for testCase in cases {
      let id = try #require(testCase["id"] as? String)
      let found = try outcome(testCase)
      if found == testCase["reason"] as? String {
        report.passed += 1
      } else if Self.knownFailures[id] != nil {
        report.skipped += 1
      } else {
        report.failed.append(id)
        Issue.record("\(id) \(testCase["title"] ?? ""): \(found), expected \(testCase["reason"] ?? "")")
      }
    }
    report.printLine()
    #expect(report.failed.isEmpty && report.passed > 0)
  }

  /// The trace that explanations show, which tells of every statement, implies the decision that was taken.
  private func checkTrace(
    _ decision: PolicyDecision, _ request: PolicyRequest, _ layers: PolicyLayers, _ context: CaseContext, _ id: String
  ) {
    let traces = PolicyEvaluator.trace(request, layers, context)
    let denies = traces.contains { $0.counts && $0.statement.effect == .deny }
    #expect(denies == decision.isExplicitDeny, "\(id): a statement denies, or none does")
    if let deciding = decision.statement {
      let found = traces.contains {
        $0.counts && $0.layer == deciding.layer && $0.statement === deciding.statement
      }
      #expect(found, "\(id): the deciding statement")
    }
    // In these layers an allow is an allow, whoever asks.
    if case .notAllowed(let layer) = decision.reason, layer == .session || layer == .boundary {
      #expect(!traces.contains { $0.counts && $0.layer == layer }, "\(id): no statement of \(layer)")
    }
    if case .notAllowed(.identity) = decision.reason {
      #expect(!traces.contains { $0.counts && $0.layer == .identity }, "\(id): no identity statement")
    }
    for trace in traces {
      guard case .mismatch(.condition(let position)) = trace.outcome else { continue }
      #expect(trace.conditions.count == position + 1 && !trace.conditions[position].holds, "\(id): conditions")
      #expect(trace.conditions[..<position].allSatisfy { $0.holds || $0.isError }, "\(id): conditions before")
    }
  }

  private func outcome(_ testCase: [String: Any]) throws -> String {
    let policies = try #require(testCase["policies"] as? [String: Any])
    let request = try #require(testCase["request"] as? [String: Any])
    let actionName = try #require(request["action"] as? String)
    let action = try #require(Action(name: actionName.utf8))
    var isTrust = false
    if case .sts = action { isTrust = true }
    let layers: PolicyLayers
    do {
      layers = PolicyLayers(
        identity: try compile(policies["identity"], .identity) ?? [],
        resource: try policies["resource"].map { try compile($0, isTrust ? .trust : .resource(bucket: nil)) },
        boundary: try compile(policies["boundary"], .boundary),
        session: try compile(policies["session"], .session),
        scp: try levels(policies["scp"], .scp),
        rcp: try levels(policies["rcp"], .rcp))
    } catch let error as PolicyError {
      // The note of such a case says that AWS refuses the document; a refused policy grants nothing.
      if (testCase["note"] as? String)?.contains("AWS refuses") == true { return "implicit_deny" }
      return "\(error)"
    }
    let accountDigits = try #require(request["resource_account"] as? String)
    let account = try #require(AccountID(accountDigits))
    let question = PolicyRequest(
      principal: try principal(try #require(request["principal"] as? [String: Any])), action: action,
      resource: ByteString(try #require(request["resource"] as? String)), resourceAccount: account)
    let context = CaseContext(try #require(request["context"] as? [String: Any]))
    let decision = PolicyEvaluator.decide(question, layers, context)
    checkTrace(decision, question, layers, context, testCase["id"] as? String ?? "")
    return decision.isAllowed ? "allowed" : decision.isExplicitDeny ? "explicit_deny" : "implicit_deny"
  }

  private func principal(_ json: [String: Any]) throws -> Principal {
    let arn = json["arn"] as? String ?? ""
    let account = (json["account"] as? String).flatMap { AccountID($0) }
    let canonical = (json["canonical_user"] as? String).map { ByteString($0) }
    let kind: Principal.Kind
    switch try #require(json["type"] as? String) {
    case "anonymous": kind = .anonymous
    case "root": kind = .root(try #require(account))
    case "user": kind = .user(arn: ByteString(arn), try #require(account))
    case "role": kind = .role(arn: ByteString(arn), try #require(account))
    case "role-session":
      let account = try #require(account)
      let name = try #require(arn.split(separator: "/").dropFirst().first)
      let role = (json["role"] as? String).map { ByteString($0) } ?? ARN.role(String(name), account: account)
      kind = .roleSession(session: ByteString(arn), role: role, account)
    case "service": kind = .service(ByteString(arn))
    case "federated": kind = .federated(provider: ByteString(arn))
    default: throw UnknownPrincipalType()
    }
    return Principal(kind, canonicalUser: canonical)
  }

  private struct UnknownPrincipalType: Error {}

  private func compile(_ documents: Any?, _ kind: PolicyKind) throws -> [CompiledPolicy]? {
    guard let documents = documents as? [Any] else { return nil }
    return try documents.map { try compile($0, kind) }
  }

  private func levels(_ levels: Any?, _ kind: PolicyKind) throws -> [[CompiledPolicy]]? {
    guard let levels = levels as? [[Any]] else { return nil }
    return try levels.map { try $0.map { try compile($0, kind) } }
  }

  private func compile(_ document: Any, _ kind: PolicyKind) throws -> CompiledPolicy {
    let data = try JSONSerialization.data(withJSONObject: document)
    return try CompiledPolicy(parsing: Array(data), name: "case", kind: kind)
  }

  @Test func conditionOperators() throws {
    guard let cases = try ConformanceFolder.cases("iam/condition-operators.json") else { return }
    var report = SuiteReport("iam condition operators")
    for testCase in cases {
      let id = try #require(testCase["id"] as? String)
      let expected = try #require(testCase["expected"] as? Bool)
      let found = try holds(testCase)
      if found == expected {
        report.passed += 1
      } else {
        report.failed.append(id)
        Issue.record("\(id): \(String(describing: found)), expected \(expected)")
      }
    }
    report.printLine()
    #expect(report.failed.isEmpty && report.passed > 0)
  }

  /// Whether an `Allow` under the condition applies; nil when the policy is refused and should not be.
  private func holds(_ testCase: [String: Any]) throws -> Bool? {
    let name = try #require(testCase["operator"] as? String)
    let document: [String: Any] = [
      "Version": "2012-10-17",
      "Statement": [
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
        "Condition": [name: ["test:key": try #require(testCase["policy_values"])]],
      ],
    ]
    let policy: CompiledPolicy
    do {
      policy = try compile(document, .identity)
    } catch is PolicyError {
      // Malformed operands are refused at load, where these rows let them fail at the request.
      return testCase["malformed"] as? Bool == true ? false : nil
    }
    var context = try #require(testCase["context"] as? [String: Any])
    if let value = testCase["key_value"] { context["test:key"] = value }
    let account = AccountID.zero
    return PolicyEvaluator.decide(
      PolicyRequest(
        principal: Principal(.user(arn: ARN.user("Bob", account: account), account)), action: .s3(.getObject),
        resource: "arn:aws:s3:::b/k", resourceAccount: account),
      PolicyLayers(identity: [policy]), CaseContext(context)
    ).isAllowed
  }

  @Test func policyDocuments() throws {
    guard let cases = try ConformanceFolder.cases("iam/policy-documents.json") else { return }
    var report = SuiteReport("iam policy documents")
    let kinds: [String: PolicyKind] = [
      "identity": .identity, "resource": .resource(bucket: "b"), "trust": .trust, "boundary": .boundary,
      "session": .session, "scp": .scp, "rcp": .rcp,
    ]
    for testCase in cases {
      let id = try #require(testCase["id"] as? String)
      let kindName = try #require(testCase["kind"] as? String)
      let kind = try #require(kinds[kindName])
      let document = try #require(testCase["document"] as? String)
      var refusal: PolicyError?
      do throws(PolicyError) {
        _ = try CompiledPolicy(parsing: document, name: id, kind: kind)
      } catch {
        refusal = error
      }
      if (refusal == nil) == (testCase["valid"] as? Bool) {
        report.passed += 1
      } else {
        report.failed.append(id)
        Issue.record("\(id) \(testCase["title"] ?? ""): \(refusal.map(\.description) ?? "accepted")")
      }
    }
    report.printLine()
    #expect(report.failed.isEmpty && report.passed > 0)
  }
}
