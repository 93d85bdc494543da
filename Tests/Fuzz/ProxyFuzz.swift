import S3Model

@testable import Gateway

/// PROXY protocol headers: what a prefix says never changes with what follows.
enum ProxyFuzz {
  static func run(_ input: [UInt8]) {
    let whole = parse(input[...])
    for count in 0..<min(input.count, 256) {
      let part = parse(input[..<count])
      switch (part, whole) {
      case (.needsMore, _): break
      case (.malformed, _): expect(whole == .malformed, "a broken header stays broken")
      case (.header(let bytes, _, _), _):
        expect(part == whole && bytes <= count, "a header stays what it is")
      }
    }
    if case .header(let bytes, let source, _) = whole {
      expect(bytes <= input.count, "a header ends within the input")
      if let source { expect(IPAddress(source)?.description == source, "an address is one") }
    } else if whole == .needsMore {
      expect(input.count < ProxyProtocolParser.version2BytesMax, "what is waited for is bounded")
    }
  }

  private static func parse(_ bytes: ArraySlice<UInt8>) -> ProxyProtocolParser.Outcome {
    bytes.withUnsafeBytes { ProxyProtocolParser.parse($0) }
  }
}
