import HTTPWire
import S3Model
import S3Wire

/// Parses `METHOD target` and header lines as the gateway does: head first, then the S3 request.
func parse(
  _ line: String, host: String = "localhost:9000", _ headers: [String] = [], domains: [String] = []
) throws -> S3Request {
  var parser = RequestHeadParser(limits: HeadLimits())
  var head = RequestHead()
  let text = "\(line) HTTP/1.1\r\nHost: \(host)\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n"
  _ = try Array(text.utf8).withUnsafeBytes { bytes in
    Result { () throws(HTTPParseError) in try parser.parse(bytes, into: &head) }
  }.get()
  return try S3RequestParser(virtualHostDomains: domains).parse(head)
}

/// The accesses as `action arn`, and ` @version` where there is one.
func accesses(_ request: S3Request) -> [String] {
  request.accesses.map { "\($0.action.name) \($0.resource)" + ($0.versionID.map { " @\($0)" } ?? "") }
}
