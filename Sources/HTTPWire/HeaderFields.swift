/// The header lines of one message, as offsets into its own copy of the received bytes.
///
/// Names are lower-cased in place and values are trimmed of optional white space by their ranges, so
/// canonicalizing, signing and forwarding read one buffer and allocate nothing per header.
public struct HeaderFields: Sendable {
  public struct Field: Sendable {
    public var name: ByteRange
    public var value: ByteRange
    public var id: FieldName
  }

  /// Start line and header block as received, names lower-cased, up to and including the last line's CRLF.
  public internal(set) var bytes: [UInt8] = []
  /// In wire order; repeated names stay repeated.
  public internal(set) var fields: [Field] = []
  /// Bit per ``FieldName`` raw value: which known names occur at all.
  var present: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init() {}

  /// Forgets the content and keeps the storage for the next message on the connection.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    present = (0, 0, 0, 0)
  }

  mutating func markPresent(_ id: FieldName) {
    let raw = id.rawValue
    let bit = UInt64(1) << UInt64(raw & 63)
    switch raw >> 6 {
    case 0: present.0 |= bit
    case 1: present.1 |= bit
    case 2: present.2 |= bit
    default: present.3 |= bit
    }
  }

  /// Whether a known field occurs at least once: one bit test.
  @inline(__always)
  public func contains(_ id: FieldName) -> Bool {
    let raw = id.rawValue
    let word =
      switch raw >> 6 {
      case 0: present.0
      case 1: present.1
      case 2: present.2
      default: present.3
      }
    return word & (UInt64(1) << UInt64(raw & 63)) != 0
  }

  /// The value of the first field of that name, nil when there is none.
  public func first(_ id: FieldName) -> ByteRange? {
    guard contains(id) else { return nil }
    for field in fields where field.id == id { return field.value }
    return nil
  }

  /// How often a known field occurs.
  public func count(_ id: FieldName) -> Int {
    guard contains(id) else { return 0 }
    var count = 0
    for field in fields where field.id == id { count += 1 }
    return count
  }

  /// Calls `body` with the bytes of a range of this head. The pointer is valid only within the call.
  ///
  /// A range of another head ends the process here, in release builds too: slices of buffers are not checked there, and
  /// what lies behind this head in memory is nobody's to read.
  @inline(__always)
  public func withBytes<R>(_ range: ByteRange, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    precondition(range.range.upperBound <= bytes.count, "a range of another head")
    return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range.range])) }
  }

  /// A copy of a range as a String; invalid UTF-8 is replaced. Not for the hot path.
  public func string(_ range: ByteRange) -> String {
    withBytes(range) { String(decoding: $0, as: UTF8.self) }
  }

  /// The first value of a known name as a String; nil when absent. Not for the hot path.
  public func string(_ id: FieldName) -> String? {
    first(id).map { string($0) }
  }

  /// Compares a range with ASCII text byte by byte.
  @inline(__always)
  public func equals(_ range: ByteRange, _ text: StaticString) -> Bool {
    range.count == text.utf8CodeUnitCount && withBytes(range) { $0.elementsEqual(text) }
  }

  /// Compares a range with ASCII text given in lower case, ignoring ASCII case.
  public func equalsIgnoringCase(_ range: ByteRange, _ lowercased: StaticString) -> Bool {
    guard range.count == lowercased.utf8CodeUnitCount else { return false }
    return withBytes(range) { bytes in
      let theirs = lowercased.utf8Start
      for index in 0..<bytes.count where ASCII.lowercased(bytes[index]) != theirs[index] { return false }
      return true
    }
  }
}
