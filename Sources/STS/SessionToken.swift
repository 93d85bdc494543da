public import S3Model

/// What a session token says: who acts, through what, within which limits, and until when.
///
/// The content is all that a node knows about a session; there is no table beside it. It names principals by their
/// stable unique ids, so that recreating one under the same name revives nothing. Whether the named principals still
/// exist, are enabled and not revoked is for the reader to look up in its snapshot on every request.
public struct SessionToken: Hashable, Sendable {
  /// How the session was made, which decides whose permissions it starts from.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// AssumeRole: the role's permissions.
    case assumedRole = 1
    /// GetFederationToken: what both the user's policies and the session policies allow.
    case federatedUser = 2
    /// GetSessionToken: the user's own permissions, without iam unless the second factor was used.
    case userSession = 3
    /// Somebody whom a provider vouched for, without a role: what the provider's mapping gives to the claims.
    case federatedIdentity = 4
  }

  public var kind: Kind
  /// `ASIA…`, 20 bytes; must equal the access key of the request's Credential.
  public var accessKeyID: ByteString
  /// Unique id of the user, or the account id for root, that stands at the start of the chain of sessions. Empty when
  /// an identity provider vouched for somebody who is no user here.
  public var principalID: ByteString
  /// Unique id of the assumed role, for ``Kind/assumedRole``.
  public var roleID: ByteString?
  /// Unique id of the identity provider that vouched for the caller.
  public var providerID: ByteString?
  /// The long-lived access key at the start of the chain; the session ends with it.
  public var issuingKeyID: ByteString?
  /// RoleSessionName, or the federated user's name; empty for a user session.
  public var sessionName: ByteString
  /// The inline session policy: a JSON document, white space removed.
  public var policy: ByteString?
  /// ARNs of managed policies that limit the session as well.
  public var policyARNs: [ByteString]
  /// In order of keys as the request gave them, inherited ones first.
  public var tags: [SessionTag]
  public var sourceIdentity: ByteString?
  /// When a second factor was last used, in seconds since 1970.
  public var mfaSeconds: Int64?
  /// What an identity provider said, as far as policies may read it.
  public var claims: [SessionClaim]
  /// The sessions this one was made through, oldest first; each revocation along the way counts.
  public var lineage: [SessionAncestor]
  /// The person at the provider, for every session that one vouched for and all made through it.
  public var subject: ByteString?
  /// That person's stable id, where the provider has one.
  public var subjectID: ByteString?
  /// In milliseconds since 1970: "issued before" must not be blurred to a second.
  public var issuedMilliseconds: Int64
  /// In seconds since 1970. The first instant at which the session is over.
  public var expirySeconds: Int64

  public init(
    kind: Kind, accessKeyID: ByteString, principalID: ByteString, roleID: ByteString? = nil,
    providerID: ByteString? = nil, issuingKeyID: ByteString? = nil, sessionName: ByteString = "",
    policy: ByteString? = nil, policyARNs: [ByteString] = [], tags: [SessionTag] = [],
    sourceIdentity: ByteString? = nil, mfaSeconds: Int64? = nil, claims: [SessionClaim] = [],
    lineage: [SessionAncestor] = [], subject: ByteString? = nil, subjectID: ByteString? = nil,
    issuedMilliseconds: Int64, expirySeconds: Int64
  ) {
    self.kind = kind
    self.accessKeyID = accessKeyID
    self.principalID = principalID
    self.roleID = roleID
    self.providerID = providerID
    self.issuingKeyID = issuingKeyID
    self.sessionName = sessionName
    self.policy = policy
    self.policyARNs = policyARNs
    self.tags = tags
    self.sourceIdentity = sourceIdentity
    self.mfaSeconds = mfaSeconds
    self.claims = claims
    self.lineage = lineage
    self.subject = subject
    self.subjectID = subjectID
    self.issuedMilliseconds = issuedMilliseconds
    self.expirySeconds = expirySeconds
  }

  /// Whether the session is over; the second that `expirySeconds` names no longer belongs to it.
  @inlinable
  public func isExpired(atMilliseconds now: Int64) -> Bool {
    // A clock before 1970 is broken, and nothing is valid under it.
    now >= 0 ? now / 1000 >= expirySeconds : true
  }
}

/// A session tag: `aws:PrincipalTag/key` to policies.
public struct SessionTag: Hashable, Sendable {
  public var key: ByteString
  public var value: ByteString
  /// Whether sessions made from this one inherit the tag.
  public var isTransitive: Bool

  public init(key: ByteString, value: ByteString, isTransitive: Bool = false) {
    self.key = key
    self.value = value
    self.isTransitive = isTransitive
  }
}

/// One claim of an identity provider, with its values as text.
public struct SessionClaim: Hashable, Sendable {
  public var name: ByteString
  public var values: [ByteString]

  public init(name: ByteString, values: [ByteString]) {
    self.name = name
    self.values = values
  }
}

/// A session through which another was made.
public struct SessionAncestor: Hashable, Sendable {
  public var accessKeyID: ByteString
  /// Unique id of that session's role; nil when it was a user session.
  public var roleID: ByteString?
  /// When it was issued, in milliseconds since 1970.
  public var issuedMilliseconds: Int64

  public init(accessKeyID: ByteString, roleID: ByteString?, issuedMilliseconds: Int64) {
    self.accessKeyID = accessKeyID
    self.roleID = roleID
    self.issuedMilliseconds = issuedMilliseconds
  }
}
