import HashTreeCollections
import IAMPolicy
import Identity
import IdentityStore
import S3Model
import S3Wire

/// Sessions, from the store's index: for listing only. Whether one counts, its token and the revocations say.
///
/// Martlet's own actions, in AWS's style.
struct ListSessions: IAMOperation {
  static let action = IAMAction.listSessions
  let user: ByteString?
  let role: ByteString?
  let itemsMax: Int
  let after: ByteString?

  init(_ checker: inout ParameterChecker) {
    user = checker.optionalUserName()
    role = checker.optional("RoleName", length: 1...64, .entityName)
    if user != nil, role != nil { checker.refuse(.invalidInput, "UserName and RoleName exclude each other.") }
    itemsMax = checker.integer("MaxItems", 1...IAMPage.itemsMax) ?? IAMPage.itemsDefault
    // The access key id of the last session looked at.
    after = checker.optional("Marker", length: 1...128, .accessKeyID)
  }

  func endsWithCredentials(_ scope: IAMScope) -> Bool { true }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    if let user { return [scope.access(Self.action, user: user)] }
    if let role { return [scope.access(Self.action, role: role)] }
    return [IAMAccess(Self.action, "*")]
  }

  /// Records read for one page at most.
  private static let visitsMax = 10_000

  func run(_ run: IAMRun) async throws -> IAMAnswer {
    let scope = run.scope(run.editor.table)
    try run.confirm(self, scope)
    let userID = try user.map { name throws(IAMError) in try scope.user(name).record.uniqueID }
    let roleID = try role.map { name throws(IAMError) in try scope.role(name).record.uniqueID }
    var found: [SessionRecord] = []
    var position = after
    var visits = 0
    var isTruncated = false
    reading: while true {
      let batch = try await run.editor.store.list(.session, after: position, countMax: 500)
      for stored in batch {
        if found.count == itemsMax || visits == Self.visitsMax {
          isTruncated = true
          break reading
        }
        visits += 1
        position = stored.key.name
        guard let session = try? SessionRecord(parsing: stored.value) else { continue }
        guard session.expires > run.now, userID.map({ $0 == session.principalID }) ?? true,
          roleID.map({ $0 == session.roleID }) ?? true
        else { continue }
        found.append(session)
      }
      if batch.count < 500 { break }
    }
    let marker = isTruncated ? position : nil
    let sessions = found
    return IAMAnswer { writer in
      writer.list("Sessions", sessions) { session, writer in
        writer.element("AccessKeyId", session.accessKeyID)
        writer.element("SessionType", ByteString(session.kind.rawValue))
        writer.element("Arn", session.arn)
        if !session.principalID.isEmpty { writer.element("PrincipalId", session.principalID) }
        writer.optional("RoleId", session.roleID)
        writer.optional("ProviderId", session.providerID)
        writer.optional("Subject", session.subject)
        if !session.sessionName.isEmpty { writer.element("SessionName", session.sessionName) }
        writer.optional("SourceIdentity", session.sourceIdentity)
        writer.optional("SourceAddress", session.sourceAddress)
        writer.date("IssueDate", session.issued / 1000)
        writer.date("Expiration", session.expires)
        writer.element("IsRevoked", scope.isRevoked(session))
      }
      writer.element("IsTruncated", marker != nil)
      writer.optional("Marker", marker)
    }
  }
}

extension IAMScope {
  /// Whether a revocation ends a session, as far as its record tells.
  fileprivate func isRevoked(_ session: SessionRecord) -> Bool {
    func ends(_ subject: RevocationRecord.Subject, _ id: ByteString?) -> Bool {
      guard let id, !id.isEmpty else { return false }
      let key = RevocationRecord(subject: subject, id: id, issuedBefore: 0, expires: 0).key
      return table.revocations[key.name].map { session.issued < $0.record.issuedBefore } ?? false
    }
    return ends(.session, session.accessKeyID) || ends(.principal, session.principalID) || ends(.role, session.roleID)
      || ends(.provider, session.providerID) || ends(.issuingKey, session.issuingKeyID)
  }
}

/// Ends sessions that were issued before a time: of one session, a user, a role, a provider or a long-lived key.
struct RevokeSessions: IAMEditing {
  static let action = IAMAction.revokeSessions

