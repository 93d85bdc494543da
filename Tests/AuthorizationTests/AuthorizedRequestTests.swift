import Authorization
import GatewayTesting
import HTTPWire
import IAMPolicy
import S3Model
import Testing

@Suite struct AuthorizedRequestTests {
  private func request(_ operation: S3Operation, _ accesses: [Access]) -> S3Request {
    S3Request(head: RequestHead(), operation: operation, bucket: "data", accesses: accesses)
  }

  @Sendable private static func none(_ access: Access) -> TestContext { TestContext() }

  private func caller(_ snapshot: AuthorizationSnapshot, _ id: ByteString) throws -> Caller {
    try #require(snapshot.user(id: id))
  }

  @Test func proofComesOnlyWithPermission() throws {
    let snapshot = try Fixture.snapshot()
    let alice = try caller(snapshot, "AIDAALICE")
    let read = request(.getObject, [Access(.getObject, bucket: "data", key: "a")])
    let write = request(.putObject, [Access(.putObject, bucket: "data", key: "a")])
    let empty = request(.getObject, [])
    #expect(
      Authorizer.authorize(read, alice, snapshot, at: Fixture.now, context: Self.none).authorized != nil)
    #expect(
      Authorizer.authorize(write, alice, snapshot, at: Fixture.now, context: Self.none).authorized == nil)
    // An empty list never means allowed, not even for root.
    let nothing = Authorizer.authorize(empty, snapshot.root, snapshot, at: Fixture.now, context: Self.none)
    #expect(nothing.authorized == nil && !nothing.decision.isAllowed)
  }

  @Test func deletingManyKeepsOnlyWhatIsAllowed() throws {
    var builder = try Fixture.builder()
    try builder.add(policy: Fixture.document("mine", Fixture.allow("s3:DeleteObject", "arn:aws:s3:::data/mine/*")))
    try builder.add(user: "heidi", uniqueID: "AIDAHEIDI", policies: ["mine"])
    let snapshot = builder.snapshot
    let heidi = try caller(snapshot, "AIDAHEIDI")
    let mine = Access(.deleteObject, bucket: "data", key: "mine/a")
    let locked = Access(.deleteObject, bucket: "data", key: "mine/locked")
    let bypass = Access(.bypassGovernanceRetention, bucket: "data", key: "mine/locked")
    let theirs = Access(.deleteObject, bucket: "data", key: "theirs/a")
    let version = Access(.deleteObjectVersion, bucket: "data", key: "mine/a", versionID: "v1")
    func outcome(_ entries: [[Access]], without undecided: Int? = nil) throws -> DeletionAuthorization.Outcome {
      let request = request(.deleteObjects, entries.flatMap { $0 })
      var authorization = try #require(DeletionAuthorization(request, entries: entries))
      for entry in entries.indices.reversed() where entry != undecided {
        authorization.decide(entry, heidi, snapshot, at: Fixture.now, context: Self.none)
      }
      return authorization.outcome()
    }
    let entries = [[mine], [theirs], [locked, bypass], [version], []]
    let result = try outcome(entries)
    // What needs two accesses and has one is not deleted; neither is a version on the strength of its object.
    #expect(result.authorized?.request.accesses == [mine])
    #expect(result.decisions.map(\.isAllowed) == [true, false, false, false, false])
    let all = try outcome([[theirs]])
    #expect(all.authorized == nil && all.decisions.count == 1)
    // What nobody has decided is not allowed.
    #expect(try outcome([[mine]], without: 0).authorized == nil)
    #expect(try outcome([[mine]]).authorized != nil)
    // Other operations cannot be run in part.
    #expect(DeletionAuthorization(request(.copyObject, [mine, theirs]), entries: [[mine], [theirs]]) == nil)
  }

  @Test func partsOfARequestStayWithinIt() throws {
    let snapshot = try Fixture.snapshot()
    let read = Access(.getObject, bucket: "data", key: "a")
    let write = Access(.putObject, bucket: "data", key: "b")
    let copy = try #require(
      Authorizer.authorize(
        request(.copyObject, [read, write]), snapshot.root, snapshot, at: Fixture.now, context: Self.none
      ).authorized)
    #expect(copy.deriving(request(.getObject, [read])) != nil)
    #expect(copy.deriving(request(.putObject, [write])) != nil)
    #expect(copy.deriving(request(.getObject, [Access(.getObject, bucket: "data", key: "b")])) == nil)
    #expect(copy.deriving(request(.getObject, [read, Access(.deleteObject, bucket: "data", key: "a")])) == nil)
    #expect(copy.deriving(request(.getObject, [])) == nil)
  }

  @Test func exceptionsAreForTheirOperationsOnly() {
    #expect(Authorizer.authorizePreflight(request(.optionsObject, [])) != nil)
    #expect(Authorizer.authorizePreflight(request(.getObject, [])) == nil)
    #expect(Authorizer.authorizeTagLookup(request(.getObjectTagging, [])) != nil)
    #expect(Authorizer.authorizeTagLookup(request(.putObjectTagging, [])) == nil)
  }
}
