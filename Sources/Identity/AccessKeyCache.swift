public import Authorization
import Cryptography
import IAMPolicy
import IdentityStore
import S3Model
public import SigV4

/// What follows from records of access keys, of one event loop: opened secrets and the callers they stand for.
///
/// Derivations only, kept by the record they were made of. Whether a key still counts is read from the request's own
/// directory, on every request.
public final class AccessKeyCache {
  private var secrets: RecordCache<SigningSecret>
  private var inline: RecordCache<[CompiledPolicy]>
  private var callers: RecordCache<Caller>
  /// What the secrets were opened with.
  private var sealing: Sealing?
  /// The state that the callers were derived from.
  private var revision: UInt64 = 0

  /// - Parameter countMax: entries of each kind, at least 2.
  public init(countMax: Int = 16_384) {
    secrets = RecordCache(countMax: countMax)
    inline = RecordCache(countMax: countMax)
    callers = RecordCache(countMax: countMax)
  }

  /// Number of callers held.
  public var callerCount: Int { callers.count }
  /// Number of opened secrets held.
  public var secretCount: Int { secrets.count }

  /// What the key's requests are signed with.
  /// - Throws: `sealed`.
  public func signingSecret(of key: AccessKey, in directory: IdentityDirectory) throws(KeyRefusal) -> SigningSecret {
    switch key.content {
    case .root(let secret): return secret
    case .recorded(let entry):
      if sealing !== directory.sealing {
        secrets.removeAll()
        sealing = directory.sealing
      }
      if let secret = secrets[entry] { return secret }
      let record = entry.record
      guard let sealer = directory.sealing.sealer else { throw .sealed }
      do throws(CryptographyError) {
        let bytes = try sealer.open(record.secret, owner: record.key)
        let secret = SigningSecret(accessKeyID: record.accessKeyID, bytes: bytes)
        secrets[entry] = secret
        return secret
      } catch {
        directory.report(.sealed(record.key))
        throw .sealed
      }
    }
  }

  /// Who the key stands for, if it counts now.
  /// - Parameters:
  ///   - authorization: with what providers have said last.
  ///   - revision: names the state of the directory; another one empties the cache of callers.
  ///   - now: in seconds since 1970.
  public func caller(
    of key: AccessKey, in directory: IdentityDirectory, authorization: AuthorizationSnapshot, revision: UInt64,
    atSeconds now: Int64
  ) throws(KeyRefusal) -> Caller {
    if revision != self.revision {
      callers.removeAll()
      self.revision = revision
    }
    guard case .recorded(let entry) = key.content else { return directory.root }
    try directory.checkStatus(entry, atSeconds: now)
    if entry.facts.isFederated { try checkStanding(entry.record, authorization, atSeconds: now) }
    if let caller = callers[entry] { return caller }
    let record = entry.record
    var caller = try owner(record, directory, authorization)
    if let serviceAccount = record.serviceAccount {
      caller = caller.acting(
        through: Caller.ServiceAccount(
          accessKeyID: record.accessKeyID,
          policies: serviceAccount.policy.map {
            [CompiledRecords.compile($0, "service account policy", .session, of: record.key, directory.report)]
          }))
    }
    callers[entry] = caller
    return caller
  }

  /// What a provider that can be asked again has said last about whoever the account belongs to.
  private func checkStanding(
    _ record: KeyRecord, _ authorization: AuthorizationSnapshot, atSeconds now: Int64
  ) throws(KeyRefusal) {
    guard case .federated(let parent) = record.owner else { return }
    do throws(SessionFault) {
      try authorization.checkStanding(parent.person(created: record.created), atMilliseconds: now * 1000)
    } catch {
      throw .ownerGone
    }
  }

  private func owner(
    _ record: KeyRecord, _ directory: IdentityDirectory, _ authorization: AuthorizationSnapshot
  ) throws(KeyRefusal) -> Caller {
    switch record.owner {
    case .root:
      // Root's own key is no record.
      guard record.serviceAccount != nil else { throw .ownerGone }
      return directory.root
    case .user(let id):
      guard let user = directory.userEntry(id) else { throw .ownerGone }
      if let caller = callers[user] { return caller }
      let caller = directory.caller(user.record, inline: inlinePolicies(user, directory))
      callers[user] = caller
      return caller
    case .federated(let parent):
      guard record.serviceAccount != nil, let provider = directory.providerARN(id: parent.providerID) else {
        throw .ownerGone
      }
      do throws(SessionFault) {
        return try authorization.caller(
          for: parent.session(created: record.created, provider: provider))
      } catch {
        switch error {
        case .unknownPrincipal, .unknownRole, .unknownProvider, .identityGone, .identityStale: throw .ownerGone
        case .unknownPolicy, .policy: throw .policyGone
        }
      }
    }
  }

  private func inlinePolicies(
    _ user: IdentityEntry<UserRecord>, _ directory: IdentityDirectory
  ) -> [CompiledPolicy] {
    let record = user.record
    if record.inline.isEmpty { return [] }
    if let policies = inline[user] { return policies }
    let policies = CompiledRecords.compile(record.inline, of: record.key, directory.report)
    inline[user] = policies
    return policies
  }
}

@available(*, unavailable)
extension AccessKeyCache: Sendable {}