  enum Subject: Sendable {
    case session(ByteString)
    case user(ByteString)
    case role(ByteString)
    case provider(ByteString)
    case key(ByteString)
    case root
  }

  let subject: Subject
  /// In milliseconds since 1970; nil: now.
  let before: Int64?

  /// No session lives longer: 36 hours, and some minutes for clocks.
  static let secondsMax: Int64 = 130_000

  init(_ checker: inout ParameterChecker) {
    var subjects: [Subject] = []
    if let id = checker.optional("SessionAccessKeyId", length: 16...128, .accessKeyID) { subjects.append(.session(id)) }
    if let name = checker.optionalUserName() { subjects.append(.user(name)) }
    if let name = checker.optional("RoleName", length: 1...64, .entityName) { subjects.append(.role(name)) }
    if let arn = checker.optional("OpenIDConnectProviderArn", length: 20...2048, .arn) {
      subjects.append(.provider(arn))
    }
    if let id = checker.optional("IssuingAccessKeyId", length: 3...128, .serial) { subjects.append(.key(id)) }
    if checker.flag("Root") == true { subjects.append(.root) }
    if subjects.count != 1 {
      checker.refuse(
        .invalidInput,
        "Name one of SessionAccessKeyId, UserName, RoleName, OpenIDConnectProviderArn, IssuingAccessKeyId, Root.")
    }
    subject = subjects.first ?? .root
    before = checker.issuedBefore()
  }

  func endsWithCredentials(_ scope: IAMScope) -> Bool { true }

  func endsSession(_ accessKeyID: ByteString) -> Bool {
    guard case .session(let id) = subject else { return false }
    return id == accessKeyID
  }

  /// On whoever the sessions are of; a single session's owner stands in its token alone, so that needs `*`.
  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    switch subject {
    case .session(let id): return [IAMAccess(Self.action, "*", shown: ByteString("session \(id)"))]
    case .user(let name): return [scope.access(Self.action, user: name)]
    case .role(let name): return [scope.access(Self.action, role: name)]
    case .provider(let arn): return [scope.access(Self.action, provider: arn)]
    case .key(let id):
      if case .user(let owner)? = scope.table.keys[id]?.record.owner, let user = scope.table.user(id: owner)?.record {
        return [scope.access(Self.action, user: user.name)]
      }
      return [IAMAccess(Self.action, "*", shown: ByteString("access key \(id)"))]
    case .root: return [IAMAccess(Self.action, ARN.root(account: scope.account))]
    }
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let kind: RevocationRecord.Subject
    let id: ByteString
    switch subject {
    case .session(let key): (kind, id) = (.session, key)
    case .user(let name): (kind, id) = (.principal, try scope.user(name).record.uniqueID)
    case .role(let name): (kind, id) = (.role, try scope.role(name).record.uniqueID)
    case .provider(let arn):
      kind = .provider
      if let declared = scope.declared.providerID(arn) {
        id = declared
      } else {
        id = try scope.provider(arn).record.uniqueID
      }
    case .key(let key): (kind, id) = (.issuingKey, key)
    case .root: (kind, id) = (.principal, scope.account.bytes)
    }
    // Until the end of this second: what is issued within it may come before or after.
    let time = before ?? (scope.now + 1) * 1000
    guard time <= (scope.now + 1) * 1000 else { throw .invalidInput("IssuedBefore must not lie in the future.") }
    var record = RevocationRecord(
      subject: kind, id: id, issuedBefore: time, expires: scope.now + Self.secondsMax)
    let entry = scope.table.revocations[record.key.name]
    // A rule never gives life back.
    if let entry { record.issuedBefore = max(record.issuedBefore, entry.record.issuedBefore) }
    change.put(record, over: entry)
    return .none
  }
}

extension ParameterChecker {
  fileprivate mutating func issuedBefore() -> Int64? {
    guard let text = optional("IssuedBefore", length: 0...64, .text), !text.isEmpty else { return nil }
    guard let date = PolicyDate(parsing: text.bytes) else {
      refuse(.invalidParameterValue, "IssuedBefore is no date.")
      return nil
    }
    return date.milliseconds
  }
}
