import S3Model

extension SessionToken {
  /// The content of decrypted bytes; nil for anything that ``encoded()`` does not produce.
  init?(decoding bytes: [UInt8]) {
    var reader = TokenReader(bytes: bytes)
    guard
      let kind = reader.byte().flatMap(Kind.init(rawValue:)),
      let flags = reader.byte().map(TokenFlags.init),
      let issued = reader.integer(),
      let expiry = reader.integer(),
      let mfa = reader.optional(flags.hasMFA, { $0.integer() }),
      let accessKeyID = reader.field(),
      let principalID = reader.field(),
      let roleID = reader.optional(flags.hasRole, { $0.field() }),
      let providerID = reader.optional(flags.hasProvider, { $0.field() }),
      let issuingKeyID = reader.optional(flags.hasIssuingKey, { $0.field() }),
      let sessionName = reader.field(),
      let sourceIdentity = reader.optional(flags.hasSourceIdentity, { $0.field() }),
      let lineage = reader.list(max: SessionTokenLimits.lineageMax, { $0.ancestor() }),
      let claims = reader.list(max: SessionTokenLimits.claimsMax, { $0.claim() }),
      let subject = reader.optional(flags.hasSubject, { $0.field() }),
      let subjectID = reader.optional(flags.hasSubjectID, { $0.field() }),
      let policy = reader.optional(flags.hasPolicy, { $0.field() }),
      let policyARNs = reader.list(max: SessionTokenLimits.policyARNsMax, { $0.field() }),
      let tags = reader.list(max: SessionTokenLimits.tagsMax, { $0.tag() }),
      reader.isAtEnd,
      // A role session without a role, or the other way round, was never sealed.
      (kind == .assumedRole) == (roleID != nil),
      // Nor one of somebody whom no provider vouched for.
      kind != .federatedIdentity || (providerID != nil && subject != nil && principalID.isEmpty)
    else { return nil }
    self.init(
      kind: kind, accessKeyID: accessKeyID, principalID: principalID, roleID: roleID, providerID: providerID,
      issuingKeyID: issuingKeyID, sessionName: sessionName, policy: policy, policyARNs: policyARNs, tags: tags,
      sourceIdentity: sourceIdentity, mfaSeconds: mfa, claims: claims, lineage: lineage, subject: subject,
      subjectID: subjectID, issuedMilliseconds: issued, expirySeconds: expiry)
  }
}

private struct TokenReader {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func byte() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func integer() -> Int64? {
    guard bytes.count - position >= 8 else { return nil }
    var value: UInt64 = 0
    for byte in bytes[position..<(position + 8)] { value = value << 8 | UInt64(byte) }
    position += 8
    return Int64(bitPattern: value)
  }

  /// Two base-128 digits hold every count that is in bounds; a longer or padded number is refused.
  mutating func count(max: Int) -> Int? {
    guard let first = byte() else { return nil }
    var count = Int(first & 0x7F)
    if first >= 0x80 {
      guard let second = byte(), second > 0, second < 0x80 else { return nil }
      count |= Int(second) << 7
    }
    return count <= max ? count : nil
  }

  mutating func field() -> ByteString? {
    guard let count = count(max: SessionTokenLimits.fieldBytesMax), count <= bytes.count - position else { return nil }
    defer { position += count }
    return ByteString(bytes[position..<(position + count)])
  }

  /// `.some(nil)` when the field is not there, nil when it should be and is broken.
  mutating func optional<Value>(_ isPresent: Bool, _ read: (inout Self) -> Value?) -> Value?? {
    guard isPresent else { return .some(nil) }
    guard let value = read(&self) else { return nil }
    return .some(value)
  }

  mutating func list<Element>(max: Int, _ read: (inout Self) -> Element?) -> [Element]? {
    guard let count = count(max: max) else { return nil }
    var elements: [Element] = []
    for _ in 0..<count {
      guard let element = read(&self) else { return nil }
      elements.append(element)
    }
    return elements
  }

  mutating func ancestor() -> SessionAncestor? {
    guard let accessKeyID = field(), let roleID = field(), let issued = integer() else { return nil }
    return SessionAncestor(
      accessKeyID: accessKeyID, roleID: roleID.isEmpty ? nil : roleID, issuedMilliseconds: issued)
  }

  mutating func claim() -> SessionClaim? {
    guard let name = field(), let values = list(max: SessionTokenLimits.claimValuesMax, { $0.field() })
    else { return nil }
    return SessionClaim(name: name, values: values)
  }

  mutating func tag() -> SessionTag? {
    guard let transitive = byte(), transitive <= 1, let key = field(), let value = field() else { return nil }
    return SessionTag(key: key, value: value, isTransitive: transitive == 1)
  }
}
