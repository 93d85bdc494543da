import Cryptography

/// All that is known of an object beside its bytes.
struct ObjectRecord: Sendable {
  /// What a tag sidecar names, so that it can never be taken for another object's: 16 random bytes.
  var identity: [UInt8]
  var key: [UInt8]
  var size: UInt64
  /// Milliseconds since 1970, UTC.
  var modified: Int64
  var etag: EntityTag
  var checksum: ChecksumValue?
  var checksumType: ChecksumType = .fullObject
  var attributes = StoredAttributes()
  /// Set when the bytes are in part files.
  var multipart: Multipart?

  struct Multipart: Sendable {
    /// The upload's id: its folder holds the part files.
    var uploadID: [UInt8]
    /// Ascending by number.
    var parts: [Part]
  }

  struct Part: Sendable {
    var number: UInt16
    var size: UInt64
    var checksum: ChecksumValue?
  }

  var summary: ObjectSummary {
    ObjectSummary(
      size: size, modified: modified, etag: etag, checksumAlgorithm: checksum?.algorithm, checksumType: checksumType)
  }
}

/// What the client says about an object: kept and sent back, never acted on.
struct StoredAttributes: Sendable {
  var system: [SystemValue] = []
  /// Names in lower case without `x-amz-meta-`.
  var user: [NamedValue] = []
  var tags: [NamedValue] = []

  struct SystemValue: Sendable {
    var field: SystemField
    var value: [UInt8]
  }
}

struct NamedValue: Hashable, Sendable {
  var name: [UInt8]
  var value: [UInt8]
}
