import Authorization
import Cryptography
import IAMPolicy
import IdentityStore
import S3Model
import SigV4
import Testing

@testable import Identity

/// What stored records let whom do, and what they no longer let anybody do.
@Suite("Stored identities") struct StoredIdentityTests {
  private static let account = "123456789012"
  private static let allow: ByteString =
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#
  private static let deny: ByteString =
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}]}"#
  private static let other: ByteString =
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}"#
  private static let readonly: ByteString = "arn:aws:iam::aws:policy/readonly"

  private static func arn(_ name: String) -> ByteString { ByteString("arn:aws:iam::\(account):policy/\(name)") }

  private static func policy(_ name: ByteString, _ documents: ByteString..., version: Int64 = 1) -> PolicyRecord {
    PolicyRecord(
      name: name, uniqueID: ByteString("ANPA\(name)"), created: 1, updated: 1,
      versions: documents.enumerated().map { .init(number: Int64($0.offset + 1), document: $0.element, created: 1) },
      defaultVersion: version)
  }

  private static func key(
    _ id: ByteString = "AKIDALICE", of owner: KeyRecord.Owner = .user("AIDAALICE"), created: Int64 = 1,
    serviceAccount: KeyRecord.ServiceAccount? = nil, sealer: SecretSealer? = nil
  ) throws -> KeyRecord {
    KeyRecord(
      accessKeyID: id, owner: owner,
      secret: try (sealer ?? Identities.sealer("ring1")).seal(
        Array("alice-alice-alice-1".utf8), owner: RecordKey(.accessKey, id)),
      created: created, serviceAccount: serviceAccount)
  }

  private static var alice: UserRecord {
    UserRecord(name: "alice", uniqueID: "AIDAALICE", created: 1, policies: [readonly])
  }

  /// Alice, who may read, with a key.
  private static func world(faults: Faults = Faults()) throws -> IdentityDirectory {
    var directory = try Identities.directory(faults: faults)
    directory.put(alice, try key())
    #expect(try directory.mayRead("AKIDALICE"))
    return directory
  }

  // MARK: Keys

  @Test func aKeyCountsUntilItsEnd() throws {
    var directory = try Self.world()
    var key = try Self.key(created: 1000)
    key.expires = 2000
    directory.put(key)
    #expect(try directory.mayRead("AKIDALICE", at: 1999))
    #expect(throws: KeyRefusal.expired) { try directory.caller("AKIDALICE", at: 2000) }
    key.expires = nil
    directory.put(key, AccountRecord(keyAgeSecondsMax: 500))
    #expect(try directory.mayRead("AKIDALICE", at: 1499))
    #expect(throws: KeyRefusal.tooOld) { try directory.caller("AKIDALICE", at: 1500) }
    #expect(!directory.isUsable(issuingKey: "AKIDALICE", of: "AIDAALICE", atSeconds: 1500))
    #expect(directory.isUsable(issuingKey: "AKIDALICE", of: "AIDAALICE", atSeconds: 1499))
    directory.put(AccountRecord())
    #expect(try directory.mayRead("AKIDALICE", at: 1500))
    key.isActive = false
    directory.put(key)
    #expect(throws: KeyRefusal.inactive) { try directory.caller("AKIDALICE", at: 1500) }
    directory.remove(key.key)
    #expect(directory.accessKey("AKIDALICE") == nil)
  }

  @Test func anAccountThatCannotBeReadLetsNoKeyGrowOld() throws {
    var directory = try Self.world()
    directory.apply([RecordChange(key: .account, value: Array("{".utf8), revision: StoreRevision(1))])
    #expect(throws: KeyRefusal.tooOld) { try directory.caller("AKIDALICE") }
    #expect(try directory.caller("ROOTKEY").isRoot)
  }

  @Test func aSealedSecretOpensWhereItBelongsOnly() throws {
    let faults = Faults()
    var directory = try Self.world(faults: faults)
    let first = try directory.secret("AKIDALICE")
    var moved = try Self.key("AKIDMALLORY", of: .user("AIDAMALLORY"))
    moved.secret = try Self.key().secret
    directory.put(moved)
    #expect(throws: KeyRefusal.sealed) { try directory.secret("AKIDMALLORY") }
    #expect(faults.all == [.sealed(moved.key)])
    #expect(!"\(faults.all)".contains("alice-alice"))
    // By a key that is not in the ring.
    directory.put(try Self.key(sealer: Identities.sealer("ring2")))
    #expect(throws: KeyRefusal.sealed) { try directory.secret("AKIDALICE") }
    // Sealed anew, the same secret.
    directory.put(try Self.key())
    #expect(try directory.secret("AKIDALICE").revision == first.revision)
  }

  @Test func openedSecretsGoWithTheRing() throws {
    let cache = AccessKeyCache()
    var directory = try Identities.directory(sealer: Identities.sealer("ring1"))
    directory.put(Self.alice, try Self.key())
    let key = try #require(directory.accessKey("AKIDALICE"))
    let secret = try cache.signingSecret(of: key, in: directory)
    #expect(try cache.signingSecret(of: key, in: directory) === secret)
    let other = try Identities.directory(sealer: Identities.sealer("ring2")).keepingStored(of: directory)
    #expect(throws: KeyRefusal.sealed) { try cache.signingSecret(of: key, in: other) }
    #expect(cache.secretCount == 0)
  }

  @Test func aRecordUnderAnotherKeyIsNobodys() throws {
    let faults = Faults()
    var directory = try Self.world(faults: faults)
    let mallory = RecordKey(.accessKey, "AKIDMALLORY")
    directory.apply([RecordChange(key: mallory, value: try Self.key().value, revision: StoreRevision(1))])
    #expect(directory.accessKey("AKIDMALLORY") == nil)
    let user = RecordKey(.user, "mallory")
    directory.apply([RecordChange(key: user, value: Self.alice.value, revision: StoreRevision(1))])
    #expect(directory.table.users["mallory"] == nil)
    #expect(try directory.mayRead("AKIDALICE"))
    #expect(faults.all.map(\.description).allSatisfy { $0.contains("cannot be read") } && faults.all.count == 2)
    // What was readable and is not any longer is gone, not kept as it was.
    directory.apply([RecordChange(key: Self.alice.key, value: [], revision: StoreRevision(1))])
    #expect(throws: KeyRefusal.ownerGone) { try directory.caller("AKIDALICE") }
  }

  @Test(arguments: ["ROOTKEY", "rootkey", "RootKey"] as [ByteString])
  func nothingIsNamedLikeTheRootKey(name: ByteString) throws {
    let faults = Faults()
    var directory = try Self.world(faults: faults)
    directory.put(
      UserRecord(name: name, uniqueID: "AIDAROOT", created: 1, policies: [Self.readonly]),
      try Self.key("AKIDROOT", of: .user("AIDAROOT")), try Self.key(name))
    #expect(throws: KeyRefusal.ownerGone) { try directory.caller("AKIDROOT") }
    #expect(!directory.hasUser("AIDAROOT"))
    let key = directory.accessKey(name)
    if name == "ROOTKEY" { #expect(try #require(key).isRoot) } else { #expect(key == nil) }
    #expect(faults.all == [.reservedName(RecordKey(.user, "rootkey")), .reservedName(RecordKey(.accessKey, name))])
    #expect(directory.isReserved(name) && !directory.isReserved("ROOTKEYS"))
  }

  // MARK: Users

  @Test func aRecreatedUserRevivesNothing() throws {
    var directory = try Self.world()
    directory.remove(Self.alice.key)
    #expect(throws: KeyRefusal.ownerGone) { try directory.caller("AKIDALICE") }
    var again = Self.alice
    again.uniqueID = "AIDAALICE2"
    directory.put(again)
    #expect(throws: KeyRefusal.ownerGone) { try directory.caller("AKIDALICE") }
    #expect(!directory.hasUser("AIDAALICE") && directory.hasUser("AIDAALICE2"))
    #expect(!directory.isUsable(issuingKey: "AKIDALICE", of: "AIDAALICE2", atSeconds: 2))
  }

  @Test func aRenamedUserStaysWhoItIs() throws {
    for order in [[0, 1], [1, 0]] {
      var directory = try Self.world()
      var renamed = Self.alice
      renamed.name = "alicia"
      let changes = [
        RecordChange(key: Self.alice.key, value: nil, revision: StoreRevision(2)),
        RecordChange(key: renamed.key, value: renamed.value, revision: StoreRevision(2)),
      ]
      directory.apply(order.map { changes[$0] })
      #expect(try directory.caller("AKIDALICE").userName == "alicia")
    }
  }

  @Test func leavingAGroupIsInForceAtOnce() throws {
    var directory = try Self.world()
    var user = Self.alice
    user.policies = []
    user.groups = ["AGPA1"]
    directory.put(user, GroupRecord(name: "readers", uniqueID: "AGPA1", created: 1, policies: [Self.readonly]))
    let caller = try directory.caller("AKIDALICE")
    #expect(caller.groups == ["readers"])
    #expect(try directory.mayRead("AKIDALICE"))
    let before = directory
    user.groups = []
    directory.put(user)
    #expect(try !directory.mayRead("AKIDALICE"))
    // Whoever holds the state of before still sees it.
    #expect(try before.mayRead("AKIDALICE"))
    // A group made anew under the same name has no members.
    user.groups = ["AGPA1"]
    directory.put(user, GroupRecord(name: "readers", uniqueID: "AGPA2", created: 1, policies: [Self.readonly]))
    #expect(try !directory.mayRead("AKIDALICE"))
  }

  @Test func aGroupThatCannotBeReadDeniesItsMembers() throws {
    var directory = try Self.world()
    var user = Self.alice
    user.groups = ["AGPA1"]
    let group = GroupRecord(
      name: "limited", uniqueID: "AGPA1", created: 1, inline: [InlinePolicy(name: "no", document: Self.other)])
    directory.put(user, group, UserRecord(name: "bob", uniqueID: "AIDABOB", created: 1, policies: [Self.readonly]))
    directory.put(try Self.key("AKIDBOB", of: .user("AIDABOB")))
    #expect(try directory.mayRead("AKIDALICE"))
    directory.apply([RecordChange(key: group.key, value: Array("[]".utf8), revision: StoreRevision(2))])
    #expect(try !directory.mayRead("AKIDALICE"))
    #expect(try directory.mayRead("AKIDBOB"))
    directory.remove(group.key)
    #expect(try directory.mayRead("AKIDALICE"))
  }

  // MARK: Policies

  @Test func theVersionInForceCounts() throws {
    var directory = try Self.world()
    var user = Self.alice
    user.policies = [Self.arn("p")]
    directory.put(user, Self.policy("p", Self.allow, Self.other))
    #expect(try directory.mayRead("AKIDALICE"))
    directory.put(Self.policy("p", Self.allow, Self.other, version: 2))
    #expect(try !directory.mayRead("AKIDALICE"))
  }

  @Test func aPolicyThatCannotBeHadDenies() throws {
    let faults = Faults()
    var directory = try Self.world(faults: faults)
    var user = Self.alice
    user.policies = [Self.readonly, Self.arn("p")]
    directory.put(user, Self.policy("p", Self.other))
    #expect(try directory.mayRead("AKIDALICE"))
    directory.put(Self.policy("p", #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny"}]}"#))
    #expect(try !directory.mayRead("AKIDALICE"))
    directory.put(Self.policy("p", Self.other))
    #expect(try directory.mayRead("AKIDALICE"))
    directory.remove(RecordKey(.policy, "p"))
    #expect(try !directory.mayRead("AKIDALICE"))
    #expect(faults.all.last == .unknownPolicy(user.key, arn: Self.arn("p")))
    user.policies = [Self.readonly]
    user.inline = [InlinePolicy(name: "broken", document: "{}")]
    directory.put(user)
    #expect(try !directory.mayRead("AKIDALICE"))
  }

  @Test func aBoundaryLimitsAndItsLossDenies() throws {
    var directory = try Self.world()
    var user = Self.alice
    user.boundary = Self.arn("b")
    directory.put(user)
    #expect(try !directory.mayRead("AKIDALICE"))
    directory.put(Self.policy("b", Self.allow))
    #expect(try directory.mayRead("AKIDALICE"))
    directory.put(Self.policy("b", Self.other))
    #expect(try !directory.mayRead("AKIDALICE"))
    user.boundary = nil
    directory.put(user)
    #expect(try directory.mayRead("AKIDALICE"))
  }

  @Test func policiesAndRolesAreTheirWholeARN() throws {
    var directory = try Self.world()
    var policy = Self.policy("p", Self.allow)
    policy.path = "/team/"
    directory.put(
      policy,
      RoleRecord(
        name: "App", path: "/x/", uniqueID: "AROA1", created: 1,
        trustPolicy:
          #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}"#))
    #expect(directory.managedPolicy(arn: Self.arn("team/p")) != nil)
    for arn in [Self.arn("p"), Self.arn("team/P"), Self.arn("other/team/p"), "p", "", "arn:aws:iam::1:policy/team/p"] {
      #expect(directory.managedPolicy(arn: arn) == nil)
    }
    #expect(directory.managedPolicy(arn: Self.readonly) != nil)
    #expect(directory.managedPolicy(arn: Self.arn("readonly")) == nil)
    let prefix = "arn:aws:iam::\(Self.account):role"
    #expect(directory.role(arn: ByteString("\(prefix)/x/App"))?.uniqueID == "AROA1")
    for arn in ["\(prefix)/App", "\(prefix)/x/app", "\(prefix)/y/App", "App"] {
      #expect(directory.role(arn: ByteString(arn)) == nil)
    }
    directory.remove(RecordKey(.role, "app"))
    #expect(directory.role(arn: ByteString("\(prefix)/x/App")) == nil && !directory.hasRole("AROA1"))
  }

  // MARK: Service accounts

  @Test func aServiceAccountIsWithinItsLiveParent() throws {
    var directory = try Self.world()
    func account(_ policy: ByteString?) throws -> KeyRecord {
      try Self.key("AKIDSA", serviceAccount: .init(policy: policy))
    }
    directory.put(try account(nil))
    let caller = try directory.caller("AKIDSA")
    #expect(caller.serviceAccount?.accessKeyID == "AKIDSA" && caller.userName == "alice")
    #expect(try directory.mayRead("AKIDSA"))
    for policy in [Self.other, Self.deny, "{}", "", #"{"Version":"2012-10-17","Statement":[]}"#] {
      directory.put(try account(policy))
      #expect(try !directory.mayRead("AKIDSA"))
    }
    directory.put(try account(Self.allow))
    #expect(try directory.mayRead("AKIDSA"))
    var user = Self.alice
    user.policies = []
    directory.put(user)
    #expect(try !directory.mayRead("AKIDSA"))
    directory.put(Self.alice)
    #expect(try directory.mayRead("AKIDSA"))
    #expect(!directory.isUsable(issuingKey: "AKIDSA", of: "AIDAALICE", atSeconds: 2))
    directory.remove(user.key)
    #expect(throws: KeyRefusal.ownerGone) { try directory.caller("AKIDSA") }
  }

  @Test func rootsServiceAccountsAreWithinTheirPolicy() throws {
    var directory = try Self.world()
    directory.put(try Self.key("AKIDSA", of: .root, serviceAccount: .init(policy: Self.allow)))
    #expect(try directory.mayRead("AKIDSA"))
    directory.put(try Self.key("AKIDSA", of: .root, serviceAccount: .init(policy: Self.other)))
    #expect(try !directory.mayRead("AKIDSA"))
    directory.put(try Self.key("AKIDSA", of: .root))
    #expect(throws: KeyRefusal.ownerGone) { try directory.caller("AKIDSA") }
  }

  @Test func aFederatedServiceAccountNeedsRoleAndProvider() throws {
    var directory = try Self.world()
    let provider = OIDCProviderRecord(url: "idp.example.com", uniqueID: "OIDC1", created: 1)
    let role = RoleRecord(
      name: "app", uniqueID: "AROA1", created: 1,
      trustPolicy:
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}"#,
      policies: [Self.readonly])
    var parent = FederatedParent(subject: "jane", providerID: "OIDC1", roleID: "AROA1", sessionName: "jane")
    directory.put(provider, role, try Self.key("AKIDSA", of: .federated(parent), serviceAccount: .init()))
    let caller = try directory.caller("AKIDSA")
    #expect(caller.principal.callerARN == "arn:aws:sts::123456789012:assumed-role/app/jane")
    #expect(try directory.mayRead("AKIDSA"))
    // The session's own policy stays a ceiling beside the account's.
    parent.policy = Self.other
    directory.put(try Self.key("AKIDSA", of: .federated(parent), serviceAccount: .init(policy: Self.allow)))
    #expect(try !directory.mayRead("AKIDSA"))
    parent.policy = nil
    parent.policyARNs = [Self.arn("gone")]
    directory.put(try Self.key("AKIDSA", of: .federated(parent), serviceAccount: .init()))
    #expect(throws: KeyRefusal.policyGone) { try directory.caller("AKIDSA") }
    parent.policyARNs = []
    directory.put(try Self.key("AKIDSA", of: .federated(parent), serviceAccount: .init()))
    #expect(try directory.mayRead("AKIDSA"))
    let full = directory
    // Ended with the sessions of its time, not by a rule about earlier ones.
    directory.put(RevocationRecord(subject: .role, id: "AROA1", issuedBefore: 1, expires: 9))
    #expect(try directory.mayRead("AKIDSA"))
    let rules: [(RevocationRecord.Subject, ByteString)] = [(.role, "AROA1"), (.provider, "OIDC1")]
    for (subject, id) in rules {
      directory = full
      directory.put(RevocationRecord(subject: subject, id: id, issuedBefore: 1_000_000, expires: 9))
      #expect(throws: KeyRefusal.revoked) { try directory.caller("AKIDSA") }
    }
    directory = full
    directory.remove(provider.key)
    #expect(throws: KeyRefusal.ownerGone) { try directory.caller("AKIDSA") }
    directory = full
    directory.remove(role.key)
    #expect(throws: KeyRefusal.ownerGone) { try directory.caller("AKIDSA") }
  }

  // MARK: Caches

  @Test func cachedCallersFollowTheSnapshot() throws {
    let cache = AccessKeyCache()
    var directory = try Self.world()
    func caller(_ revision: UInt64) throws -> Caller {
      try cache.caller(
        of: try #require(directory.accessKey("AKIDALICE")), in: directory, authorization: directory.authorization,
        revision: revision,
        atSeconds: Identities.now)
    }
    let first = try caller(1)
    #expect(try caller(1) === first)
    var user = Self.alice
    user.policies = []
    directory.put(user)
    #expect(try caller(2).policies.attached.isEmpty)
    var key = try Self.key()
    key.isActive = false
    directory.put(key)
    #expect(throws: KeyRefusal.inactive) { try caller(3) }
    key.isActive = true
    key.expires = Identities.now
    directory.put(key)
    #expect(throws: KeyRefusal.expired) { try caller(4) }
  }

  @Test func cachesHoldNoMoreThanTheirBound() throws {
    let cache = AccessKeyCache(countMax: 8)
    var directory = try Self.world()
    for index in 0..<50 {
      let id = ByteString("AKID\(index)")
      directory.put(
        UserRecord(name: ByteString("user\(index)"), uniqueID: ByteString("AIDA\(index)"), created: 1),
        try Self.key(id, of: .user(ByteString("AIDA\(index)"))))
      let key = try #require(directory.accessKey(id))
      _ = try cache.signingSecret(of: key, in: directory)
      _ = try cache.caller(of: key, in: directory, authorization: directory.authorization, revision: 1, atSeconds: 2)
      #expect(cache.secretCount <= 8 && cache.callerCount <= 8)
    }
  }

  // MARK: Declared

  @Test func declaredRecordsHideStoredOnesWhileTheyAreDeclared() throws {
    let declared = try Identities.directory(
      "users: {Alice: {access_keys: [{id: AKIDDECLARED, secret: declared-declared-1}]}}")
    var directory = declared
    directory.put(Self.alice, try Self.key())
    #expect(throws: KeyRefusal.ownerGone) { try directory.caller("AKIDALICE") }
    #expect(try directory.caller("AKIDDECLARED").userName == "Alice")
    #expect(directory.table.users["alice"]?.isDeclared == true)
    // No longer declared: the stored user comes back.
    let without = try Identities.directory().keepingStored(of: directory)
    #expect(try without.mayRead("AKIDALICE"))
    #expect(without.accessKey("AKIDDECLARED") == nil)
    // Declared over stored ones, and a removal under the cover.
    directory = declared.keepingStored(of: try Self.world())
    #expect(throws: KeyRefusal.ownerGone) { try directory.caller("AKIDALICE") }
    directory.remove(Self.alice.key)
    #expect(try directory.caller("AKIDDECLARED").userName == "Alice")
    #expect(try Identities.directory().keepingStored(of: directory).table.users["alice"] == nil)
  }

  // MARK: Revocations

  @Test func revocationsFollowTheirRecords() throws {
    let faults = Faults()
    var directory = try Self.world(faults: faults)
    let record = RevocationRecord(subject: .role, id: "AROA1", issuedBefore: 5000, expires: 9)
    directory.put(record)
    #expect(directory.revocations[.role("AROA1")] == 5000)
    directory.apply([RecordChange(key: record.key, value: Array("{}".utf8), revision: StoreRevision(2))])
    #expect(directory.revocations[.role("AROA1")] == .max)
    #expect(faults.all.count == 1)
    directory.remove(record.key)
    #expect(directory.revocations.isEmpty)
  }
}
