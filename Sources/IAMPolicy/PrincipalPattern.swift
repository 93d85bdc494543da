import S3Model

/// How strongly a `Principal` element names a caller; stronger ones are greater.
///
/// Source: IAM User Guide, "Policy evaluation logic", resource-based policies and the kinds of principal.
enum PrincipalMatch: Int, Comparable, Sendable {
  case none
  /// The caller's account: delegates to the identity policies of that account.
  case account
  /// Everyone, a session's role or a session's user: grants, within boundary and session policy.
  case indirect
  /// The caller's own ARN: grants past an implicit deny of boundary or session policy.
  case direct

  static func < (left: PrincipalMatch, right: PrincipalMatch) -> Bool { left.rawValue < right.rawValue }
}

/// A `Principal` element. Its ARNs are whole: a wildcard in one is refused at load.
struct PrincipalPattern: Sendable {
  /// `"Principal": "*"`
  var everything = false
  /// `"AWS": "*"`: everyone but services and identity providers.
  var everyone = false
  var accounts: [AccountID] = []
  var arns: [ByteString] = []
  var services: [ByteString] = []
  var providers: [ByteString] = []
  var canonicalUsers: [ByteString] = []

  func match(_ principal: Principal) -> PrincipalMatch {
    var best: PrincipalMatch = everything || everyone ? .indirect : .none
    switch principal.kind {
    case .anonymous: break
    case .root(let account):
      // The root user is the account.
      if accounts.contains(account) { best = .direct }
    case .user(let arn, let account), .role(let arn, let account), .federatedIdentity(let arn, _, let account):
      if arns.contains(arn) { best = .direct } else { accountMatch(account, &best) }
    case .roleSession(let session, let issuer, let account), .federatedUser(let session, let issuer, let account):
      if arns.contains(session) {
        best = .direct
      } else if arns.contains(issuer) {
        best = .indirect
      } else {
        accountMatch(account, &best)
      }
    case .service(let name):
      best = services.contains(name) ? .direct : everything ? .indirect : .none
    case .federated(let provider):
      best = providers.contains(provider) ? .direct : everything ? .indirect : .none
    }
    if let canonical = principal.canonicalUser, best < .indirect, canonicalUsers.contains(canonical) {
      best = .indirect
    }
    return best
  }

  @inline(__always)
  private func accountMatch(_ account: AccountID, _ best: inout PrincipalMatch) {
    if best < .account, accounts.contains(account) { best = .account }
  }
}
