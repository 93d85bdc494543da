import Testing

@testable import HTTPWire

func parseHead(_ text: String, limits: HeadLimits = HeadLimits()) throws(HTTPParseError) -> (RequestHead, Int?) {
  var head = RequestHead()
  var parser = RequestHeadParser(limits: limits)
  let bytes = Array(text.utf8)
  let result = bytes.withUnsafeBytes { input -> Result<Int?, HTTPParseError> in
    do throws(HTTPParseError) { return .success(try parser.parse(input, into: &head)) } catch { return .failure(error) }
  }
  return (head, try result.get())
}

@Suite struct RequestHeadParserTests {
  @Test func parsesAPlainRequest() throws {
    let text =
      "GET /bucket/a%20b?list-type=2&x HTTP/1.1\r\nHost: h:9000\r\nX-Amz-Date:  20240101T000000Z \r\nFoo: Bar\r\n\r\nrest"
    let (head, consumed) = try parseHead(text)
    #expect(consumed == text.utf8.count - 4)
    #expect(head.method == .get)
    #expect(head.fields.string(head.path) == "/bucket/a%20b")
    #expect(head.query.map { head.fields.string($0) } == "list-type=2&x")
    #expect(head.fields.string(.xAmzDate) == "20240101T000000Z")
    #expect(head.fields.string(head.fields.fields[2].name) == "foo")
    #expect(head.fields.fields[2].id == .other)
    #expect(head.keepsAlive)
    #expect(head.framing == .none)
  }

  @Test func everyKnownNameIsFound() throws {
    for name in FieldName.allCases where ![.other, .host, .contentLength, .transferEncoding, .expect].contains(name) {
      let (head, _) = try parseHead("PUT / HTTP/1.1\r\nHost: h\r\n\(name.name): v\r\n\r\n")
      #expect(head.fields.fields.last?.id == name)
      #expect(head.fields.contains(name))
    }
  }

  @Test func tokenTableSaysWhatTheClassesSay() {
    for byte in UInt8.min...UInt8.max {
      #expect(ASCII.lowercasedToken(byte) == (ASCII.isToken(byte) ? ASCII.lowercased(byte) : 0), "\(byte)")
    }
  }

