/// An IPv4 or IPv6 address, as policies, settings and connections compare them.
///
/// IPv4-mapped IPv6 addresses (`::ffff:a.b.c.d`, RFC 4291 section 2.5.5.2) become IPv4, so that a dual-stack listener
/// cannot make a client slip past a rule about its IPv4 address.
public struct IPAddress: Hashable, Sendable {
  /// The 128 bits, IPv4 in the low 32.
  let high: UInt64
  let low: UInt64
  public let isIPv6: Bool

  /// - Parameter ipv4: four bytes in network order.
  public init(ipv4 bytes: [UInt8]) {
    precondition(bytes.count == 4, "an IPv4 address has four bytes")
    high = 0
    low = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    isIPv6 = false
  }

  /// - Parameter ipv6: sixteen bytes in network order.
  public init(ipv6 bytes: [UInt8]) {
    precondition(bytes.count == 16, "an IPv6 address has sixteen bytes")
    let high = bytes[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let low = bytes[8..<16].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if high == 0, low >> 32 == 0xFFFF {
      self.high = 0
      self.low = low & 0xFFFF_FFFF
      isIPv6 = false
    } else {
      self.high = high
      self.low = low
      isIPv6 = true
    }
  }

  /// Parses dotted decimal (no leading zeros, which some read as octal) or RFC 4291 text; no zone, no port.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    if bytes.contains(0x3A) {
      guard let groups = Self.parseIPv6(bytes) else { return nil }
      self.init(ipv6: groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
    } else {
      guard let octets = Self.parseIPv4(bytes[...]) else { return nil }
      self.init(ipv4: octets)
    }
  }

  /// The addresses that one subscriber has: the /64 of an IPv6 address (RFC 6177), an IPv4 address alone. What is counted
  /// by address is counted by this, or one host could be as many as it likes.
  public var subscriber: IPAddress {
    guard isIPv6 else { return self }
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * $0)) }
    return IPAddress(ipv6: prefix + [UInt8](repeating: 0, count: 8))
  }

  private static func parseIPv4(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    let parts = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var octets: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
      guard part.count == 1 || part.first != 0x30 else { return nil }
      let value = part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      guard value < 256 else { return nil }
      octets.append(UInt8(value))
    }
    return octets
  }

  private static func parseIPv6(_ bytes: [UInt8]) -> [UInt16]? {
    guard bytes.count <= 45 else { return nil }
    var head: [UInt16] = []
    var tail: [UInt16]?
    var index = 0
    if bytes.starts(with: [0x3A, 0x3A]) {
      tail = []
      index = 2
    }
    func append(_ group: UInt16) { if tail != nil { tail?.append(group) } else { head.append(group) } }
    while index < bytes.count {
      let stop = bytes[index...].firstIndex(of: 0x3A) ?? bytes.count
      let part = bytes[index..<stop]
      if part.contains(0x2E) {
        guard stop == bytes.count, let octets = parseIPv4(part) else { return nil }
        append(UInt16(octets[0]) << 8 | UInt16(octets[1]))
        append(UInt16(octets[2]) << 8 | UInt16(octets[3]))
        index = stop
        break
      }
      guard (1...4).contains(part.count), let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16),
        part.first != 0x2B
      else { return nil }
      append(group)
      guard stop < bytes.count else {
        index = stop
        break
      }
      index = stop + 1
      if index == bytes.count { return nil }
      if bytes[index] == 0x3A {
        guard tail == nil else { return nil }
        tail = []
        index += 1
      }
    }
    guard let tail else { return head.count == 8 ? head : nil }
    let missing = 8 - head.count - tail.count
    guard missing >= 1 else { return nil }
    return head + [UInt16](repeating: 0, count: missing) + tail
  }
}

extension IPAddress: CustomStringConvertible {
  /// Dotted decimal, or RFC 5952 text.
  public var description: String {
    guard isIPv6 else {
      return "\(low >> 24 & 0xFF).\(low >> 16 & 0xFF).\(low >> 8 & 0xFF).\(low & 0xFF)"
    }
    let groups = (0..<8).map { index -> UInt64 in
      let half = index < 4 ? high : low
      return half >> UInt64(48 - 16 * (index % 4)) & 0xFFFF
    }
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > max(best.count, 1) { best = start..<end }
      start = max(end, start + 1)
    }
    func hex(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    return best.isEmpty ? hex(0..<8) : hex(0..<best.lowerBound) + "::" + hex(best.upperBound..<8)
  }
}

/// A block of addresses in CIDR notation (RFC 4632): `192.0.2.0/24`, `2001:db8::/32`, or one address.
public struct IPNetwork: Hashable, Sendable {
  private let base: IPAddress
  private let prefixLength: Int

  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let address = parts.first.flatMap({ IPAddress($0) }), parts.count <= 2 else { return nil }
    let bits = address.isIPv6 ? 128 : 32
    var length = bits
    if parts.count == 2 {
      guard !parts[1].isEmpty, parts[1].utf8.allSatisfy({ $0 &- 0x30 < 10 }), let given = Int(parts[1]), given <= bits
      else { return nil }
      length = given
    }
    base = address
    prefixLength = length
  }

  @inline(__always)
  public func contains(_ address: IPAddress) -> Bool {
    guard address.isIPv6 == base.isIPv6 else { return false }
    if !base.isIPv6 {
      let shift = UInt64(32 - prefixLength)
      return address.low >> shift == base.low >> shift
    }
    if prefixLength <= 64 {
      let shift = UInt64(64 - prefixLength)
      return shift == 64 || address.high >> shift == base.high >> shift
    }
    let shift = UInt64(128 - prefixLength)
    return address.high == base.high && address.low >> shift == base.low >> shift
  }
}
