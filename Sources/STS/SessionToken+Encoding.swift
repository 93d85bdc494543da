import S3Model

extension SessionToken {
  /// The content as bytes: fields in fixed order, lengths as minimal base-128 numbers, one encoding for one content.
  /// - Returns: nil when a list or field is over its bound.
  func encoded() -> [UInt8]? {
    var writer = TokenWriter()
    let flags = TokenFlags(
      hasRole: roleID != nil, hasProvider: providerID != nil, hasIssuingKey: issuingKeyID != nil,
      hasPolicy: policy != nil, hasSourceIdentity: sourceIdentity != nil, hasMFA: mfaSeconds != nil,
      hasSubject: subject != nil, hasSubjectID: subjectID != nil)
    writer.bytes.append(kind.rawValue)
    writer.bytes.append(flags.byte)
    writer.integer(issuedMilliseconds)
    writer.integer(expirySeconds)
    if let mfaSeconds { writer.integer(mfaSeconds) }
    writer.field(accessKeyID)
    writer.field(principalID)
    for optional in [roleID, providerID, issuingKeyID] {
      if let optional { writer.field(optional) }
    }
    writer.field(sessionName)
    if let sourceIdentity { writer.field(sourceIdentity) }
    writer.count(lineage.count, max: SessionTokenLimits.lineageMax)
    for ancestor in lineage {
      writer.field(ancestor.accessKeyID)
      // A role id is never empty, so empty stands for none.
      writer.field(ancestor.roleID ?? "")
      writer.integer(ancestor.issuedMilliseconds)
    }
    writer.count(claims.count, max: SessionTokenLimits.claimsMax)
    for claim in claims {
      writer.field(claim.name)
      writer.count(claim.values.count, max: SessionTokenLimits.claimValuesMax)
      for value in claim.values { writer.field(value) }
    }
    // Behind what tokens had before there were these; without them the encoding is the older one.
    for optional in [subject, subjectID] {
      if let optional { writer.field(optional) }
    }
    writePolicies(to: &writer)
    return writer.isWithinBounds ? writer.bytes : nil
  }

  /// Bytes that session policies and tags take: what `PackedPolicySize` measures.
  var packedPolicyCount: Int {
    var writer = TokenWriter()
    writePolicies(to: &writer)
    return writer.bytes.count
  }

  private func writePolicies(to writer: inout TokenWriter) {
    if let policy { writer.field(policy) }
    writer.count(policyARNs.count, max: SessionTokenLimits.policyARNsMax)
    for arn in policyARNs { writer.field(arn) }
    writer.count(tags.count, max: SessionTokenLimits.tagsMax)
    for tag in tags {
      writer.bytes.append(tag.isTransitive ? 1 : 0)
      writer.field(tag.key)
      writer.field(tag.value)
    }
  }
}

/// Which optional fields a token carries.
struct TokenFlags {
  var hasRole: Bool
  var hasProvider: Bool
  var hasIssuingKey: Bool
  var hasPolicy: Bool
  var hasSourceIdentity: Bool
  var hasMFA: Bool
  var hasSubject: Bool
  var hasSubjectID: Bool

  var byte: UInt8 {
    var byte: UInt8 = 0
    let flags = [
      hasRole, hasProvider, hasIssuingKey, hasPolicy, hasSourceIdentity, hasMFA, hasSubject, hasSubjectID,
    ]
    for (bit, flag) in flags.enumerated() {
      if flag { byte |= 1 << UInt8(bit) }
    }
    return byte
  }
}

extension TokenFlags {
  init(_ byte: UInt8) {
    hasRole = byte & 1 != 0
    hasProvider = byte & 2 != 0
    hasIssuingKey = byte & 4 != 0
    hasPolicy = byte & 8 != 0
    hasSourceIdentity = byte & 16 != 0
    hasMFA = byte & 32 != 0
    hasSubject = byte & 64 != 0
    hasSubjectID = byte & 128 != 0
  }
}

private struct TokenWriter {
  var bytes: [UInt8] = []
  /// Turns false when anything was over its bound.
  var isWithinBounds = true

  /// Eight bytes, big-endian.
  mutating func integer(_ value: Int64) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> Int64(shift)))
    }
  }

  mutating func count(_ count: Int, max: Int) {
    if count > max { isWithinBounds = false }
    var rest = count
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func field(_ field: ByteString) {
    count(field.count, max: SessionTokenLimits.fieldBytesMax)
    bytes.append(contentsOf: field.bytes)
  }
}
