public import HTTPWire
public import NIOCore

/// A request to another server, whole. Prints without its fields and body, where secrets travel.
public struct HTTPClientRequest: Sendable, CustomStringConvertible {
  public var method: HTTPMethod
  /// Origin form: path and query, percent-encoded.
  public var target: String
  /// Without Host, Content-Length, Transfer-Encoding and Connection, which are the client's own.
  public var fields: [(name: String, value: String)]
  public var body: ByteBuffer
  /// Whether it may be sent again when a connection kept from before turns out to be closed; set it for a POST that only
  /// asks.
  public var isRepeatable: Bool

  public init(
    _ method: HTTPMethod = .get, _ target: String, fields: [(name: String, value: String)] = [],
    body: ByteBuffer = ByteBuffer(), isRepeatable: Bool? = nil
  ) {
    self.method = method
    self.target = target
    self.fields = fields
    self.body = body
    self.isRepeatable = isRepeatable ?? (method != .post && method != .other)
  }

  public var description: String { "\(method.name) \(target)" }

  private static let ownFields: Set<String> = [
    "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
  ]

  /// The head as sent. Nothing in it can end a line that it does not end itself.
  func head(authority: String) throws(HTTPClientError) -> ByteBuffer {
    guard method != .other, target.utf8.first == 0x2F, target.utf8.count <= 16_384,
      target.utf8.allSatisfy({ ASCII.isTarget($0) })
    else { throw .invalidTarget }
    var head = ByteBuffer()
    head.reserveCapacity(256 + target.utf8.count)
    head.writeStaticString(method.name)
    head.writeString(" \(target) HTTP/1.1\r\nHost: \(authority)\r\n")
    var namesAgent = false
    for (name, value) in fields {
      guard !name.isEmpty, name.utf8.allSatisfy({ ASCII.isToken($0) }),
        value.utf8.allSatisfy({ ASCII.isFieldValue($0) })
      else { throw .invalidField(name: name) }
      let lowercased = name.lowercased()
      guard !Self.ownFields.contains(lowercased) else { throw .invalidField(name: name) }
      if lowercased == "user-agent" { namesAgent = true }
      head.writeString("\(name): \(value)\r\n")
    }
    if !namesAgent { head.writeString("User-Agent: martlet\r\n") }
    if body.readableBytes > 0 || method == .post || method == .put {
      head.writeString("Content-Length: \(body.readableBytes)\r\n")
    }
    head.writeString("\r\n")
    return head
  }
}
