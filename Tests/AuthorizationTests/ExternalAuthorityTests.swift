import IAMPolicy
import Rego
import S3Model
import Testing

@testable import Authorization

/// A policy server's answers in the place of the embedded engine.
@Suite struct ExternalAuthorityTests {
  private struct Facts: RequestFacts {
    var answer: ExternalAnswer?
    var objectTags: ObjectTags = .notFetched

    func value(for key: ConditionKey) -> ConditionValue { .absent }
    func externalAnswer(_ access: Access) -> ExternalAnswer? { answer }
  }

  private static let get = Access(.getObject, bucket: "data", key: "a")
  private static let put = Access(.putObject, bucket: "data", key: "a")

  private func decide(
    _ access: Access, _ caller: ByteString, _ mode: RegoMode, _ answer: String?, tags: ObjectTags = .notFetched,
    readsTags: Bool = false
  ) throws -> Decision {
    var snapshot = try Fixture.snapshot()
    snapshot.external = ExternalAuthority(mode: mode, shape: .martlet, readsObjectTags: readsTags)
    let caller = try #require(snapshot.user(id: caller))
    let facts = Facts(answer: answer.map { ExternalAnswer(body: Array($0.utf8)) }, objectTags: tags)
    return Authorizer.decide(access, caller, snapshot, at: Fixture.now, facts)
  }

  @Test func isAskedOnlyWhereItHasASay() throws {
    #expect(try decide(Self.get, "AIDAALICE", .restrict, nil).question?.access == Self.get)
    #expect(try decide(Self.put, "AIDAALICE", .restrict, nil).question == nil)
    #expect(try decide(Self.put, "AIDAALICE", .grant, nil).question?.access == Self.put)
    #expect(try decide(Self.get, "AIDAALICE", .off, nil).isAllowed)
    // Nothing is allowed before the answer is there.
    #expect(try !decide(Self.get, "AIDAALICE", .restrict, nil).isAllowed)
  }

  @Test func boundariesStayCeilings() throws {
    let yes = #"{"result": true}"#
    for mode in [RegoMode.grant, .decide] {
      #expect(try decide(Self.put, "AIDAALICE", mode, yes).isAllowed)
      #expect(try !decide(Self.put, "AIDABOB", mode, yes).isAllowed)
      #expect(try decide(Self.put, "AIDABOB", mode, nil).question == nil)
      #expect(try decide(Self.get, "AIDABOB", mode, yes).isAllowed)
    }
  }

  @Test func tagsAreWaitedForWhereTheyAreAsked() throws {
    let yes = #"{"result": true}"#
    #expect(try decide(Self.get, "AIDAALICE", .restrict, nil, readsTags: true).needsObjectTags)
    #expect(try !decide(Self.get, "AIDAALICE", .restrict, yes, tags: .unavailable, readsTags: true).isAllowed)
    let tags = ObjectTags.tags([ObjectTag(key: "a", value: "b")])
    let question = try decide(Self.get, "AIDAALICE", .restrict, nil, tags: tags, readsTags: true).question
    guard case .object(let input)? = question?.input, case .object(let object) = input["object"] else {
      Issue.record("an input without the object")
      return
    }
    #expect(object["tags"].jsonText == #"{"a":"b"}"#)
    // Tags that something else has fetched are no part of an input without tags.
    let plain = try decide(Self.get, "AIDAALICE", .restrict, nil, tags: tags).question
    guard case .object(let plainInput)? = plain?.input else {
      Issue.record("no question")
      return
    }
    #expect(plainInput["object"].jsonText == #"{"key":"a"}"#)
  }

  @Test(arguments: [
    "", "true", "[]", "{", #"{"result": true"#, #"{"result": false, "result": true}"#, #"{"resul": true}"#,
    #"{"result": null}"#, #"{"result": "true"}"#, #"{"result": {"allow": 1}}"#, #"{"result": {"deny": [1]}}"#,
    #"{"result": {"allow": true, "deny": {"a": 1}}}"#, #"{"result": {"allow": true, "obligations": []}}"#,
    #"{"result": true} {"result": true}"#,
  ])
  func anythingElseDenies(_ body: String) throws {
    for mode in [RegoMode.restrict, .grant, .decide] {
      #expect(try !decide(Self.get, "AIDAALICE", mode, body).isAllowed)
    }
  }

  @Test func namesItsDecision() throws {
    let decision = try decide(Self.get, "AIDAALICE", .restrict, #"{"result": false, "decision_id": "d"}"#)
    #expect(decision.externalDecisionID == "d" && !decision.isAllowed)
    let long = String(repeating: "x", count: 300)
    let unnamed = try decide(Self.get, "AIDAALICE", .restrict, #"{"result": true, "decision_id": "\#(long)"}"#)
    #expect(unnamed.externalDecisionID == nil && unnamed.isAllowed)
  }
}
