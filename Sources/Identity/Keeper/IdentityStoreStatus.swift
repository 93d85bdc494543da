public import IdentityStore

/// How a node and its store get along.
public struct IdentityStoreStatus: Sendable {
  /// Whether changes are heard of. While they are not, what is known stays in force.
  public var isUp = true
  /// Whether what is stored was read, if only once. Until then only what is declared, and root, is known.
  public var isLoaded = true
  /// Why the store is lost.
  public var error: IdentityStoreError?
  /// Of the newest change that was heard of.
  public var revision = StoreRevision(0)
  /// Since when the store is lost, by a clock that only goes forward.
  public var lost: ContinuousClock.Instant?
  public var commits: UInt64 = 0
  public var conflicts: UInt64 = 0
  public var failures: UInt64 = 0
  /// How often everything was loaded anew.
  public var reloads: UInt64 = 0

  public init() {}
}
