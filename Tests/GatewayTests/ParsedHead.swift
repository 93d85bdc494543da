import HTTPWire
import Testing

/// A whole request head as the gateway parses it.
func parseHead(_ text: String) throws -> RequestHead {
  var parser = RequestHeadParser(limits: HeadLimits())
  var head = RequestHead()
  let bytes = Array(text.utf8)
  let consumed = try bytes.withUnsafeBytes { input in
    Result { () throws(HTTPParseError) in try parser.parse(input, into: &head) }
  }.get()
  try #require(consumed == bytes.count)
  return head
}
