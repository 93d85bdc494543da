import HTTPWire
import S3Model

/// Request heads as the gateway parses them.
enum Heads {
  static func parse(_ bytes: [UInt8]) -> Result<(head: RequestHead, consumed: Int)?, HTTPParseError> {
    var parser = RequestHeadParser(limits: HeadLimits())
    var head = RequestHead()
    return bytes.withUnsafeBytes { input in
      Result { () throws(HTTPParseError) in try parser.parse(input, into: &head) }
    }.map { consumed in consumed.map { (head, $0) } }
  }

  /// As ``parse(_:)``, for input of which every byte comes alone.
  static func parseByteByByte(_ bytes: [UInt8]) -> Result<(head: RequestHead, consumed: Int)?, HTTPParseError> {
    var parser = RequestHeadParser(limits: HeadLimits())
    var head = RequestHead()
    for count in 0...bytes.count {
      let result = bytes[..<count].withUnsafeBytes { input in
        Result { () throws(HTTPParseError) in try parser.parse(input, into: &head) }
      }
      switch result {
      case .success(nil): continue
      case .success(.some(let consumed)): return .success((head, consumed))
      case .failure(let error): return .failure(error)
      }
    }
    return .success(nil)
  }

  static func parseWhole(_ text: [UInt8]) -> RequestHead? {
    guard case .success(.some(let parsed)) = parse(text), parsed.consumed == text.count else { return nil }
    return parsed.head
  }

  static func text(_ head: RequestHead, _ range: ByteRange) -> [UInt8] {
    head.fields.withBytes(range) { Array($0) }
  }
}
