import Testing

@testable import Gateway

@Suite struct ProxyProtocolParserTests {
  private func parse(_ bytes: [UInt8]) -> ProxyProtocolParser.Outcome {
    bytes.withUnsafeBytes { ProxyProtocolParser.parse($0) }
  }

  private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

  private static func version2(_ command: UInt8, _ family: UInt8, _ body: [UInt8]) -> [UInt8] {
    signature + [command, family, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
  }

  private static let ipv4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 1, 0x12, 0x67, 0x01, 0xBB]
  private static let ipv6: [UInt8] =
    [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
    + [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [2] + [0x12, 0x67, 0x01, 0xBB]

  private static let headers: [([UInt8], String?, UInt16)] = [
    (Array("PROXY TCP4 192.0.2.1 198.51.100.1 4711 443\r\n".utf8), "192.0.2.1", 4711),
    (Array("PROXY TCP6 2001:db8::1 2001:db8::2 65535 0\r\n".utf8), "2001:db8::1", 65535),
    (Array("PROXY UNKNOWN\r\n".utf8), nil, 0),
    (Array("PROXY UNKNOWN ffff::1 whatever 1 2\r\n".utf8), nil, 0),
    (version2(0x21, 0x11, ipv4), "192.0.2.1", 4711),
    (version2(0x21, 0x21, ipv6), "2001:db8::1", 4711),
    // Further fields behind the addresses are passed over.
    (version2(0x21, 0x11, ipv4 + [0x03, 0, 4, 1, 2, 3, 4]), "192.0.2.1", 4711),
    (version2(0x20, 0x11, ipv4), nil, 0),
    (version2(0x20, 0x00, []), nil, 0),
    (version2(0x21, 0x00, []), nil, 0),
  ]

  /// Every header, with what follows, at every split.
  @Test(arguments: 0..<10)
  func readsWholeHeadersOnly(_ index: Int) {
    let (header, source, port) = Self.headers[index]
    for count in 0..<header.count {
      #expect(parse(Array(header[..<count])) == .needsMore, "cut at \(count)")
    }
    let whole = ProxyProtocolParser.Outcome.header(bytes: header.count, source: source, port: port)
    #expect(parse(header) == whole)
    #expect(parse(header + Array("GET / HTTP/1.1\r\n".utf8)) == whole)
    #expect(parse(header + header) == whole)
  }

  @Test(arguments: [
    "G", "GET / HTTP/1.1\r\n", "PROXX", "PROXY\r\n", "PROXY \r\n", "PROXY TCP4\r\n",
    "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.1 4711 443\n", "PROXY TCP4 192.0.2.1 198.51.100.1 4711\r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.1 4711 443 1\r\n", "PROXY TCP4  192.0.2.1 198.51.100.1 4711 443\r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.1 65536 443\r\n", "PROXY TCP4 192.0.2.1 198.51.100.1 +80 443\r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.1 -1 443\r\n", "PROXY TCP4 192.0.2.1 198.51.100.1 080 443\r\n",
    "PROXY TCP4 192.0.2.1 198.51.100.1  443\r\n", "PROXY TCP4 192.0.2.300 198.51.100.1 1 2\r\n",
    "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n", "PROXY TCP6 192.0.2.1 198.51.100.1 1 2\r\n",
    "PROXY UDP4 192.0.2.1 198.51.100.1 1 2\r\n",
  ])
  func refusesOtherLines(_ text: String) {
    #expect(parse(Array(text.utf8)) == .malformed)
  }

  @Test func boundsWhatItWaitsFor() {
    let line = Array("PROXY UNKNOWN ".utf8) + [UInt8](repeating: 0x61, count: 200)
    #expect(parse(Array(line[..<(ProxyProtocolParser.version1BytesMax - 1)])) == .needsMore)
    #expect(parse(Array(line[..<ProxyProtocolParser.version1BytesMax])) == .malformed)
    #expect(parse(line + [0x0D, 0x0A]) == .malformed)
    let fits = ProxyProtocolParser.version2BytesMax - 16
    let body = Self.ipv4 + [UInt8](repeating: 0, count: fits - 12)
    #expect(parse(Self.version2(0x21, 0x11, body)) == .header(bytes: fits + 16, source: "192.0.2.1", port: 4711))
    #expect(parse(Self.version2(0x21, 0x11, body + [0])) == .malformed)
    // Before the body comes.
    #expect(parse(Self.signature + [0x21, 0x11, 0xFF, 0xFF]) == .malformed)
  }

  @Test(
    arguments: [
      [0x11, 0x11], [0x31, 0x11], [0x22, 0x11], [0x2F, 0x11], [0x21, 0x12], [0x21, 0x31], [0x21, 0xFF],
    ] as [[UInt8]])
  func refusesOtherVersion2Headers(_ start: [UInt8]) {
    #expect(parse(Self.version2(start[0], start[1], Self.ipv6)) == .malformed)
  }

  @Test func refusesAddressesThatAreCutShort() {
    #expect(parse(Self.version2(0x21, 0x11, Array(Self.ipv4.dropLast()))) == .malformed)
    #expect(parse(Self.version2(0x21, 0x21, Array(Self.ipv6.dropLast()))) == .malformed)
    #expect(parse(Self.version2(0x21, 0x21, Self.ipv4)) == .malformed)
  }

  @Test func refusesABrokenSignatureAtItsFirstByte() {
    for index in 1..<Self.signature.count {
      var broken = Array(Self.signature[...index])
      broken[index] ^= 1
      #expect(parse(broken) == .malformed)
    }
  }
}
