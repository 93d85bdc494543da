public import S3Model

/// A policy document embedded in a user, group or role.
public struct InlinePolicy: Hashable, Sendable {
  public var name: ByteString
  /// JSON, as it was put.
  public var document: ByteString

  public init(name: ByteString, document: ByteString) {
    self.name = name
    self.document = document
  }
}

/// A tag of a user, role, policy, provider or MFA device.
public struct IdentityTag: Hashable, Sendable {
  public var key: ByteString
  public var value: ByteString

  public init(key: ByteString, value: ByteString) {
    self.key = key
    self.value = value
  }
}

extension RecordReader {
  func inlinePolicies() throws(RecordFault) -> [InlinePolicy] {
    try list("inline") { reader throws(RecordFault) in
      InlinePolicy(name: try reader.text("name"), document: try reader.text("document"))
    }
  }

  func tags() throws(RecordFault) -> [IdentityTag] {
    try list("tags") { reader throws(RecordFault) in
      IdentityTag(key: try reader.text("key"), value: try reader.text("value"))
    }
  }
}

extension RecordWriter {
  mutating func set(_ policies: [InlinePolicy]) {
    set("inline", policies) { policy, writer in
      writer.set("name", policy.name)
      writer.set("document", policy.document)
    }
  }

  mutating func set(_ tags: [IdentityTag]) {
    set("tags", tags) { tag, writer in
      writer.set("key", tag.key)
      writer.set("value", tag.value)
    }
  }
}
