import Authorization
import GatewayTesting
import IAM
import IAMPolicy
import Identity
import IdentityStore
import S3Model
import S3Wire
import STS

/// Requests of the query protocol: IAM's and STS's, as far as the decision who may what. The last bytes choose an action
/// that is put in front, so that its parameters are what is tried out.
enum QueryFuzz {
  private static let actions = IAMRequest.servedActions

  static func run(_ input: [UInt8]) {
    var choices = FuzzInput(input)
    let choice = choices.number(actions.count + 2)
    var text = choices.bytes
    if choice >= 2 { text = Array("Action=\(actions[choice - 2])&Version=2010-05-08&".utf8) + text }
    guard case .success(let form) = Result(catching: { () throws(S3WireError) in try FormParameters(text) }) else {
      return
    }
    let parsed = Result { () throws(QueryParameterError) in try QueryParameters(form) }
    guard case .success(let query) = parsed else { return }
    iam(query)
    sts(query)
  }

  private static func iam(_ query: QueryParameters) {
    do throws(IAMError) {
      let request = try IAMRequest(query)
      expect(actions.contains(ByteString("\(request.action.operation)")), "what is not served is not parsed")
      for caller in [world.root, world.user] {
        var decisions = IAMDecisions()
        _ = try world.service.authorize(
          request, caller, world.snapshot, context: NoFacts(), atMilliseconds: 1_790_000_000_000, decisions: &decisions)
        expect(caller.caller.isRoot, "who has no policy may nothing, not \(request.action.name)")
      }
    } catch {
      let answer = error.answer
      let isOurs = answer.code.status >= 500 && answer.code != .notImplemented
      expect(!isOurs, "a request never fails for our reasons: \(error)")
      // What XML 1.0 can hold; the writer makes references of carriage returns.
      let isText = answer.message.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
      expect(isText, "messages are text: \(answer)")
    }
  }

  private static func sts(_ query: QueryParameters) {
    do throws(STSError) {
      let request = try STSRequest(query)
      if let factor = request.secondFactor {
        expect(factor.serialNumber?.count ?? 0 <= 256, "a serial number has a bound")
      }
      expect(query["Version"] == ByteString(STSRequest.version), "\(request.action) has one version")
    } catch {
      expect(error.answer.code.status < 500, "a request never fails for our reasons: \(error)")
    }
  }

  private struct NoFacts: RequestFacts {
    func value(for key: ConditionKey) -> ConditionValue { .absent }
  }

  private struct World {
    let service: IAMService
    let snapshot: AuthorizationSnapshot
    let root: IAMCaller
    let user: IAMCaller

    init() throws {
      guard let account = AccountID("123456789012".utf8) else { preconditionFailure("twelve digits") }
      let trust: ByteString =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}"#
      let tags = [IdentityTag(key: "k", value: "v")]
      let records: [any IdentityRecord] = [
        UserRecord(name: "bob", path: "/a/", uniqueID: "AIDABOB", created: 1, tags: tags),
        GroupRecord(name: "team", uniqueID: "AGPATEAM", created: 1),
        RoleRecord(name: "role", uniqueID: "AROAROLE", created: 1, trustPolicy: trust),
        PolicyRecord(
          name: "policy", uniqueID: "ANPAPOLICY", created: 1, updated: 1,
          versions: [PolicyRecord.Version(number: 1, document: trust, created: 1)]),
        OIDCProviderRecord(url: "idp.example.com", uniqueID: "OIDC1", created: 1),
      ]
      var table = IdentityTable(account: account)
      for record in records { try table.apply(record.key, record.value, revision: nil) }
      service = IAMService(editor: try MemoryIdentityEditor(table)) { $0 == "AKIAROOTROOTROOTROOT" }
      snapshot = try AuthorizationSnapshotBuilder(account: account).snapshot
      root = IAMCaller(snapshot.root, accessKeyID: "AKIAROOTROOTROOTROOT")
      let arn = ARN.user("bob", path: "/a/", account: account)
      user = IAMCaller(
        Caller(principal: Principal(.user(arn: arn, account)), userID: "AIDABOB", userName: "bob"),
        accessKeyID: "AKIABOBBOBBOBBOBBOBB")
    }
  }

  private static let world: World = {
    do {
      return try World()
    } catch {
      preconditionFailure("the fuzz target's own records: \(error)")
    }
  }()
}
