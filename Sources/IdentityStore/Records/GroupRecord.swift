public import S3Model

/// An IAM group. Who is in it, the users say.
public struct GroupRecord: IdentityRecord {
  public var name: ByteString
  public var path: ByteString
  /// `AGPA…`
  public var uniqueID: ByteString
  /// In seconds since 1970.
  public var created: Int64
  /// ARNs of attached managed policies.
  public var policies: [ByteString]
  public var inline: [InlinePolicy]

  public init(
    name: ByteString, path: ByteString = "/", uniqueID: ByteString, created: Int64, policies: [ByteString] = [],
    inline: [InlinePolicy] = []
  ) {
    self.name = name
    self.path = path
    self.uniqueID = uniqueID
    self.created = created
    self.policies = policies
    self.inline = inline
  }

  public var key: RecordKey { RecordKey(.group, folding: name) }

  public init(_ reader: RecordReader) throws(RecordFault) {
    name = try reader.text("name")
    path = try reader.optionalText("path") ?? "/"
    uniqueID = try reader.text("id")
    created = try reader.integer("created")
    policies = try reader.texts("policies")
    inline = try reader.inlinePolicies()
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("name", name)
    if path != "/" { writer.set("path", path) }
    writer.set("id", uniqueID)
    writer.set("created", created)
    writer.set("policies", policies)
    writer.set(inline)
  }
}
