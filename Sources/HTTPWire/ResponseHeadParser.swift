/// Parses HTTP/1.1 response heads (RFC 9112), as strictly as requests: a store that sends ambiguous framing
/// could otherwise smuggle one client's response to another.
public struct ResponseHeadParser: Sendable {
  private let limits: HeadLimits
  private var boundary = HeadBoundary()

  public init(limits: HeadLimits) {
    self.limits = limits
  }

  /// Parses the head at the start of `input` into `head`, reusing its storage.
  /// - Parameter isHead: whether the request was HEAD, so that the response has no body.
  /// - Returns: the number of bytes consumed, nil when the head is not complete.
  public mutating func parse(
    _ input: UnsafeRawBufferPointer, toHeadRequest isHead: Bool, into head: inout ResponseHead
  ) throws(HTTPParseError) -> Int? {
    guard let end = try boundary.find(input, headBytesMax: limits.headBytesMax) else { return nil }
    head.fields.removeAll()
    head.fields.bytes.append(contentsOf: input[..<(end - 2)])
    let firstField = try parseStatusLine(&head)
    try FieldBlockParser().parse(&head.fields, from: firstField, fieldCountMax: limits.fieldCountMax)
    try interpret(&head, isHead: isHead)
    return end
  }

  /// `HTTP/1.x SP status [SP reason] CRLF`.
  private func parseStatusLine(_ head: inout ResponseHead) throws(HTTPParseError) -> Int {
    let bytes = head.fields.bytes
    guard bytes.count >= 14, Self.startsWithName(bytes), bytes[8] == 0x20 else { throw .malformedStartLine }
    guard bytes[7] == 0x31 || bytes[7] == 0x30 else { throw .unsupportedVersion }
    var status: UInt16 = 0
    for index in 9..<12 {
      guard ASCII.isDigit(bytes[index]) else { throw .malformedStartLine }
      status = status * 10 + UInt16(bytes[index] - 0x30)
    }
    guard (100...599).contains(status) else { throw .malformedStartLine }
    var index = 12
    guard bytes[index] == 0x20 || bytes[index] == 0x0D else { throw .malformedStartLine }
    while index < bytes.count, ASCII.isFieldValue(bytes[index]) { index += 1 }
    guard index + 1 < bytes.count, bytes[index] == 0x0D, bytes[index + 1] == 0x0A else { throw .malformedStartLine }
    head.status = status
    head.minorVersion = bytes[7] - 0x30
    return index + 2
  }

  private static func startsWithName(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { UnsafeBufferPointer(rebasing: $0[0..<7]).elementsEqual("HTTP/1." as StaticString) }
  }

  private func interpret(_ head: inout ResponseHead, isHead: Bool) throws(HTTPParseError) {
    let length = try head.fields.contentLength()
    let chunked = try head.fields.isChunked()
    if length != nil, chunked { throw .contentLengthWithTransferEncoding }
    head.contentLength = length
    if isHead || head.status < 200 || head.status == 204 || head.status == 304 {
      head.framing = .none
    } else if chunked {
      head.framing = .chunked
    } else if let length {
      head.framing = length == 0 ? .none : .contentLength(length)
    } else {
      head.framing = .untilClose
    }
    if head.framing == .untilClose {
      head.keepsAlive = false
    } else if head.minorVersion == 1 {
      head.keepsAlive = !head.fields.connectionLists("close")
    } else {
      head.keepsAlive = head.fields.connectionLists("keep-alive")
    }
  }
}
