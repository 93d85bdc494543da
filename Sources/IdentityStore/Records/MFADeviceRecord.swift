public import S3Model

/// A virtual MFA device (TOTP, RFC 6238).
public struct MFADeviceRecord: IdentityRecord {
  public struct Assignment: Hashable, Sendable {
    /// Unique id of the user; the account's digits for root.
    public var userID: ByteString
    /// In seconds since 1970.
    public var enabled: Int64
    /// Time steps that the device's clock is ahead of ours, found when it was enabled or resynchronized.
    public var drift: Int64

    public init(userID: ByteString, enabled: Int64, drift: Int64 = 0) {
      self.userID = userID
      self.enabled = enabled
      self.drift = drift
    }
  }

  public var name: ByteString
  public var path: ByteString
  /// The seed: 20 bytes, sealed.
  public var seed: SealedSecret
  /// In seconds since 1970.
  public var created: Int64
  public var assignment: Assignment?
  public var tags: [IdentityTag]

  public init(
    name: ByteString, path: ByteString = "/", seed: SealedSecret, created: Int64, assignment: Assignment? = nil,
    tags: [IdentityTag] = []
  ) {
    self.name = name
    self.path = path
    self.seed = seed
    self.created = created
    self.assignment = assignment
    self.tags = tags
  }

  /// AWS: the name is unique together with its path, as the serial number is made of both.
  public static var isNumerous: Bool { true }

  public var key: RecordKey { Self.key(name: name, path: path) }

  public static func key(name: ByteString, path: ByteString) -> RecordKey {
    RecordKey(.mfaDevice, folding: ByteString(path.bytes + name.bytes))
  }

  public init(_ reader: RecordReader) throws(RecordFault) {
    name = try reader.text("name")
    path = try reader.optionalText("path") ?? "/"
    seed = try SealedSecret(text: reader.text("seed"))
    created = try reader.integer("created")
    assignment = try reader.optional("assignment") { reader throws(RecordFault) in
      Assignment(
        userID: try reader.text("user"), enabled: try reader.integer("enabled"),
        drift: try reader.optionalInteger("drift") ?? 0)
    }
    tags = try reader.tags()
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("name", name)
    if path != "/" { writer.set("path", path) }
    writer.set("seed", seed.text)
    writer.set("created", created)
    writer.set("assignment", assignment) { assignment, writer in
      writer.set("user", assignment.userID)
      writer.set("enabled", assignment.enabled)
      if assignment.drift != 0 { writer.set("drift", assignment.drift) }
    }
    writer.set(tags)
  }
}

/// The last time step whose code was used with a device: a code counts once, on all nodes together.
///
/// Not part of the snapshot: it is read and compared in the store itself.
public struct MFAUseRecord: IdentityRecord {
  /// ``RecordKey/name`` of the device.
  public var device: ByteString
  public var lastStep: Int64

  public init(device: ByteString, lastStep: Int64) {
    self.device = device
    self.lastStep = lastStep
  }

  public var key: RecordKey { RecordKey(.mfaUse, device) }

  public init(_ reader: RecordReader) throws(RecordFault) {
    device = try reader.text("device")
    lastStep = try reader.integer("last_step")
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("device", device)
    writer.set("last_step", lastStep)
  }
}
