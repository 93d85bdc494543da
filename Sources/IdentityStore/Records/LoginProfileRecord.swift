public import S3Model

/// A user's console password, as a hash, with the hashes of former ones.
public struct LoginProfileRecord: IdentityRecord {
  public struct Hash: Hashable, Sendable {
    /// 16 bytes, base 64.
    public var salt: ByteString
    /// scrypt, 32 bytes, base 64; sealed with the key ring besides.
    public var sealed: SealedSecret
    /// `N,r,p` of scrypt.
    public var cost: ByteString

    public init(salt: ByteString, sealed: SealedSecret, cost: ByteString) {
      self.salt = salt
      self.sealed = sealed
      self.cost = cost
    }
  }

  /// Unique id of the user.
  public var userID: ByteString
  public var password: Hash
  /// Newest first, as many as the password policy remembers.
  public var former: [Hash]
  public var isResetRequired: Bool
  /// In seconds since 1970.
  public var created: Int64
  public var changed: Int64

  public init(
    userID: ByteString, password: Hash, former: [Hash] = [], isResetRequired: Bool = false, created: Int64,
    changed: Int64
  ) {
    self.userID = userID
    self.password = password
    self.former = former
    self.isResetRequired = isResetRequired
    self.created = created
    self.changed = changed
  }

  public static var isNumerous: Bool { true }

  public var key: RecordKey { RecordKey(.loginProfile, userID) }

  public init(_ reader: RecordReader) throws(RecordFault) {
    userID = try reader.text("user")
    guard let hash = try reader.optional("password", Hash.init) else { throw RecordFault(member: "password") }
    password = hash
    former = try reader.list("former", Hash.init)
    isResetRequired = try reader.flag("reset_required")
    created = try reader.integer("created")
    changed = try reader.integer("changed")
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("user", userID)
    writer.set("password", password) { $0.write(to: &$1) }
    writer.set("former", former) { $0.write(to: &$1) }
    writer.set("reset_required", isResetRequired)
    writer.set("created", created)
    writer.set("changed", changed)
  }
}

extension LoginProfileRecord.Hash {
  init(_ reader: RecordReader) throws(RecordFault) {
    salt = try reader.text("salt")
    sealed = try SealedSecret(text: reader.text("hash"))
    cost = try reader.text("cost")
  }

  func write(to writer: inout RecordWriter) {
    writer.set("salt", salt)
    writer.set("hash", sealed.text)
    writer.set("cost", cost)
  }
}
