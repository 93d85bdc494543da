import Authorization
import IAMPolicy
import S3Model

/// What sessions say of themselves, in JSON, made once for each: a session makes many requests.
///
/// It is all that its decisions depend on, so that a record can be decided again by itself; no part of it is a secret.
struct AuditSessions: ~Copyable {
  /// The caller is held, so that its identity names no other.
  private var texts: [ObjectIdentifier: (caller: Caller, bytes: [UInt8])] = [:]
  private static let countMax = 1024
  static let policyBytesMax = 16_384

  mutating func append(_ caller: Caller, to line: inout JSONLine) {
    let id = ObjectIdentifier(caller)
    if texts[id] == nil {
      guard let session = caller.sessionDescription else { return }
      if texts.count >= Self.countMax { texts.removeAll(keepingCapacity: true) }
      texts[id] = (caller, Self.text(session))
    }
    texts[id]?.bytes.withUnsafeBytes { line.append(contentsOf: $0) }
  }

  private static func text(_ session: SessionDescription) -> [UInt8] {
    var line = JSONLine()
    switch session.kind {
    case .assumedRole(let roleID):
      line.append(literal: ",\"session\":{\"kind\":\"assumed_role\"")
      line.append(member: ",\"role_id\":", roleID)
    case .federatedUser: line.append(literal: ",\"session\":{\"kind\":\"federated_user\"")
    case .federatedIdentity: line.append(literal: ",\"session\":{\"kind\":\"federated_identity\"")
    case .userSession: line.append(literal: ",\"session\":{\"kind\":\"user_session\"")
    }
    line.append(member: ",\"principal_id\":", session.principalID)
    line.append(member: ",\"name\":", session.name)
    line.append(member: ",\"issued_ms\":", number: UInt64(clamping: session.facts.issued.milliseconds))
    if let time = session.facts.secondFactor {
      line.append(member: ",\"mfa_ms\":", number: UInt64(clamping: time.milliseconds))
    }
    if let provider = session.facts.federatedProvider { line.append(member: ",\"provider\":", provider) }
    if let subject = session.subject {
      line.append(member: ",\"provider_id\":", subject.providerID)
      line.append(member: ",\"subject\":", subject.subject)
      if let id = subject.subjectID { line.append(member: ",\"subject_id\":", id) }
      line.append(member: ",\"vouched_ms\":", number: UInt64(clamping: subject.vouchedMilliseconds))
    }
    if let identity = session.facts.sourceIdentity { line.append(member: ",\"source_identity\":", identity) }
    if !session.tags.isEmpty {
      line.append(literal: ",\"tags\":")
      line.append(pairs: session.tags.lazy.map { ($0.key, $0.value) })
    }
    for (index, claim) in session.facts.claims.enumerated() {
      line.append(member: index == 0 ? ",\"claims\":[[" : ",[", claim.name)
      line.append(literal: ",")
      line.append(list: claim.values)
      line.append(literal: index == session.facts.claims.count - 1 ? "]]" : "]")
    }
    if !session.policyARNs.isEmpty {
      line.append(literal: ",\"policy_arns\":")
      line.append(list: session.policyARNs)
    }
    if let policy = session.policy {
      line.append(member: ",\"policy\":", policy, bytesMax: policyBytesMax)
      if policy.count > policyBytesMax { line.append(literal: ",\"policy_cut\":true") }
    }
    line.append(literal: "}")
    return Array(line.bytes)
  }
}
