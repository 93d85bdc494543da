public import S3Model

/// What holds for the whole account.
public struct AccountRecord: IdentityRecord {
  /// IAM's password policy. Source: IAM API Reference, PasswordPolicy.
  public struct PasswordPolicy: Hashable, Sendable {
    /// 6 to 128.
    public var lengthMin: Int64 = 6
    public var requiresSymbols = false
    public var requiresNumbers = false
    public var requiresUppercase = false
    public var requiresLowercase = false
    public var allowsUsersToChange = false
    /// 1 to 1095 days; nil: passwords do not expire.
    public var ageDaysMax: Int64?
    /// 1 to 24; nil: none.
    public var reusePrevention: Int64?
    public var hardExpiry = false

    public init() {}
  }

  public var alias: ByteString?
  public var passwordPolicy: PasswordPolicy?
  /// Seconds that an access key counts after it was made; nil: for ever.
  public var keyAgeSecondsMax: Int64?

  public init(
    alias: ByteString? = nil, passwordPolicy: PasswordPolicy? = nil, keyAgeSecondsMax: Int64? = nil
  ) {
    self.alias = alias
    self.passwordPolicy = passwordPolicy
    self.keyAgeSecondsMax = keyAgeSecondsMax
  }

  public var key: RecordKey { .account }

  public init(_ reader: RecordReader) throws(RecordFault) {
    alias = try reader.optionalText("alias")
    passwordPolicy = try reader.optional("password_policy", PasswordPolicy.init)
    keyAgeSecondsMax = try reader.optionalInteger("key_age_seconds_max")
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("alias", alias)
    writer.set("password_policy", passwordPolicy) { $0.write(to: &$1) }
    writer.set("key_age_seconds_max", keyAgeSecondsMax)
  }
}

extension AccountRecord.PasswordPolicy {
  init(_ reader: RecordReader) throws(RecordFault) {
    self.init()
    lengthMin = try reader.integer("length_min")
    requiresSymbols = try reader.flag("symbols")
    requiresNumbers = try reader.flag("numbers")
    requiresUppercase = try reader.flag("uppercase")
    requiresLowercase = try reader.flag("lowercase")
    allowsUsersToChange = try reader.flag("users_change")
    ageDaysMax = try reader.optionalInteger("age_days_max")
    reusePrevention = try reader.optionalInteger("reuse_prevention")
    hardExpiry = try reader.flag("hard_expiry")
  }

  func write(to writer: inout RecordWriter) {
    writer.set("length_min", lengthMin)
    writer.set("symbols", requiresSymbols)
    writer.set("numbers", requiresNumbers)
    writer.set("uppercase", requiresUppercase)
    writer.set("lowercase", requiresLowercase)
    writer.set("users_change", allowsUsersToChange)
    writer.set("age_days_max", ageDaysMax)
    writer.set("reuse_prevention", reusePrevention)
    writer.set("hard_expiry", hardExpiry)
  }
}
