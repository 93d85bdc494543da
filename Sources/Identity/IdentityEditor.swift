public import IdentityStore

/// Through which identities are changed while the gateway runs.
public protocol IdentityEditor: AnyObject, Sendable {
  /// The newest table that this node knows.
  var table: IdentityTable { get }
  /// False while the store has not been read since the start: then nothing is decided by the table.
  var isLoaded: Bool { get }

  /// Decides a change over the newest table and puts it in force.
  ///
  /// When something that was decided on has changed meanwhile, on any node, the newest records are read and `decide`
  /// runs again, a bounded number of times. Completes when the change is durable and in force on every event loop of
  /// this node.
  /// - Parameter decide: pure; an empty change writes nothing. What it throws is thrown on.
  /// - Throws: what `decide` throws, or an ``IdentityStoreError``.
  func edit<Answer: Sendable>(
    _ decide: @escaping @Sendable (IdentityTable) throws -> (change: IdentityChange, answer: Answer)
  ) async throws -> Answer

  /// The store itself, for what the table does not hold: MFA use, sessions, last use of keys.
  var store: any IdentityStore { get }
  var sealer: SecretSealer { get }
}
