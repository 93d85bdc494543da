public import S3Model

/// An issued session, for listing only: whether a session counts, its token and the snapshot say.
public struct SessionRecord: IdentityRecord {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case assumedRole = "assumed-role"
    case federatedUser = "federated-user"
    case userSession = "user-session"
    case federatedIdentity = "federated-identity"
  }

  public var accessKeyID: ByteString
  public var kind: Kind
  /// As GetCallerIdentity names it.
  public var arn: ByteString
  /// Unique id of the user or root at the start of the chain; empty for somebody whom a provider vouched for.
  public var principalID: ByteString
  public var roleID: ByteString?
  public var providerID: ByteString?
  /// The person at the provider.
  public var subject: ByteString?
  public var issuingKeyID: ByteString?
  public var sessionName: ByteString
  public var sourceIdentity: ByteString?
  /// The client's address when it was issued.
  public var sourceAddress: ByteString?
  /// In milliseconds since 1970.
  public var issued: Int64
  /// In seconds since 1970.
  public var expires: Int64

  public init(
    accessKeyID: ByteString, kind: Kind, arn: ByteString, principalID: ByteString, roleID: ByteString? = nil,
    providerID: ByteString? = nil, subject: ByteString? = nil, issuingKeyID: ByteString? = nil,
    sessionName: ByteString = "", sourceIdentity: ByteString? = nil, sourceAddress: ByteString? = nil, issued: Int64,
    expires: Int64
  ) {
    self.accessKeyID = accessKeyID
    self.kind = kind
    self.arn = arn
    self.principalID = principalID
    self.roleID = roleID
    self.providerID = providerID
    self.subject = subject
    self.issuingKeyID = issuingKeyID
    self.sessionName = sessionName
    self.sourceIdentity = sourceIdentity
    self.sourceAddress = sourceAddress
    self.issued = issued
    self.expires = expires
  }

  public var key: RecordKey { RecordKey(.session, accessKeyID) }

  public init(_ reader: RecordReader) throws(RecordFault) {
    accessKeyID = try reader.text("access_key")
    guard let kind = Kind(rawValue: try reader.text("kind").text) else { throw RecordFault(member: "kind") }
    self.kind = kind
    arn = try reader.text("arn")
    principalID = try reader.text("principal")
    roleID = try reader.optionalText("role")
    providerID = try reader.optionalText("provider")
    subject = try reader.optionalText("subject")
    issuingKeyID = try reader.optionalText("issuing_key")
    sessionName = try reader.optionalText("session_name") ?? ""
    sourceIdentity = try reader.optionalText("source_identity")
    sourceAddress = try reader.optionalText("source_address")
    issued = try reader.integer("issued")
    expires = try reader.integer("expires")
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("access_key", accessKeyID)
    writer.set("kind", ByteString(kind.rawValue))
    writer.set("arn", arn)
    writer.set("principal", principalID)
    writer.set("role", roleID)
    writer.set("provider", providerID)
    writer.set("subject", subject)
    writer.set("issuing_key", issuingKeyID)
    if !sessionName.isEmpty { writer.set("session_name", sessionName) }
    writer.set("source_identity", sourceIdentity)
    writer.set("source_address", sourceAddress)
    writer.set("issued", issued)
    writer.set("expires", expires)
  }
}

/// When and for what an access key was last used; written now and then, not for every request.
public struct KeyUseRecord: IdentityRecord {
  public var accessKeyID: ByteString
  /// In seconds since 1970.
  public var time: Int64
  public var service: ByteString
  public var region: ByteString

  public init(accessKeyID: ByteString, time: Int64, service: ByteString, region: ByteString) {
    self.accessKeyID = accessKeyID
    self.time = time
    self.service = service
    self.region = region
  }

  public var key: RecordKey { RecordKey(.keyUse, accessKeyID) }

  public init(_ reader: RecordReader) throws(RecordFault) {
    accessKeyID = try reader.text("access_key")
    time = try reader.integer("time")
    service = try reader.text("service")
    region = try reader.text("region")
  }

  public func write(to writer: inout RecordWriter) {
    writer.set("access_key", accessKeyID)
    writer.set("time", time)
    writer.set("service", service)
    writer.set("region", region)
  }
}
