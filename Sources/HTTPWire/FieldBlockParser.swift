#if canImport(Glibc)
import Glibc
#endif

/// Reads header lines into ``HeaderFields``; shared by requests and responses.
struct FieldBlockParser {
  private let table = FieldNameTable.shared

  /// Parses the lines in `fields.bytes[start...]`, each ending in CRLF, without the empty line.
  func parse(_ fields: inout HeaderFields, from start: Int, fieldCountMax: Int) throws(HTTPParseError) {
    var bytes: [UInt8] = []
    swap(&bytes, &fields.bytes)
    defer { swap(&bytes, &fields.bytes) }
    let failure = bytes.withUnsafeMutableBufferPointer { buffer -> HTTPParseError? in
      var position = start
      let end = buffer.count
      while position < end {
        if fields.fields.count == fieldCountMax { return .tooManyFields }
        if let failure = parseLine(buffer, &position, &fields) { return failure }
      }
      return nil
    }
    if let failure { throw failure }
  }

  @inline(__always)
  private func parseLine(
    _ buffer: UnsafeMutableBufferPointer<UInt8>, _ position: inout Int, _ fields: inout HeaderFields
  ) -> HTTPParseError? {
    let end = buffer.count
    let nameStart = position
    var index = nameStart
    if buffer[index] == 0x20 || buffer[index] == 0x09 { return .foldedField }
    var hash = FieldNameTable.seed
    while index < end {
      let byte = ASCII.lowercasedToken(buffer[index])
      if byte == 0 { break }
      buffer[index] = byte
      hash = FieldNameTable.mix(hash, byte)
      index += 1
    }
    // No white space between name and colon (RFC 9112 section 5.1): it is a classic smuggling vector.
    guard index > nameStart, index < end, buffer[index] == 0x3A else { return .malformedFieldName }
    let nameEnd = index
    index += 1
    while index < end, buffer[index] == 0x20 || buffer[index] == 0x09 { index += 1 }
    let valueStart = index
    index = Self.endOfValue(buffer, from: index)
    guard index < end else { return .bareLineBreak }
    guard buffer[index] == 0x0D else { return buffer[index] == 0x0A ? .bareLineBreak : .malformedFieldValue }
    guard index + 1 < end, buffer[index + 1] == 0x0A else { return .bareLineBreak }
    var valueEnd = index
    while valueEnd > valueStart, buffer[valueEnd - 1] == 0x20 || buffer[valueEnd - 1] == 0x09 { valueEnd -= 1 }
    position = index + 2
    let id = table.find(UnsafeBufferPointer(rebasing: buffer[nameStart..<nameEnd]), hash: hash)
    fields.fields.append(.init(name: ByteRange(nameStart, nameEnd), value: ByteRange(valueStart, valueEnd), id: id))
    fields.markPresent(id)
    return nil
  }
}

extension FieldBlockParser {
  /// The first byte at or behind `start` that cannot stand in a value; `buffer.count` when there is none.
  ///
  /// Values are most of a head, so eight bytes at a time are looked at.
  @inline(__always)
  fileprivate static func endOfValue(_ buffer: UnsafeMutableBufferPointer<UInt8>, from start: Int) -> Int {
    let end = buffer.count
    guard let base = buffer.baseAddress else { return end }
    var index = start
    while end - index >= 8 {
      let word = UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
      // The high bit of each byte below 0x20, and of each 0x7F. A byte above one of these may be marked too, so only the
      // lowest mark counts.
      let controls = (word &- 0x2020_2020_2020_2020) & ~word
      let deletes = ((word ^ 0x7F7F_7F7F_7F7F_7F7F) &- 0x0101_0101_0101_0101) & ~word
      let marks = (controls | deletes) & 0x8080_8080_8080_8080
      if marks == 0 {
        index += 8
        continue
      }
      index += marks.trailingZeroBitCount >> 3
      guard base[index] == 0x09 else { return index }
      index += 1
    }
    while index < end, ASCII.isFieldValue(base[index]) { index += 1 }
    return index
  }
}

/// Finds the end of a head in a growing input without reading a byte twice.
struct HeadBoundary {
  private var scanned = 0

  init() {}

  /// The offset just after the empty line, nil when more input is needed.
  mutating func find(_ input: UnsafeRawBufferPointer, headBytesMax: Int) throws(HTTPParseError) -> Int? {
    var index = scanned
    let end = min(input.count, headBytesMax)
    while index < end, let base = input.baseAddress, let found = memchr(base + index, 0x0A, end - index) {
      index = UnsafeRawPointer(found) - base
      guard index > 0, input[index - 1] == 0x0D else { throw .bareLineBreak }
      if index >= 3, input[index - 2] == 0x0A, input[index - 3] == 0x0D {
        scanned = 0
        return index + 1
      }
      index += 1
    }
    guard input.count < headBytesMax else { throw .headTooLarge }
    scanned = end
    return nil
  }
}

extension HeaderFields {
  /// Content-Length, refusing repeats and anything but digits (RFC 9112 section 6.3: `5, 5` too).
  func contentLength() throws(HTTPParseError) -> UInt64? {
    guard contains(.contentLength) else { return nil }
    guard count(.contentLength) == 1, let value = first(.contentLength) else { throw .repeatedContentLength }
    guard !value.isEmpty, value.count <= 19 else { throw .malformedContentLength }
    var length: UInt64 = 0
    for index in value.range {
      guard ASCII.isDigit(bytes[index]) else {
        throw bytes[index] == 0x2C ? .repeatedContentLength : .malformedContentLength
      }
      length = length * 10 + UInt64(bytes[index] - 0x30)
    }
    return length
  }

  /// Whether Transfer-Encoding says `chunked`; any other coding, or chunked twice, is refused.
  func isChunked() throws(HTTPParseError) -> Bool {
    guard contains(.transferEncoding) else { return false }
    guard count(.transferEncoding) == 1, let value = first(.transferEncoding),
      equalsIgnoringCase(value, "chunked")
    else { throw .unsupportedTransferEncoding }
    return true
  }

  /// Whether the Connection header lists `option` (lower case).
  public func connectionLists(_ option: StaticString) -> Bool {
    var found = false
    forEachConnectionOption { if equalsIgnoringCase($0, option) { found = true } }
    return found
  }

  /// Each comma-separated element of every Connection header, trimmed, empty ones left out.
  public func forEachConnectionOption(_ body: (ByteRange) -> Void) {
    guard contains(.connection) else { return }
    for field in fields where field.id == .connection {
      var start = Int(field.value.start)
      let end = Int(field.value.end)
      while start < end {
        var stop = start
        while stop < end, bytes[stop] != 0x2C { stop += 1 }
        var first = start
        var last = stop
        while first < last, bytes[first] == 0x20 || bytes[first] == 0x09 { first += 1 }
        while last > first, bytes[last - 1] == 0x20 || bytes[last - 1] == 0x09 { last -= 1 }
        if first < last { body(ByteRange(first, last)) }
        start = stop + 1
      }
    }
  }
}
