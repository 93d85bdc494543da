public import S3Model

/// A long-lived access key: a user's own, or a service account's.
public struct KeyRecord: IdentityRecord {
  /// Whose permissions the key has.
  public enum Owner: Hashable, Sendable {
    /// Unique id of a user.
    case user(ByteString)
    /// The account's root user, which only service accounts can belong to.
    case root
    /// A role session of somebody whom an identity provider vouched for.
    case federated(FederatedParent)
  }

  /// What makes a key a service account.
  public struct ServiceAccount: Hashable, Sendable {
    public var name: ByteString?
    public var description: ByteString?
    /// Can only restrict what the parent may: JSON. Nil: the parent's permissions.
    public var policy: ByteString?

    public init(name: ByteString? = nil, description: ByteString? = nil, policy: ByteString? = nil) {
      self.name = name
      self.description = description
      self.policy = policy
    }
  }

  public var accessKeyID: ByteString
  public var owner: Owner
  /// See ``SealedSecret``.
  public var secret: SealedSecret
  public var isActive: Bool
  /// In seconds since 1970.
  public var created: Int64
  /// In seconds since 1970. The first instant at which the key no longer counts.
  public var expires: Int64?
  public var serviceAccount: ServiceAccount?

  public init(
    accessKeyID: ByteString, owner: Owner, secret: SealedSecret, isActive: Bool = true, created: Int64,
    expires: Int64? = nil, serviceAccount: ServiceAccount? = nil
  ) {
    self.accessKeyID = accessKeyID
    self.owner = owner
    self.secret = secret
    self.isActive = isActive
    self.created = created
    self.expires = expires
    self.serviceAccount = serviceAccount
  }

  /// What every request with the key asks for.
  public struct Facts: Hashable, Sendable {
    /// Unique id of the user whom it belongs to; nil for other owners.
    public var userID: ByteString?
    /// In seconds since 1970.
    public var created: Int64
    /// In seconds since 1970; the end of time for a key without expiry.
    public var expires: Int64
    public var isActive: Bool
    public var isServiceAccount: Bool
    /// Whether an identity provider vouched for its owner.
    public var isFederated: Bool
  }

  public var facts: Facts {
    var facts = Facts(
      userID: nil, created: created, expires: expires ?? .max, isActive: isActive,
      isServiceAccount: serviceAccount != nil, isFederated: false)
    switch owner {
    case .user(let id): facts.userID = id
    case .federated: facts.isFederated = true
    case .root: break
    }
    return facts
  }

  public static var isNumerous: Bool { true }

  public var key: RecordKey { RecordKey(.accessKey, accessKeyID) }

  public init(_ reader: RecordReader) throws(RecordFault) {
    accessKeyID = try reader.text("id")
    if let user = try reader.optionalText("user") {
      owner = .user(user)
    } else if let parent = try reader.optional("federated", FederatedParent.init) {
      owner = .federated(parent)
    } else if try reader.flag("root") {
      owner = .root
    } else {
      throw RecordFault(member: "user")
    }
    secret = try SealedSecret(text: reader.text("secret"))
    isActive = try !reader.flag("inactive")
    created = try reader.integer("created")
    expires = try reader.optionalInteger("expires")
    serviceAccount = try reader.optional("service_account") { reader throws(RecordFault) in
      ServiceAccount(
        name: try reader.optionalText("name"), description: try reader.optionalText("description"),
        policy: try reader.optionalText("policy"))
    }
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("id", accessKeyID)
    switch owner {
    case .user(let id): writer.set("user", id)
    case .root: writer.set("root", true)
    case .federated(let parent): writer.set("federated", parent) { $0.write(to: &$1) }
    }
    writer.set("secret", secret.text)
    writer.set("inactive", !isActive)
    writer.set("created", created)
    writer.set("expires", expires)
    writer.set("service_account", serviceAccount) { account, writer in
      writer.set("name", account.name)
      writer.set("description", account.description)
      writer.set("policy", account.policy)
    }
  }
}
