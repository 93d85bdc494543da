public import Authorization
import S3Model

extension RevocationRules {
  /// Whether any rule ends this session. Costs one look-up per id that the token names, none when there are no rules.
  public func revokes(_ token: SessionToken) -> Bool {
    if isEmpty { return false }
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
    guard let time = self[subject] else { return false }
    return issuedMilliseconds < time
  }
}
