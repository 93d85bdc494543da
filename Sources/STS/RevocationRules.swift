public import S3Model

/// Sessions that no longer count: "issued before T", for a subject. Part of the snapshot.
public struct RevocationRules: Sendable {
  /// Whose sessions a rule ends.
  public enum Subject: Hashable, Sendable {
    /// One session, by its access key id, and all made through it.
    case session(ByteString)
    /// All sessions of a user or root, by unique id.
    case principal(ByteString)
    /// All sessions of a role, by unique id, and all made through one of them.
    case role(ByteString)
    /// All sessions that an identity provider vouched for, by unique id.
    case provider(ByteString)
    /// All sessions made with a long-lived access key.
    case issuingKey(ByteString)
  }

  private var issuedBeforeMilliseconds: [Subject: Int64] = [:]

  public init() {}

  public var isEmpty: Bool { issuedBeforeMilliseconds.isEmpty }

  /// Ends the sessions of a subject that were issued before a time, in milliseconds since 1970. Of two rules for one
  /// subject the later time counts: a rule never gives life back.
  public mutating func revoke(_ subject: Subject, issuedBeforeMilliseconds time: Int64) {
    issuedBeforeMilliseconds[subject] = max(time, issuedBeforeMilliseconds[subject] ?? .min)
  }

  /// Whether any rule ends this session. Costs one look-up per id that the token names, none when there are no rules.
  public func revokes(_ token: SessionToken) -> Bool {
    if issuedBeforeMilliseconds.isEmpty { return false }
    let issued = token.issuedMilliseconds
    if matches(.session(token.accessKeyID), issued) { return true }
    if let id = token.roleID, matches(.role(id), issued) { return true }
    // Each ancestor by its own time: a node that had not yet heard of a rule may have let it make this session later.
    for ancestor in token.lineage {
      if matches(.session(ancestor.accessKeyID), ancestor.issuedMilliseconds) { return true }
      if let id = ancestor.roleID, matches(.role(id), ancestor.issuedMilliseconds) { return true }
    }
    // Principal, provider and key stand at the start of the chain.
    let first = token.lineage.first?.issuedMilliseconds ?? issued
    if !token.principalID.isEmpty, matches(.principal(token.principalID), first) { return true }
    if let id = token.providerID, matches(.provider(id), first) { return true }
    if let id = token.issuingKeyID, matches(.issuingKey(id), first) { return true }
    return false
  }

  private func matches(_ subject: Subject, _ issuedMilliseconds: Int64) -> Bool {
    guard let time = issuedBeforeMilliseconds[subject] else { return false }
    return issuedMilliseconds < time
  }
}
