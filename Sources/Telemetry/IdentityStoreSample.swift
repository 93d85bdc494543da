/// How a node and its identity store get along.
public struct IdentityStoreSample: Sendable {
  /// `sqlite` or `etcd`.
  public var name: String
  public var isUp = true
  public var revision: Int64 = 0
  /// Since when it is lost; 0 while it is not.
  public var lostSeconds = 0.0
  public var commits: UInt64 = 0
  public var conflicts: UInt64 = 0
  public var failures: UInt64 = 0
  public var reloads: UInt64 = 0
  public var notesDropped: UInt64 = 0

  public init(name: String) { self.name = name }
}
