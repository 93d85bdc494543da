import HTTPWire
public import S3Model

/// Parses a browser's upload: `multipart/form-data` (RFC 7578) with its fields first and the file streamed.
///
/// Bytes in, events out; nothing but the fields and a tail of the file as long as the boundary is held.
public struct PostFormParser: Sendable {
  public enum Event: Hashable, Sendable {
    /// A field before the file. The name as sent.
    case field(name: ByteString, value: ByteString)
    /// The file begins; the name as sent, without quotes.
    case fileStart(fileName: ByteString, contentType: ByteString?)
    case fileBytes([UInt8])
    /// The file has come whole.
    case fileEnd
    /// The closing boundary; what follows is ignored.
    case end
  }

  /// Fields before the file, names and headers included (Amazon S3 User Guide, "POST object": 20 KB).
  public static let fieldBytesMax = 20_480
  static let fieldsMax = 128

  private enum State {
    case firstBoundary, afterBoundary, headers, field, file, skipped, ended
  }

  private var state = State.firstBoundary
  /// `\r\n--boundary`
  private let delimiter: [UInt8]
  private var buffer: [UInt8] = []
  private var start = 0
  private var fieldBytes = 0
  private var fields = 0
  private var hasFile = false
  private var fileHasEnded = false
  private var name = ByteString([])

  /// - Parameter contentType: the request's Content-Type.
  public init(contentType: some Collection<UInt8>) throws(S3WireError) {
    guard let boundary = HeaderParameters(contentType).value("boundary"), (1...70).contains(boundary.count),
      boundary.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), boundary.last != 0x20
    else { throw .malformedForm }
    delimiter = [0x0D, 0x0A, 0x2D, 0x2D] + boundary
  }

  /// Takes more of the body.
  public mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    if state == .ended { return }
    if start > 0 {
      buffer.removeSubrange(..<start)
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next event; nil when more bytes are needed, or after ``Event/end``.
  public mutating func next() throws(S3WireError) -> Event? {
    while true {
      switch state {
      case .firstBoundary:
        // The boundary that opens the body has no line end before it; an empty line is tolerated.
        let opening = delimiter[2...]
        let skipped = available >= 2 && buffer[start] == 0x0D && buffer[start + 1] == 0x0A ? 2 : 0
        guard available >= skipped + opening.count else {
          guard opening.starts(with: buffer[(start + skipped)...]) else { throw .malformedForm }
          return nil
        }
        guard buffer[(start + skipped)...].starts(with: opening) else { throw .malformedForm }
        start += skipped + opening.count
        state = .afterBoundary
      case .afterBoundary:
        guard available >= 2 else { return nil }
        if buffer[start] == 0x2D, buffer[start + 1] == 0x2D {
          state = .ended
          buffer = []
          start = 0
          guard hasFile else { throw .missingFormFile }
          return .end
        }
        guard buffer[start] == 0x0D, buffer[start + 1] == 0x0A else { throw .malformedForm }
        start += 2
        state = .headers
      case .headers:
        guard let event = try readHeaders() else {
          if state == .headers { return nil }
          continue
        }
        return event
      case .field, .skipped:
        guard let end = Self.find(delimiter, in: buffer, from: start) else {
          guard fieldBytes + available <= Self.fieldBytesMax + delimiter.count else { throw .formFieldsTooLarge }
          return nil
        }
        let value = Array(buffer[start..<end])
        try count(value.count)
        start = end + delimiter.count
        let isField = state == .field
        state = .afterBoundary
        if isField {
          guard UTF8Validation.isValid(value) else { throw .malformedForm }
          return .field(name: name, value: ByteString(value))
        }
      case .file: return readFile()
      case .ended: return nil
      }
    }
  }

  /// The body has ended: whether the form was whole.
  public func finish() throws(S3WireError) {
    guard state == .ended else { throw .malformedForm }
  }

  private var available: Int { buffer.count - start }

  /// Bytes received and not yet in any event.
  public var unreadBytes: Int { available }

  /// Bytes of the closing boundary: its line break, itself, two hyphens and a last line break.
  public var closingBytes: Int { delimiter.count + 4 }

  private mutating func count(_ bytes: Int) throws(S3WireError) {
    fieldBytes += bytes
    guard fieldBytes <= Self.fieldBytesMax else { throw .formFieldsTooLarge }
  }

  private mutating func readFile() -> Event? {
    if fileHasEnded {
      fileHasEnded = false
      state = .afterBoundary
      return .fileEnd
    }
    if let end = Self.find(delimiter, in: buffer, from: start) {
      let bytes = Array(buffer[start..<end])
      start = end + delimiter.count
      fileHasEnded = true
      return bytes.isEmpty ? readFile() : .fileBytes(bytes)
    }
    // The tail may be the start of the boundary.
    let safe = available - (delimiter.count - 1)
    guard safe > 0 else { return nil }
    let bytes = Array(buffer[start..<(start + safe)])
    start += safe
    return .fileBytes(bytes)
  }

  /// Reads a part's header lines; nil when they are not complete (the state stays), or when the part is a field.
  private mutating func readHeaders() throws(S3WireError) -> Event? {
    let blank: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
    guard let end = Self.find(blank, in: buffer, from: start) else {
      guard available <= 4096 else { throw .malformedForm }
      return nil
    }
    let lines = Array(buffer[start..<end])
    guard lines.count <= 4096 else { throw .malformedForm }
    start = end + 4
    fields += 1
    guard fields <= Self.fieldsMax else { throw .formFieldsTooLarge }
    try count(lines.count)
    return try openPart(lines)
  }

  private mutating func openPart(_ lines: [UInt8]) throws(S3WireError) -> Event? {
    var disposition: HeaderParameters?
    var contentType: ByteString?
    for line in lines.split(separator: 0x0A) {
      let line = line.last == 0x0D ? line.dropLast() : line
      guard let colon = line.firstIndex(of: 0x3A) else { throw .malformedForm }
      let name = line[..<colon].map(ASCII.lowercased)
      let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
      if name.elementsEqual("content-disposition".utf8) {
        guard disposition == nil else { throw .malformedForm }
        disposition = HeaderParameters(value)
      } else if name.elementsEqual("content-type".utf8) {
        contentType = ByteString(value)
      }
    }
    guard let disposition, disposition.isValue("form-data"), let raw = disposition.value("name"), !raw.isEmpty,
      UTF8Validation.isValid(raw)
    else { throw .malformedForm }
    name = ByteString(raw)
    let isFile = raw.map(ASCII.lowercased).elementsEqual("file".utf8)
    if hasFile {
      // Fields behind the file are ignored, as S3 documents; a second file is not.
      guard !isFile else { throw .repeatedFormFile }
      state = .skipped
      return nil
    }
    guard isFile else {
      state = .field
      return nil
    }
    hasFile = true
    state = .file
    return .fileStart(fileName: ByteString(disposition.value("filename") ?? []), contentType: contentType)
  }

  /// The first place of `needle` from `start` on.
  private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count - start >= needle.count else { return nil }
    return bytes.withUnsafeBufferPointer { bytes in
      needle.withUnsafeBufferPointer { needle in
        let last = bytes.count - needle.count
        let first = needle[0]
        var index = start
        while index <= last {
          if bytes[index] == first {
            var offset = 1
            while offset < needle.count, bytes[index + offset] == needle[offset] { offset += 1 }
            if offset == needle.count { return index }
          }
          index += 1
        }
        return nil
      }
    }
  }
}
