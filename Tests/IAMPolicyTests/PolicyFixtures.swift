import IAMPolicy
import S3Model

/// A request context from a table.
struct TestContext: ConditionContext {
  var values: [ConditionKey: ConditionValue] = [:]

  init(_ values: [String: ConditionValue] = [:]) {
    for (name, value) in values {
      if let key = ConditionKey(parsing: name.utf8) { self.values[key] = value }
    }
  }

  func value(for key: ConditionKey) -> ConditionValue { values[key] ?? .absent }
}

/// Decides for one user against single statements.
enum Decide {
  static let account: AccountID = AccountID("111122223333") ?? .zero
  static let alice = Principal(.user(arn: ARN.user("alice", account: account), account))

  static func policy(_ statement: String, version: String = "2012-10-17") throws -> CompiledPolicy {
    try CompiledPolicy(
      parsing: #"{"Version":"\#(version)","Statement":[\#(statement)]}"#, name: "p", kind: .identity)
  }

  static func request(_ resource: String, action: S3Action = .getObject) -> PolicyRequest {
    PolicyRequest(principal: alice, action: .s3(action), resource: ByteString(resource), resourceAccount: account)
  }

  /// An `Allow` of s3:GetObject on the resource pattern.
  static func allows(
    pattern: String, resource: String, version: String = "2012-10-17", _ context: TestContext = TestContext()
  ) throws -> Bool {
    let policy = try policy(
      #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"\#(pattern)"}"#, version: version)
    return PolicyEvaluator.decide(request(resource), PolicyLayers(identity: [policy]), context).isAllowed
  }

  /// Everything allowed, and a `Deny` with these further elements.
  static func denies(_ elements: String, resource: String = "arn:aws:s3:::b/k", _ context: TestContext) throws -> Bool {
    let allow = try policy(#"{"Effect":"Allow","Action":"*","Resource":"*"}"#)
    let deny = try policy(#"{"Effect":"Deny","Action":"s3:GetObject",\#(elements)}"#)
    return PolicyEvaluator.decide(request(resource), PolicyLayers(identity: [allow, deny]), context).isExplicitDeny
  }

  /// An `Allow` under the condition.
  static func holds(_ condition: String, _ context: TestContext) throws -> Bool {
    let policy = try policy(
      #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":\#(condition)}"#)
    return PolicyEvaluator.decide(request("arn:aws:s3:::b/k"), PolicyLayers(identity: [policy]), context).isAllowed
  }
}
