public import HTTPWire
public import S3Model

/// Response header lines, already serialized: `etag: "…"\r\n` and so on.
///
/// Backends append what they know to be S3's; the gateway puts its own lines before and sends the whole in one write.
/// No line break can enter a value, whatever a store or an object's metadata holds.
public struct ResponseFields: Sendable {
  /// Complete lines, each ending in CRLF.
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  @inlinable
  public mutating func append(_ name: FieldName, _ value: some Collection<UInt8>) {
    name.name.withUTF8Buffer { append(name: $0, value: value) }
  }

  public mutating func append(_ name: FieldName, _ value: String) {
    append(name, value.utf8)
  }

  /// Appends a field whose name is not in ``FieldName``, such as `x-amz-meta-*`; the caller has checked that the
  /// name is a token. Control bytes in the value become spaces.
  public mutating func append(name: some Collection<UInt8>, value: some Collection<UInt8>) {
    bytes.append(contentsOf: name)
    bytes.append(0x3A)
    bytes.append(0x20)
    let start = bytes.count
    bytes.append(contentsOf: value)
    Self.replaceControls(&bytes, from: start)
    bytes.append(0x0D)
    bytes.append(0x0A)
  }

  /// Control bytes become spaces. They are rare, so they are looked for apart from the copying.
  @usableFromInline
  static func replaceControls(_ bytes: inout [UInt8], from start: Int) {
    let count = bytes.count
    let first = bytes.withUnsafeBufferPointer { bytes in
      var index = start
      while index < count, ASCII.isFieldValue(bytes[index]) { index += 1 }
      return index
    }
    for index in first..<count where !ASCII.isFieldValue(bytes[index]) { bytes[index] = 0x20 }
  }

  /// - Parameter lines: each ending in CRLF, as another of this type has made them.
  public init(lines: [UInt8]) { bytes = lines }

  /// Sets a field instead of those of that name, in whatever case; not for the hot path.
  public mutating func replace(name: ByteString, value: ByteString) {
    let lower = name.bytes.map(ASCII.lowercased)
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    var lines = bytes[...]
    while let end = lines.firstIndex(of: 0x0A) {
      let line = lines[...end]
      lines = lines[(end + 1)...]
      if let colon = line.firstIndex(of: 0x3A), line[..<colon].map(ASCII.lowercased) == lower { continue }
      kept += line
    }
    bytes = kept
    append(name: name.bytes, value: value.bytes)
  }

  /// The value of the first line of that name; not for the hot path.
  public func value(_ name: FieldName) -> String? {
    var found: String?
    forEachLine { line, value in
      let matches = name.name.withUTF8Buffer { $0.elementsEqual(line) }
      if matches, found == nil { found = String(decoding: value, as: UTF8.self) }
    }
    return found
  }

  /// Every `x-amz-meta-*` line: its whole name in lower case, and its value.
  public func forEachMetadata(_ body: (_ name: ByteString, _ value: ByteString) -> Void) {
    let prefix = Array("x-amz-meta-".utf8)
    forEachLine { name, value in
      if name.starts(with: prefix) { body(ByteString(name), ByteString(value)) }
    }
  }

  private func forEachLine(_ body: (_ name: [UInt8], _ value: ArraySlice<UInt8>) -> Void) {
    var lines = bytes[...]
    while let end = lines.firstIndex(of: 0x0A) {
      let line = lines[..<(end - 1)]
      lines = lines[(end + 1)...]
      guard let colon = line.firstIndex(of: 0x3A) else { continue }
      body(line[..<colon].map(ASCII.lowercased), line[(colon + 2)...])
    }
  }
}
