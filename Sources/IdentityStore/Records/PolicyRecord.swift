public import S3Model

/// A managed policy with its versions, five at most.
public struct PolicyRecord: IdentityRecord {
  public struct Version: Hashable, Sendable {
    /// 1 for `v1`; numbers are not used again.
    public var number: Int64
    /// JSON, as it was put.
    public var document: ByteString
    /// In seconds since 1970.
    public var created: Int64

    public init(number: Int64, document: ByteString, created: Int64) {
      self.number = number
      self.document = document
      self.created = created
    }
  }

  public var name: ByteString
  public var path: ByteString
  /// `ANPA…`
  public var uniqueID: ByteString
  /// In seconds since 1970.
  public var created: Int64
  public var updated: Int64
  public var description: ByteString?
  /// In the order of numbers.
  public var versions: [Version]
  /// The number of the version in force.
  public var defaultVersion: Int64
  public var nextVersion: Int64
  public var tags: [IdentityTag]

  public init(
    name: ByteString, path: ByteString = "/", uniqueID: ByteString, created: Int64, updated: Int64,
    description: ByteString? = nil, versions: [Version], defaultVersion: Int64 = 1, nextVersion: Int64 = 2,
    tags: [IdentityTag] = []
  ) {
    self.name = name
    self.path = path
    self.uniqueID = uniqueID
    self.created = created
    self.updated = updated
    self.description = description
    self.versions = versions
    self.defaultVersion = defaultVersion
    self.nextVersion = nextVersion
    self.tags = tags
  }

  public var key: RecordKey { RecordKey(.policy, folding: name) }

  /// The document in force.
  public var document: ByteString? { versions.first { $0.number == defaultVersion }?.document }

  public init(_ reader: RecordReader) throws(RecordFault) {
    name = try reader.text("name")
    path = try reader.optionalText("path") ?? "/"
    uniqueID = try reader.text("id")
    created = try reader.integer("created")
    updated = try reader.integer("updated")
    description = try reader.optionalText("description")
    versions = try reader.list("versions") { reader throws(RecordFault) in
      Version(
        number: try reader.integer("number"), document: try reader.text("document"),
        created: try reader.integer("created"))
    }
    defaultVersion = try reader.integer("default_version")
    nextVersion = try reader.integer("next_version")
    tags = try reader.tags()
    let inForce = defaultVersion
    guard versions.contains(where: { $0.number == inForce }) else { throw RecordFault(member: "default_version") }
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("name", name)
    if path != "/" { writer.set("path", path) }
    writer.set("id", uniqueID)
    writer.set("created", created)
    writer.set("updated", updated)
    writer.set("description", description)
    writer.set("versions", versions) { version, writer in
      writer.set("number", version.number)
      writer.set("document", version.document)
      writer.set("created", version.created)
    }
    writer.set("default_version", defaultVersion)
    writer.set("next_version", nextVersion)
    writer.set(tags)
  }
}
