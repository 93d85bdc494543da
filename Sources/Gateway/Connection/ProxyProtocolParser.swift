import S3Model

/// Reads a PROXY protocol header, versions 1 and 2 (haproxy's proxy-protocol.txt, 2020-03-05). Pure.
struct ProxyProtocolParser {
  enum Outcome: Equatable {
    case needsMore
    /// The header took so many bytes. The address is the client's, nil for LOCAL, UNKNOWN and unspecified families.
    case header(bytes: Int, source: String?, port: UInt16)
    /// No PROXY header, or a broken one: close the connection, as the specification demands.
    case malformed
  }

  /// Version 1 lines end within 107 bytes; version 2 headers are bounded here far below their 64 KiB maximum.
  static let version1BytesMax = 107
  static let version2BytesMax = 4096
  private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

  static func parse(_ input: UnsafeRawBufferPointer) -> Outcome {
    guard let first = input.first else { return .needsMore }
    if first == signature[0] { return parseVersion2(input) }
    return parseVersion1(input)
  }

  private static func parseVersion1(_ input: UnsafeRawBufferPointer) -> Outcome {
    let prefix = Array("PROXY ".utf8)
    for index in 0..<min(prefix.count, input.count) where input[index] != prefix[index] { return .malformed }
    let limit = min(input.count, version1BytesMax)
    guard let end = (0..<limit).first(where: { input[$0] == 0x0A }) else {
      return input.count >= version1BytesMax ? .malformed : .needsMore
    }
    guard end > prefix.count, input[end - 1] == 0x0D else { return .malformed }
    let line = String(decoding: UnsafeRawBufferPointer(rebasing: input[prefix.count..<(end - 1)]), as: UTF8.self)
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    if parts.first == "UNKNOWN" { return .header(bytes: end + 1, source: nil, port: 0) }
    guard parts.count == 5, parts[0] == "TCP4" || parts[0] == "TCP6", let port = port(parts[3]),
      self.port(parts[4]) != nil, let source = IPAddress(String(parts[1])), IPAddress(String(parts[2])) != nil,
      source.isIPv6 == (parts[0] == "TCP6")
    else { return .malformed }
    return .header(bytes: end + 1, source: source.description, port: port)
  }

  /// Digits without a sign or a leading zero.
  private static func port(_ text: Substring) -> UInt16? {
    guard text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), text == "0" || text.utf8.first != 0x30 else { return nil }
    return UInt16(text)
  }

  private static func parseVersion2(_ input: UnsafeRawBufferPointer) -> Outcome {
    for index in 0..<min(signature.count, input.count) where input[index] != signature[index] { return .malformed }
    guard input.count >= 16 else { return .needsMore }
    let length = Int(input[14]) << 8 | Int(input[15])
    guard input[12] >> 4 == 2, 16 + length <= version2BytesMax else { return .malformed }
    guard input.count >= 16 + length else { return .needsMore }
    let command = input[12] & 0x0F
    guard command <= 1 else { return .malformed }
    let total = 16 + length
    if command == 0 { return .header(bytes: total, source: nil, port: 0) }
    func port(_ offset: Int) -> UInt16 { UInt16(input[offset]) << 8 | UInt16(input[offset + 1]) }
    switch input[13] {
    case 0x11:
      guard length >= 12 else { return .malformed }
      let source = IPAddress(ipv4: Array(input[16..<20]))
      return .header(bytes: total, source: source.description, port: port(24))
    case 0x21:
      guard length >= 36 else { return .malformed }
      let source = IPAddress(ipv6: Array(input[16..<32]))
      return .header(bytes: total, source: source.description, port: port(48))
    case 0x00:
      return .header(bytes: total, source: nil, port: 0)
    default:
      return .malformed
    }
  }
}
