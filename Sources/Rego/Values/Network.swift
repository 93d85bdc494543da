#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An address of IPv4 or IPv6, as Go's `net` reads it: an IPv4 address mapped into IPv6 is the IPv4 address.
struct NetworkAddress: Hashable, Sendable {
  var isV4: Bool
  /// IPv4 addresses in the low 32 bits.
  var bits: UInt128

  var width: Int { isV4 ? 32 : 128 }

  init(isV4: Bool, bits: UInt128) {
    self.isV4 = isV4
    self.bits = bits
  }

  init?(_ bytes: some Collection<UInt8>) {
    guard (2...45).contains(bytes.count), !bytes.contains(0) else { return nil }
    var text: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)
    var parsed: UInt128 = 0
    let isV4 = !bytes.contains(UInt8(ascii: ":"))
    let outcome = withUnsafeMutableBytes(of: &text) { buffer in
      for (position, byte) in bytes.enumerated() { buffer[position] = byte }
      let characters = buffer.assumingMemoryBound(to: CChar.self)
      return inet_pton(isV4 ? AF_INET : AF_INET6, characters.baseAddress, &parsed)
    }
    guard outcome == 1 else { return nil }
    if isV4 {
      self.init(isV4: true, bits: UInt128(UInt32(truncatingIfNeeded: parsed).byteSwapped))
    } else {
      let bits = parsed.byteSwapped
      let isMapped = bits >> 32 == 0xFFFF
      self.init(isV4: isMapped, bits: isMapped ? bits & 0xFFFF_FFFF : bits)
    }
  }

  var text: Text {
    var buffer = [CChar](repeating: 0, count: 46)
    if isV4 {
      var address = UInt32(truncatingIfNeeded: bits).byteSwapped
      _ = inet_ntop(AF_INET, &address, &buffer, 46)
    } else {
      var address = bits.byteSwapped
      _ = inet_ntop(AF_INET6, &address, &buffer, 46)
    }
    return Text(bytes: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
  }
}

/// A range of addresses with a common prefix.
struct Network: Hashable, Sendable {
  /// The first one.
  var address: NetworkAddress
  var prefix: Int
  /// As it was written, host bits included.
  var written: NetworkAddress

  init(_ address: NetworkAddress, prefix: Int) {
    written = address
    self.prefix = prefix
    self.address = NetworkAddress(isV4: address.isV4, bits: address.bits & Self.mask(address.width, prefix))
  }

  /// `192.0.2.0/24`, `2001:db8::/32`.
  init?(_ text: Text) {
    let bytes = text.bytes
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")), let address = NetworkAddress(bytes[..<slash]) else {
      return nil
    }
    let digits = bytes[(slash + 1)...]
    guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    var prefix = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    let isMapped = address.isV4 && bytes[..<slash].contains(UInt8(ascii: ":"))
    if isMapped {
      // Shorter than the mapping itself it would be a network of IPv6 that no mapped address is in.
      guard (96...128).contains(prefix) else { return nil }
      prefix -= 96
    }
    guard prefix <= address.width else { return nil }
    self.init(address, prefix: prefix)
  }

  private static func mask(_ width: Int, _ prefix: Int) -> UInt128 {
    let all: UInt128 = width == 32 ? 0xFFFF_FFFF : .max
    return prefix == 0 ? 0 : all & (all << UInt128(width - prefix))
  }

  var last: UInt128 { address.bits | (Self.mask(address.width, address.width) & ~Self.mask(address.width, prefix)) }

  func contains(_ other: NetworkAddress) -> Bool {
    other.isV4 == address.isV4 && other.bits & Self.mask(address.width, prefix) == address.bits
  }

  func contains(_ other: Network) -> Bool { prefix <= other.prefix && contains(other.address) }

  var text: Text { Text(bytes: written.text.bytes + Array("/\(prefix)".utf8)) }
}

extension Network {
  /// The fewest networks that cover the same addresses. Neighbors are joined, what lies within another is dropped.
  static func merge(_ networks: [Network]) -> [Network] {
    struct Span {
      var isV4: Bool
      var first: UInt128
      var last: UInt128
      /// Nil once joined.
      var network: Network?
    }
    var spans = networks.map { Span(isV4: $0.address.isV4, first: $0.address.bits, last: $0.last, network: $0) }
    spans.sort { left, right in
      if left.isV4 != right.isV4 { return left.isV4 }
      return left.last != right.last ? left.last < right.last : left.first < right.first
    }
    var position = spans.count - 1
    while position > 0 {
      let (span, before) = (spans[position], spans[position - 1])
      if span.isV4 == before.isV4, span.first == 0 || span.first - 1 <= before.last {
        spans[position - 1] = Span(
          isV4: span.isV4, first: min(span.first, before.first), last: span.last, network: nil)
        spans.remove(at: position)
      }
      position -= 1
    }
    return spans.flatMap { span in span.network.map { [$0] } ?? covering(span.isV4, span.first, span.last) }
  }

  /// The networks that together are exactly a span.
  private static func covering(_ isV4: Bool, _ first: UInt128, _ last: UInt128) -> [Network] {
    let width = isV4 ? 32 : 128
    var networks: [Network] = []
    var first = first
    while true {
      var hostBits = min(first == 0 ? width : first.trailingZeroBitCount, width)
      while hostBits > 0 {
        let size: UInt128 = hostBits == 128 ? .max : (UInt128(1) << UInt128(hostBits)) - 1
        if last - first >= size { break }
        hostBits -= 1
      }
      networks.append(Network(NetworkAddress(isV4: isV4, bits: first), prefix: width - hostBits))
      let size: UInt128 = hostBits == 128 ? .max : (UInt128(1) << UInt128(hostBits)) - 1
      if last - first <= size { return networks }
      first += size + 1
    }
  }
}
