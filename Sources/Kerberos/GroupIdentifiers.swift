import S3Model

/// The groups that Active Directory and Samba put into tickets, as security identifiers.
///
/// Source: MS-PAC section 2.5 (KERB_VALIDATION_INFO), MS-RPCE section 2.2.6 (its framing), C706 chapter 14 (NDR).
enum GroupIdentifiers {
  /// A directory puts at most 1015 into a token.
  static let countMax = 2048

  /// - Returns: those of the ticket's data that the library has verified; none where there are none.
  static func read(_ context: AcceptedContext) throws(KerberosError) -> [ByteString] {
    guard let info = context.verifiedAttribute("urn:mspac:logon-info") else { return [] }
    guard let groups = parse(info) else { throw .refused(reason: "the ticket's directory data is malformed") }
    return groups
  }

  /// Nil where it is malformed: a part of somebody's groups is not what policies ask for.
  static func parse(_ info: [UInt8]) -> [ByteString]? {
    var reader = NDRReader(info)
    guard reader.header(), reader.pointer() == true, reader.skip(48),
      let names = reader.strings(6), reader.skip(4), reader.skip(4), let primary = reader.word(),
      let groupCount = reader.word(), let hasGroups = reader.pointer(), reader.skip(4 + 16),
      let serverNames = reader.strings(2), let hasDomain = reader.pointer(), reader.skip(8 + 4 + 4 + 16 + 8),
      let extraCount = reader.word(), let hasExtra = reader.pointer(), let hasResourceDomain = reader.pointer(),
      let resourceCount = reader.word(), let hasResources = reader.pointer()
    else { return nil }
    for present in names where present {
      guard reader.skipString() else { return nil }
    }
    guard let groups = reader.memberships(hasGroups, groupCount) else { return nil }
    for present in serverNames where present {
      guard reader.skipString() else { return nil }
    }
    var identifiers: [ByteString] = []
    if hasDomain {
      guard let domain = reader.identifier() else { return nil }
      identifiers.append(ByteString("\(domain)-\(primary)"))
      for group in groups { identifiers.append(ByteString("\(domain)-\(group)")) }
    } else if !groups.isEmpty {
      return nil
    }
    guard let extra = reader.extraIdentifiers(hasExtra, extraCount) else { return nil }
    identifiers += extra
    var resourceDomain: ByteString?
    if hasResourceDomain {
      guard let domain = reader.identifier() else { return nil }
      resourceDomain = domain
    }
    guard let resources = reader.memberships(hasResources, resourceCount) else { return nil }
    for group in resources {
      guard let resourceDomain else { return nil }
      identifiers.append(ByteString("\(resourceDomain)-\(group)"))
    }
    guard identifiers.count <= countMax else { return nil }
    var seen: Set<ByteString> = []
    return identifiers.filter { seen.insert($0).inserted }
  }
}

/// Little-endian NDR, as far as this one structure needs it. Every step says whether there was enough.
private struct NDRReader {
  private let bytes: [UInt8]
  private var index = 0

  /// SE_GROUP_ENABLED, and SE_GROUP_USE_FOR_DENY_ONLY. Source: MS-PAC section 2.2.1.
  private static let enabled: UInt32 = 0x4
  private static let denyOnly: UInt32 = 0x10

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func skip(_ count: Int) -> Bool {
    guard count >= 0, bytes.count - index >= count else { return false }
    index += count
    return true
  }

  mutating func word() -> UInt32? {
    let start = (index + 3) & ~3
    guard bytes.count >= start + 4 else { return nil }
    index = start + 4
    return (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
  }

  /// Whether there is something where it points.
  mutating func pointer() -> Bool? { word().map { $0 != 0 } }

  mutating func header() -> Bool {
    guard bytes.count >= 16, bytes[0] == 1, bytes[1] == 0x10, bytes[2] == 8, bytes[3] == 0 else { return false }
    return skip(16)
  }

  /// The fixed parts of several RPC_UNICODE_STRINGs: whether each has text.
  mutating func strings(_ count: Int) -> [Bool]? {
    var present: [Bool] = []
    for _ in 0..<count {
      guard word() != nil, let pointer = pointer() else { return nil }
      present.append(pointer)
    }
    return present
  }

  mutating func skipString() -> Bool {
    guard word() != nil, word() == 0, let count = word(), count <= 32_768 else { return false }
    return skip(Int(count) * 2)
  }

  /// GROUP_MEMBERSHIPs: relative identifiers of those that count.
  mutating func memberships(_ isPresent: Bool, _ count: UInt32) -> [UInt32]? {
    guard isPresent else { return count == 0 ? [] : nil }
    guard count <= GroupIdentifiers.countMax, word() == count else { return nil }
    var identifiers: [UInt32] = []
    for _ in 0..<count {
      guard let identifier = word(), let attributes = word() else { return nil }
      if Self.counts(attributes) { identifiers.append(identifier) }
    }
    return identifiers
  }

  mutating func extraIdentifiers(_ isPresent: Bool, _ count: UInt32) -> [ByteString]? {
    guard isPresent else { return count == 0 ? [] : nil }
    guard count <= GroupIdentifiers.countMax, word() == count else { return nil }
    var counting: [Bool] = []
    for _ in 0..<count {
      guard pointer() == true, let attributes = word() else { return nil }
      counting.append(Self.counts(attributes))
    }
    var identifiers: [ByteString] = []
    for counts in counting {
      guard let identifier = identifier() else { return nil }
      if counts { identifiers.append(identifier) }
    }
    return identifiers
  }

  private static func counts(_ attributes: UInt32) -> Bool {
    attributes & enabled != 0 && attributes & denyOnly == 0
  }

  /// An RPC_SID as text. Source: MS-DTYP section 2.4.2.1.
  mutating func identifier() -> ByteString? {
    guard let count = word(), (1...15).contains(count), bytes.count - index >= 8, bytes[index] == 1,
      UInt32(bytes[index + 1]) == count
    else { return nil }
    let authority = bytes[(index + 2)..<(index + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    index += 8
    var text = "S-1-\(authority)"
    for _ in 0..<count {
      guard let part = word() else { return nil }
      text += "-\(part)"
    }
    return ByteString(text)
  }
}
