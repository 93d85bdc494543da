import Authorization

/// The evaluation memory of one event loop: for the policy in force, and for the one before, which running exchanges
/// may still ask.
final class RegoSessions {
  private var current: (authority: RegoAuthority, session: RegoSession)?
  private var previous: (authority: RegoAuthority, session: RegoSession)?

  func session(_ authority: RegoAuthority) -> RegoSession {
    if let current, current.authority === authority { return current.session }
    if let previous, previous.authority === authority { return previous.session }
    let session = authority.makeSession()
    previous = current
    current = (authority, session)
    return session
  }
}

@available(*, unavailable)
extension RegoSessions: Sendable {}
