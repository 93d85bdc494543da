import HashTreeCollections
public import S3Model

/// Sessions that no longer count: "issued before T", for a subject. Part of the snapshot; a copy shares everything.
///
/// A rule is not dropped when its time is over: the sessions that it ended are over then too.
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

  private var issuedBeforeMilliseconds = TreeDictionary<Subject, Int64>()

  public init() {}

  public var isEmpty: Bool { issuedBeforeMilliseconds.isEmpty }

  /// The time of a subject's rule, in milliseconds since 1970: its sessions issued earlier are over. Setting it follows
  /// the record that says so; see ``revoke(_:issuedBeforeMilliseconds:)`` for adding to what is there.
  public subscript(subject: Subject) -> Int64? {
    get { issuedBeforeMilliseconds[subject] }
    set { issuedBeforeMilliseconds[subject] = newValue }
  }

  /// Ends the sessions of a subject that were issued before a time, in milliseconds since 1970. Of two rules for one
  /// subject the later time counts: a rule never gives life back.
  public mutating func revoke(_ subject: Subject, issuedBeforeMilliseconds time: Int64) {
    issuedBeforeMilliseconds[subject] = max(time, issuedBeforeMilliseconds[subject] ?? .min)
  }
}
