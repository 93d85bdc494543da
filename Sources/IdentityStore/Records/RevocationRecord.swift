public import S3Model

/// Ends the sessions of a subject that were issued before a time.
public struct RevocationRecord: IdentityRecord {
  public enum Subject: String, CaseIterable, Hashable, Sendable {
    /// One session, by its access key id.
    case session
    /// All sessions of a user or root, by unique id.
    case principal
    /// All sessions of a role, by unique id.
    case role
    /// All sessions that an identity provider vouched for, by unique id.
    case provider
    /// All sessions made with a long-lived access key.
    case issuingKey = "issuing-key"
  }

  public var subject: Subject
  public var id: ByteString
  /// In milliseconds since 1970.
  public var issuedBefore: Int64
  /// In seconds since 1970. From then on no session that it ends can be living, and the record may go.
  public var expires: Int64

  public init(subject: Subject, id: ByteString, issuedBefore: Int64, expires: Int64) {
    self.subject = subject
    self.id = id
    self.issuedBefore = issuedBefore
    self.expires = expires
  }

  public var key: RecordKey {
    RecordKey(.revocation, ByteString(Array(subject.rawValue.utf8) + [UInt8(ascii: "/")] + id.bytes))
  }

  public init(_ reader: RecordReader) throws(RecordFault) {
    guard let subject = Subject(rawValue: try reader.text("subject").text) else {
      throw RecordFault(member: "subject")
    }
    self.subject = subject
    id = try reader.text("id")
    issuedBefore = try reader.integer("issued_before")
    expires = try reader.integer("expires")
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("subject", ByteString(subject.rawValue))
    writer.set("id", id)
    writer.set("issued_before", issuedBefore)
    writer.set("expires", expires)
  }
}
