import Authorization
import GatewayTesting
import IAM
import IAMPolicy
import Identity
import IdentityStore
import Rego
import S3Model
import S3Wire
import Testing

let account = AccountID("123456789012".utf8)!

/// The API over a store in memory.
struct IAMHarness {
  let editor: MemoryIdentityEditor
  let store: MemoryIdentityStore
  let service: IAMService
  let snapshot: AuthorizationSnapshot
  let clock = ManualTime()

  init(declared: [any IdentityRecord] = []) throws {
    store = MemoryIdentityStore()
    var table = IdentityTable(account: account)
    for record in declared { try table.apply(record.key, record.value, revision: nil) }
    editor = try MemoryIdentityEditor(table, store: store)
    service = IAMService(editor: editor) { $0.lowercasedASCII == "akiarootrootrootroot" }
    snapshot = try AuthorizationSnapshotBuilder(account: account).snapshot
  }

  var root: IAMCaller { IAMCaller(snapshot.root, accessKeyID: "AKIAROOTROOTROOTROOT") }

  /// A user of the store with a policy of its own for this test.
  func user(
    _ name: String, _ policy: String? = nil, key: ByteString = "AKIAUSERUSERUSERUSER",
    session: [CompiledPolicy]? = nil, tags: [PrincipalTag] = []
  ) throws -> IAMCaller {
    let record = editor.table.users[ByteString(name.lowercased())]?.record
    let policies = try policy.map { [try CompiledPolicy(parsing: $0, name: "test", kind: .identity)] } ?? []
    let arn = ARN.user(name, path: record?.path.text ?? "/", account: account)
    return IAMCaller(
      Caller(
        principal: Principal(.user(arn: arn, account)), userID: record?.uniqueID ?? "AIDANOBODY",
        userName: ByteString(name), policies: IdentityPolicies(attached: policies), sessionPolicies: session, tags: tags
      ),
      accessKeyID: key)
  }

  /// What the API answers, as a gateway would ask it.
  @discardableResult
  func call(
    _ action: String, _ parameters: [String: String] = [:], as caller: IAMCaller? = nil
  ) async throws -> Answer {
    let pairs = [("Action", action), ("Version", "2010-05-08")] + parameters.map { ($0.key, $0.value) }
    let query: QueryParameters
    do {
      query = try QueryParameters(pairs.map { (name: ByteString($0.0), value: ByteString($0.1)) })
    } catch {
      throw IAMError.parameters(error)
    }
    let request = try IAMRequest(query)
    let caller = caller ?? root
    for _ in 0..<IAMService.attemptsMax {
      var decisions = IAMDecisions()
      let authorization = try service.authorize(
        request, caller, snapshot, context: NoFacts(), atMilliseconds: clock.seconds * 1000, decisions: &decisions)
      switch await performed(request, authorization, caller) {
      case .success(let response): return Answer(xml: String(decoding: response.xml(requestID: "r"), as: UTF8.self))
      case .failure(let error): if error != .changedMeanwhile { throw error }
      }
    }
    throw IAMError.changedMeanwhile
  }

  private func performed(
    _ request: IAMRequest, _ authorization: IAMService.Authorization, _ caller: IAMCaller
  ) async -> Result<IAMResponse, IAMError> {
    do throws(IAMError) {
      return .success(
        try await service.perform(request, authorization, caller, atMilliseconds: clock.seconds * 1000))
    } catch {
      return .failure(error)
    }
  }

  /// The error of a call; nil when there is none.
  func refusal(
    _ action: String, _ parameters: [String: String] = [:], as caller: IAMCaller? = nil
  ) async -> IAMError? {
    do {
      try await call(action, parameters, as: caller)
      return nil
    } catch {
      return error as? IAMError
    }
  }

  func code(
    _ action: String, _ parameters: [String: String] = [:], as caller: IAMCaller? = nil
  ) async -> S3ErrorCode? {
    await refusal(action, parameters, as: caller)?.answer.code
  }
}

/// A request that says nothing of itself.
struct NoFacts: RequestFacts {
  func value(for key: ConditionKey) -> ConditionValue { .absent }
}

final class ManualTime {
  var seconds: Int64 = 1_790_000_000
}

struct Answer {
  let xml: String

  /// The texts of all elements of a name, in order.
  func all(_ name: String) -> [String] {
    var rest = Substring(xml)
    var found: [String] = []
    while let open = rest.firstRange(of: "<\(name)>"), let close = rest[open.upperBound...].firstRange(of: "</\(name)>")
    {
      found.append(String(rest[open.upperBound..<close.lowerBound]))
      rest = rest[close.upperBound...]
    }
    return found
  }

  subscript(_ name: String) -> String? { all(name).first }
}

func allow(_ action: String, on resource: String = "*", condition: String? = nil) -> String {
  let condition = condition.map { ",\"Condition\":\($0)" } ?? ""
  return """
    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"\(action)","Resource":"\(resource)"\(condition)}]}
    """
}

let trust = """
  {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}
  """
