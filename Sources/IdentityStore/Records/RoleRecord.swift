public import S3Model

/// An IAM role.
public struct RoleRecord: IdentityRecord {
  public var name: ByteString
  public var path: ByteString
  /// `AROA…`
  public var uniqueID: ByteString
  /// In seconds since 1970.
  public var created: Int64
  public var description: ByteString?
  /// Who may assume it: JSON.
  public var trustPolicy: ByteString
  /// 3600 to 43200.
  public var sessionSecondsMax: Int64
  /// ARNs of attached managed policies.
  public var policies: [ByteString]
  public var inline: [InlinePolicy]
  /// ARN of a managed policy.
  public var boundary: ByteString?
  public var tags: [IdentityTag]

  public init(
    name: ByteString, path: ByteString = "/", uniqueID: ByteString, created: Int64, description: ByteString? = nil,
    trustPolicy: ByteString, sessionSecondsMax: Int64 = 3600, policies: [ByteString] = [], inline: [InlinePolicy] = [],
    boundary: ByteString? = nil, tags: [IdentityTag] = []
  ) {
    self.name = name
    self.path = path
    self.uniqueID = uniqueID
    self.created = created
    self.description = description
    self.trustPolicy = trustPolicy
    self.sessionSecondsMax = sessionSecondsMax
    self.policies = policies
    self.inline = inline
    self.boundary = boundary
    self.tags = tags
  }

  public var key: RecordKey { RecordKey(.role, folding: name) }

  public init(_ reader: RecordReader) throws(RecordFault) {
    name = try reader.text("name")
    path = try reader.optionalText("path") ?? "/"
    uniqueID = try reader.text("id")
    created = try reader.integer("created")
    description = try reader.optionalText("description")
    trustPolicy = try reader.text("trust")
    sessionSecondsMax = try reader.integer("session_seconds_max")
    policies = try reader.texts("policies")
    inline = try reader.inlinePolicies()
    boundary = try reader.optionalText("boundary")
    tags = try reader.tags()
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("name", name)
    if path != "/" { writer.set("path", path) }
    writer.set("id", uniqueID)
    writer.set("created", created)
    writer.set("description", description)
    writer.set("trust", trustPolicy)
    writer.set("session_seconds_max", sessionSecondsMax)
    writer.set("policies", policies)
    writer.set(inline)
    writer.set("boundary", boundary)
    writer.set(tags)
  }
}