  /// Wherever in a value a byte stands, and whatever stands around it: words of eight are looked at, at any alignment.
  @Test(arguments: 0..<20)
  func valuesHoldExactlyTheirBytes(_ offset: Int) throws {
    for byte in UInt8.min...UInt8.max where ![0x0A, 0x0D].contains(byte) {
      for (before, after) in [(UInt8(0x61), 20), (0xFF, 20), (0x80, 1)] {
        var text = Array("GET / HTTP/1.1\r\nHost: h\r\nX: ".utf8)
        let value = Array(repeating: before, count: offset + 1) + [byte] + Array(repeating: 0x62, count: after)
        text += value + Array("\r\n\r\n".utf8)
        var head = RequestHead()
        var parser = RequestHeadParser(limits: HeadLimits())
        if ASCII.isFieldValue(byte) {
          #expect(try text.withUnsafeBytes { try parser.parse($0, into: &head) } == text.count)
          let range = try #require(head.fields.fields.last?.value)
          #expect(head.fields.withBytes(range) { Array($0) } == value)
        } else {
          #expect(throws: HTTPParseError.malformedFieldValue) {
            _ = try text.withUnsafeBytes { try parser.parse($0, into: &head) }
          }
        }
      }
    }
  }

  @Test func waitsForTheWholeHeadByteByByte() throws {
    let text = Array("PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n".utf8)
    var head = RequestHead()
    var parser = RequestHeadParser(limits: HeadLimits())
    for count in 0..<text.count {
      #expect(try text[..<count].withUnsafeBytes { try parser.parse($0, into: &head) } == nil)
    }
    #expect(try text.withUnsafeBytes { try parser.parse($0, into: &head) } == text.count)
    #expect(head.framing == .contentLength(3))
    #expect(head.expectsContinue)
  }

  /// The empty line before a head does not shift where the search for its end goes on.
  @Test(arguments: ["\r\n\n", "\r\n\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "\n"])
  func isRefusedHoweverItComes(_ text: String) {
    #expect(throws: HTTPParseError.self) { try parseHead(text) }
    let bytes = Array(text.utf8)
    var head = RequestHead()
    var parser = RequestHeadParser(limits: HeadLimits())
    #expect(throws: HTTPParseError.bareLineBreak) {
      for count in 0...bytes.count { _ = try bytes[..<count].withUnsafeBytes { try parser.parse($0, into: &head) } }
    }
  }

  @Test func ignoresAnEmptyLineBefore() throws {
    let text = Array("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
    #expect(try parseHead(String(decoding: text, as: UTF8.self)).1 == text.count)
    var head = RequestHead()
    var parser = RequestHeadParser(limits: HeadLimits())
    for count in 0..<text.count {
      #expect(try text[..<count].withUnsafeBytes { try parser.parse($0, into: &head) } == nil)
    }
    #expect(try text.withUnsafeBytes { try parser.parse($0, into: &head) } == text.count)
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\nHost: h\n\n", HTTPParseError.bareLineBreak),
    ("GET / HTTP/1.1\r\nHost: h\nA: b\r\n\r\n", .bareLineBreak),
    ("GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n", .bareLineBreak),
    ("GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", .foldedField),
    ("GET / HTTP/1.1\r\nHost : h\r\n\r\n", .malformedFieldName),
    ("GET / HTTP/1.1\r\nHost: h\r\nA\r\n\r\n", .malformedFieldName),
    ("GET / HTTP/1.1\r\nHost: h\r\nA: \u{0}\r\n\r\n", .malformedFieldValue),
    ("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", .malformedTarget),
    ("GET / HTTP/1.1 \r\nHost: h\r\n\r\n", .malformedStartLine),
    ("GET / HTTP/2.0\r\nHost: h\r\n\r\n", .unsupportedVersion),
    ("GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", .malformedTarget),
    ("GET /é HTTP/1.1\r\nHost: h\r\n\r\n", .malformedTarget),
    ("GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", .malformedTarget),
    ("GET / HTTP/1.1\r\n\r\n", .missingOrRepeatedHost),
    ("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", .missingOrRepeatedHost),
    ("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", .repeatedContentLength),
    ("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\n", .repeatedContentLength),
    ("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n", .malformedContentLength),
    ("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", .malformedContentLength),
    (
      "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      .contentLengthWithTransferEncoding
    ),
    ("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .unsupportedTransferEncoding),
    ("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n", .unsupportedTransferEncoding),
    ("PUT / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", .unsupportedTransferEncoding),
    ("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 200-ok\r\n\r\n", .unsupportedExpectation),
  ])
  func refuses(_ text: String, _ expected: HTTPParseError) {
    #expect(throws: expected) { _ = try parseHead(text) }
  }

  /// A connection's heads share one `head`: what a refused one leaves in it must not point into the one before.
  @Test(arguments: [
    "(\r\n\r\n", "GET  /\r\n\r\n", "GET / HTTP/1.1\r\nA\r\n\r\n", "\n", String(repeating: "h", count: 99),
  ])
  func leavesNothingOfEarlierHeads(_ refused: String) throws {
    var head = RequestHead()
    var parser = RequestHeadParser(limits: HeadLimits(headBytesMax: 99, fieldCountMax: 9))
    let first = Array("HEAD /\(String(repeating: "a", count: 60))?q HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
    #expect(try first.withUnsafeBytes { try parser.parse($0, into: &head) } == first.count)
    #expect(head.path.count == 61)
    #expect(throws: HTTPParseError.self) {
      _ = try Array(refused.utf8).withUnsafeBytes { try parser.parse($0, into: &head) }
    }
    #expect(head.fields.string(head.path) == "")
    #expect(head.query == nil)
    #expect(head.method == .other)
    #expect(head.fields.bytes.isEmpty)
  }

  @Test func boundsHeads() throws {
    let limits = HeadLimits(headBytesMax: 100, fieldCountMax: 3)
    #expect(throws: HTTPParseError.headTooLarge) {
      _ = try parseHead("GET / HTTP/1.1\r\nHost: " + String(repeating: "h", count: 100), limits: limits)
    }
    #expect(throws: HTTPParseError.tooManyFields) {
      _ = try parseHead("GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", limits: limits)
    }
    _ = try parseHead("GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\n\r\n", limits: limits)
  }

  @Test func readsConnectionOptions() throws {
    let (head, _) = try parseHead("GET / HTTP/1.1\r\nHost: h\r\nConnection: X-Amz-Date , close\r\n\r\n")
    #expect(!head.keepsAlive)
    #expect(head.fields.connectionLists("x-amz-date"))
    #expect(!head.fields.connectionLists("keep-alive"))
    #expect(try parseHead("GET / HTTP/1.0\r\n\r\n").0.keepsAlive == false)
  }
}
