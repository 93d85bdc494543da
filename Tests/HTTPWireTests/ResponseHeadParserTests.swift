import Testing

@testable import HTTPWire

@Suite struct ResponseHeadParserTests {
  func parse(_ text: String, isHead: Bool = false) throws -> ResponseHead {
    var head = ResponseHead()
    var parser = ResponseHeadParser(limits: HeadLimits())
    let consumed = try Array(text.utf8).withUnsafeBytes { try parser.parse($0, toHeadRequest: isHead, into: &head) }
    #expect(consumed == text.utf8.count)
    return head
  }

  @Test func readsFraming() throws {
    #expect(try parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").framing == .contentLength(5))
    #expect(try parse("HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n").framing == .chunked)
    #expect(try parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", isHead: true).framing == .none)
    #expect(try parse("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n").framing == .none)
    let untilClose = try parse("HTTP/1.1 200 OK\r\nETag: x\r\n\r\n")
    #expect(untilClose.framing == .untilClose)
    #expect(!untilClose.keepsAlive)
    #expect(try parse("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n").keepsAlive == false)
  }

  @Test(arguments: [
    "HTTP/1.1 99 X\r\n\r\n", "HTTP/2 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 600 X\r\n\r\n",
  ])
  func refuses(_ text: String) {
    #expect(throws: HTTPParseError.self) { _ = try parse(text) }
  }
}
