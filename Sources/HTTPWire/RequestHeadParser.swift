/// Parses HTTP/1.1 request heads (RFC 9112), strictly: whatever two parsers might read differently is refused.
///
/// Bytes in, head out; no IO. One parser per connection.
public struct RequestHeadParser: Sendable {
  private let limits: HeadLimits
  private var boundary = HeadBoundary()

  public init(limits: HeadLimits) {
    self.limits = limits
  }

  /// Parses the head at the start of `input` into `head`, reusing its storage.
  ///
  /// `head` never mixes two messages: it is as before until its end is found, and emptied first when parsing fails.
  /// - Returns: the number of bytes consumed, nil when the head is not complete; then call again with the same bytes
  ///   and more behind them.
  public mutating func parse(
    _ input: UnsafeRawBufferPointer, into head: inout RequestHead
  ) throws(HTTPParseError) -> Int? {
    do throws(HTTPParseError) {
      return try parseHead(input, into: &head)
    } catch {
      // Ranges of an earlier message, or half of this one, must not be read as if they were of these bytes.
      head = RequestHead()
      throw error
    }
  }

  private mutating func parseHead(
    _ input: UnsafeRawBufferPointer, into head: inout RequestHead
  ) throws(HTTPParseError) -> Int? {
    // One empty line before a request line is ignored (RFC 9112 section 2.2); half of one is not looked at, so that
    // ``boundary`` counts from where the head will start.
    if input.count == 1, input[0] == 0x0D { return nil }
    let skipped = input.count >= 2 && input[0] == 0x0D && input[1] == 0x0A ? 2 : 0
    let rest = UnsafeRawBufferPointer(rebasing: input[skipped...])
    guard let end = try boundary.find(rest, headBytesMax: limits.headBytesMax) else { return nil }
    head.fields.removeAll()
    head.fields.bytes.append(contentsOf: rest[..<(end - 2)])
    let firstField = try parseRequestLine(&head)
    try FieldBlockParser().parse(&head.fields, from: firstField, fieldCountMax: limits.fieldCountMax)
    try interpret(&head)
    return skipped + end
  }

  /// `method SP target SP HTTP/1.x CRLF`, single spaces only.
  private func parseRequestLine(_ head: inout RequestHead) throws(HTTPParseError) -> Int {
    struct Line {
      var method: HTTPMethod = .other
      var methodRange = ByteRange(0, 0)
      var path = ByteRange(0, 0)
      var query: ByteRange?
      var minorVersion: UInt8 = 1
      var end = 0
    }
    let result = head.fields.bytes.withUnsafeBufferPointer { bytes -> Result<Line, HTTPParseError> in
      var line = Line()
      var index = 0
      while index < bytes.count, ASCII.isToken(bytes[index]) { index += 1 }
      guard index > 0, index <= 32, index < bytes.count, bytes[index] == 0x20 else {
        return .failure(.malformedStartLine)
      }
      line.methodRange = ByteRange(0, index)
      line.method = HTTPMethod(UnsafeBufferPointer(rebasing: bytes[0..<index]))
      index += 1
      let pathStart = index
      // Origin form only: an absolute form would name a second host beside the Host header.
      guard index < bytes.count, bytes[index] == 0x2F else { return .failure(.malformedTarget) }
      while index < bytes.count, ASCII.isTarget(bytes[index]), bytes[index] != 0x3F { index += 1 }
      line.path = ByteRange(pathStart, index)
      if index < bytes.count, bytes[index] == 0x3F {
        let queryStart = index + 1
        index += 1
        while index < bytes.count, ASCII.isTarget(bytes[index]) { index += 1 }
        line.query = ByteRange(queryStart, index)
      }
      guard index < bytes.count, bytes[index] == 0x20 else { return .failure(.malformedTarget) }
      index += 1
      guard index + 10 <= bytes.count,
        UnsafeBufferPointer(rebasing: bytes[index..<(index + 5)]).elementsEqual("HTTP/")
      else { return .failure(.malformedStartLine) }
      guard bytes[index + 5] == 0x31, bytes[index + 6] == 0x2E, bytes[index + 7] == 0x31 || bytes[index + 7] == 0x30
      else { return .failure(.unsupportedVersion) }
      line.minorVersion = bytes[index + 7] - 0x30
      guard bytes[index + 8] == 0x0D, bytes[index + 9] == 0x0A else { return .failure(.malformedStartLine) }
      line.end = index + 10
      return .success(line)
    }
    let line = try result.get()
    head.method = line.method
    head.methodRange = line.methodRange
    head.path = line.path
    head.query = line.query
    head.minorVersion = line.minorVersion
    return line.end
  }

  /// Framing, persistence and expectations, all decided once, here.
  private func interpret(_ head: inout RequestHead) throws(HTTPParseError) {
    let fields = head.fields
    let hosts = fields.count(.host)
    guard hosts == 1 || (hosts == 0 && head.minorVersion == 0) else { throw .missingOrRepeatedHost }
    let length = try fields.contentLength()
    let chunked = try fields.isChunked()
    switch (length, chunked) {
    case (.some, true): throw .contentLengthWithTransferEncoding
    case (.some(let length), false): head.framing = length == 0 ? .none : .contentLength(length)
    case (nil, true):
      guard head.minorVersion == 1 else { throw .unsupportedTransferEncoding }
      head.framing = .chunked
    case (nil, false): head.framing = .none
    }
    if head.minorVersion == 1 {
      head.keepsAlive = !fields.connectionLists("close")
    } else {
      head.keepsAlive = fields.connectionLists("keep-alive")
    }
    head.expectsContinue = false
    if let expectation = fields.first(.expect) {
      guard fields.count(.expect) == 1, fields.equalsIgnoringCase(expectation, "100-continue") else {
        throw .unsupportedExpectation
      }
      head.expectsContinue = head.minorVersion == 1 && head.framing != .none
    }
  }
}
