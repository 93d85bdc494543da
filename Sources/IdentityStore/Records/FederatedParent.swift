public import S3Model

/// The federated identity that a service account belongs to: what its session was made of, without its time.
public struct FederatedParent: Hashable, Sendable {
  public struct Claim: Hashable, Sendable {
    public var name: ByteString
    public var values: [ByteString]

    public init(name: ByteString, values: [ByteString]) {
      self.name = name
      self.values = values
    }
  }

  /// Names the person at the provider; two sessions of one person have the same.
  public var subject: ByteString
  /// Stable where names are used again; nil where the provider has none.
  public var subjectID: ByteString?
  /// Unique id of the provider.
  public var providerID: ByteString
  /// Unique id of the role; empty for somebody without one, who has what the provider's mapping gives.
  public var roleID: ByteString
  public var sessionName: ByteString
  /// The session's inline policy and the ARNs of its managed ones, which stay ceilings.
  public var policy: ByteString?
  public var policyARNs: [ByteString]
  public var tags: [IdentityTag]
  public var claims: [Claim]

  public init(
    subject: ByteString, subjectID: ByteString? = nil, providerID: ByteString, roleID: ByteString,
    sessionName: ByteString,
    policy: ByteString? = nil, policyARNs: [ByteString] = [], tags: [IdentityTag] = [], claims: [Claim] = []
  ) {
    self.subject = subject
    self.subjectID = subjectID
    self.providerID = providerID
    self.roleID = roleID
    self.sessionName = sessionName
    self.policy = policy
    self.policyARNs = policyARNs
    self.tags = tags
    self.claims = claims
  }

  init(_ reader: RecordReader) throws(RecordFault) {
    subject = try reader.text("subject")
    subjectID = try reader.optionalText("subject_id")
    providerID = try reader.text("provider")
    roleID = try reader.text("role")
    sessionName = try reader.text("session_name")
    policy = try reader.optionalText("policy")
    policyARNs = try reader.texts("policy_arns")
    tags = try reader.tags()
    claims = try reader.list("claims") { reader throws(RecordFault) in
      Claim(name: try reader.text("name"), values: try reader.texts("values"))
    }
  }

  func write(to writer: inout RecordWriter) {
    writer.set("subject", subject)
    writer.set("subject_id", subjectID)
    writer.set("provider", providerID)
    writer.set("role", roleID)
    writer.set("session_name", sessionName)
    writer.set("policy", policy)
    writer.set("policy_arns", policyARNs)
    writer.set(tags)
    writer.set("claims", claims) { claim, writer in
      writer.set("name", claim.name)
      writer.set("values", claim.values)
    }
  }
}
