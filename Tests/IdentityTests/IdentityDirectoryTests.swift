import Authorization
import Cryptography
import IAMPolicy
import IdentityStore
import S3Model
import Settings
import SigV4
import Testing

@testable import Identity

@Suite struct IdentityDirectoryTests {
  private func directory(_ identities: String, account: String = "123456789012") throws -> IdentityDirectory {
    try Identities.directory(identities, account: account)
  }

  private static let alice = "users: {alice: {access_keys: [{id: AKIDALICE, secret: alice-alice-alice-1}]}}"

  @Test func rootIsAlwaysThere() throws {
    let directory = try directory("users: {}")
    let caller = try directory.caller("ROOTKEY")
    #expect(caller.isRoot)
    #expect(caller.principal == Principal(.root(directory.account)))
    #expect(directory.accessKey("rootkey") == nil)
    #expect(directory.accessKey("") == nil)
  }

  @Test func usersHaveTheirPoliciesAndThoseOfTheirGroups() throws {
    let directory = try directory(
      """
      policies: {mine: {Version: 2012-10-17, Statement: {Effect: Allow, Action: "s3:*", Resource: "*"}}}
        groups: {g: {policies: [readonly], inline_policies: {
          gi: {Statement: {Effect: Deny, Action: "s3:*", Resource: "*"}}}}}
        users:
          alice:
            path: /team/
            groups: [g]
            policies: [mine]
            inline_policies: {own: {Statement: {Effect: Allow, Action: "s3:*", Resource: "*"}}}
            permissions_boundary: readwrite
            tags: {team: data}
            access_keys: [{id: AKID1, secret: alice-alice-alice-1}, {id: AKID2, secret: x23456789abcdef0, status: inactive}]
          bob: {access_keys: [{id: AKID3, secret: bobby-bobby-bobby-1}]}
      """)
    let first = try directory.caller("AKID1")
    #expect(throws: KeyRefusal.inactive) { try directory.caller("AKID2") }
    #expect(first.principal.arn == "arn:aws:iam::123456789012:user/team/alice")
    #expect(Set(first.policies.attached.map(\.name)) == ["mine", "own", "readonly", "gi"])
    #expect(first.policies.boundary?.map(\.name) == ["readwrite"])
    #expect(first.tags == [PrincipalTag(key: "team", value: "data")])
    #expect(first.userName == "alice")
    let bob = try directory.caller("AKID3")
    #expect(bob.policies.attached.isEmpty)
    #expect(bob.policies.boundary == nil)
    #expect(bob !== first)
  }

  @Test func rolesAreFoundByARN() throws {
    let directory = try directory(
      """
      roles: {r: {path: /x/, policies: [readonly], max_session_duration: 2h, trust_policy: {Version: 2012-10-17,
          Statement: {Effect: Allow, Principal: {AWS: "*"}, Action: sts:AssumeRole}}}}
      """)
    let role = try #require(directory.authorization.role(arn: "arn:aws:iam::123456789012:role/x/r"))
    #expect(role.sessionSecondsMax == 7200)
    #expect(role.uniqueID.text.hasPrefix("AROA"))
    #expect(role.policies.attached.map(\.name) == ["readonly"])
    #expect(directory.authorization.role(arn: "arn:aws:iam::123456789012:role/r") == nil)
  }

  @Test func uniqueIDsFollowFromAccountTypeAndName() throws {
    let account = try #require(AccountID("123456789012"))
    let other = try #require(AccountID("123456789013"))
    let id = UniqueID.make(.user, name: "alice", account: account)
    #expect(id.count == 21)
    #expect(id.text.hasPrefix("AIDA"))
    #expect(id == UniqueID.make(.user, name: "alice", account: account))
    #expect(id == UniqueID.make(.user, name: "Alice", account: account))
    #expect(id != UniqueID.make(.user, name: "alicf", account: account))
    #expect(id != UniqueID.make(.user, name: "alice", account: other))
    #expect(id.text.dropFirst(4) != UniqueID.make(.role, name: "alice", account: account).text.dropFirst(4))
    #expect(try directory(Self.alice).caller("AKIDALICE").userID == id)
  }

  @Test func revisionsChangeWithTheSecretOnly() throws {
    let before = try directory(Self.alice).secret("AKIDALICE")
    let again = try directory(Self.alice).secret("AKIDALICE")
    let changed = try directory(Self.alice.replacing("alice-alice-alice-1", with: "alice-alice-alice-2"))
      .secret("AKIDALICE")
    #expect(before.revision == again.revision)
    #expect(before.revision != changed.revision)
  }

  @Test(arguments: [
    ("users: {a: {access_keys: [{id: ROOTKEY, secret: alice-alice-alice-1}]}}", "access_keys[0].id"),
    ("users: {a: {access_keys: [{id: rootkey, secret: alice-alice-alice-1}]}}", "access_keys[0].id"),
    ("users: {RootKey: {}}", "identities.users.RootKey"),
  ])
  func nothingIsNamedLikeTheRootKey(identities: String, keyPath: String) {
    #expect {
      try directory(identities)
    } throws: { error in
      guard case .settings(let errors) = error as? IdentityError else { return false }
      return errors.errors.count == 1 && errors.errors[0].origin.keyPath.hasSuffix(keyPath)
        && errors.errors[0].description.contains("the root user's access key")
    }
  }

  @Test func allMistakesAreReportedAtOnce() {
    #expect {
      try directory(
        """
        users: {a: {access_keys: [{id: AK1, secret_file: /nonexistent/1}, {id: AK2, secret_file: /nonexistent/2}]}}
        """)
    } throws: { error in
      guard case .settings(let errors) = error as? IdentityError else { return false }
      return errors.errors.count == 2
    }
    #expect(throws: IdentityError.authorization(.unknownPolicy(owner: "user/a", name: "none"))) {
      try directory("users: {a: {policies: [none]}}")
    }
  }

  @Test func nothingShowsSecrets() throws {
    var dumped = ""
    dump(try directory(Self.alice), to: &dumped)
    #expect(!dumped.contains("alice-alice"))
    #expect(!dumped.contains("Q7zL0vT4mXk2Rw9bYc8N"))
  }
}
