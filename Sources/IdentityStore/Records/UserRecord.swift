public import S3Model

/// An IAM user.
public struct UserRecord: IdentityRecord {
  /// As it was given; unique without regard to case.
  public var name: ByteString
  /// Begins and ends with `/`.
  public var path: ByteString
  /// `AIDA…`; a user made anew under the same name has another.
  public var uniqueID: ByteString
  /// In seconds since 1970.
  public var created: Int64
  /// Unique ids of the groups it is a member of.
  public var groups: [ByteString]
  /// ARNs of attached managed policies, in the order of attaching.
  public var policies: [ByteString]
  public var inline: [InlinePolicy]
  /// ARN of a managed policy.
  public var boundary: ByteString?
  public var tags: [IdentityTag]
  /// When the console password was last used, in seconds since 1970.
  public var passwordLastUsed: Int64?

  public init(
    name: ByteString, path: ByteString = "/", uniqueID: ByteString, created: Int64, groups: [ByteString] = [],
    policies: [ByteString] = [], inline: [InlinePolicy] = [], boundary: ByteString? = nil, tags: [IdentityTag] = [],
    passwordLastUsed: Int64? = nil
  ) {
    self.name = name
    self.path = path
    self.uniqueID = uniqueID
    self.created = created
    self.groups = groups
    self.policies = policies
    self.inline = inline
    self.boundary = boundary
    self.tags = tags
    self.passwordLastUsed = passwordLastUsed
  }

  public static var isNumerous: Bool { true }

  public var key: RecordKey { RecordKey(.user, folding: name) }

  public init(_ reader: RecordReader) throws(RecordFault) {
    name = try reader.text("name")
    path = try reader.optionalText("path") ?? "/"
    uniqueID = try reader.text("id")
    created = try reader.integer("created")
    groups = try reader.texts("groups")
    policies = try reader.texts("policies")
    inline = try reader.inlinePolicies()
    boundary = try reader.optionalText("boundary")
    tags = try reader.tags()
    passwordLastUsed = try reader.optionalInteger("password_last_used")
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("name", name)
    if path != "/" { writer.set("path", path) }
    writer.set("id", uniqueID)
    writer.set("created", created)
    writer.set("groups", groups)
    writer.set("policies", policies)
    writer.set(inline)
    writer.set("boundary", boundary)
    writer.set(tags)
    writer.set("password_last_used", passwordLastUsed)
  }
}
