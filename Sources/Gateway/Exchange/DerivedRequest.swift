import HTTPWire
import S3Model
import S3Wire

/// Requests that the gateway makes up to carry out a client's: they go through the same parsers as any other.
enum DerivedRequest {
  /// A path-style object request with these header lines; nil when a value could not stand in a header.
  static func make(
    _ method: StaticString, _ bucket: String, _ key: ByteString, _ lines: [(name: StaticString, value: ByteString)],
    more: [(name: ByteString, value: ByteString)] = [], query: [QueryItem] = []
  ) -> S3Request? {
    var text: [UInt8] = []
    func append(_ part: StaticString) { part.withUTF8Buffer { text.append(contentsOf: $0) } }
    append(method)
    text.append(contentsOf: " /\(bucket)/".utf8)
    text.append(contentsOf: PercentEncoding.path(key.bytes))
    append(" HTTP/1.1\r\nhost: internal\r\n")
    for line in lines {
      guard line.value.bytes.allSatisfy(ASCII.isFieldValue) else { return nil }
      append(line.name)
      append(": ")
      text.append(contentsOf: line.value.bytes)
      append("\r\n")
    }
    for line in more {
      guard line.value.bytes.allSatisfy(ASCII.isFieldValue), line.name.bytes.allSatisfy(ASCII.isToken) else {
        return nil
      }
      text.append(contentsOf: line.name.bytes)
      append(": ")
      text.append(contentsOf: line.value.bytes)
      append("\r\n")
    }
    append("\r\n")
    var parser = RequestHeadParser(limits: HeadLimits(headBytesMax: 65_536, fieldCountMax: 512))
    var head = RequestHead()
    let parsed = text.withUnsafeBytes { bytes in
      Result { () throws(HTTPParseError) in try parser.parse(bytes, into: &head) }
    }
    guard case .success(text.count) = parsed else { return nil }
    return Result { () throws(S3WireError) in try S3RequestParser().parse(head) }.success
  }
}

extension Result {
  /// The value of a success; nil for a failure whose cause does not matter to the caller.
  var success: Success? { if case .success(let value) = self { value } else { nil } }
}
