/// A string of Rego: bytes, UTF-8 by convention, compared and hashed as bytes.
///
/// Not a Swift `String`: that compares by canonical equivalence, cannot hold what `base64.decode` may yield, and costs a
/// scan to hash. Up to 14 bytes are held inline, longer texts in one shared allocation with their hash.
public enum Text: Sendable {
  case short(ShortText)
  case long(LongText)
}

/// Up to 14 bytes, padded with zeros, and their count.
public struct ShortText: Sendable, Equatable {
  @usableFromInline static let capacity = 14

  @usableFromInline var low: UInt64
  @usableFromInline var middle: UInt32
  @usableFromInline var high: UInt16
  @usableFromInline var length: UInt8

  @inlinable
  init(_ bytes: UnsafeRawBufferPointer) {
    var storage: (UInt64, UInt64) = (0, 0)
    withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: bytes) }
    low = storage.0
    middle = UInt32(truncatingIfNeeded: storage.1)
    high = UInt16(truncatingIfNeeded: storage.1 >> 32)
    length = UInt8(truncatingIfNeeded: bytes.count)
  }

  @inlinable var words: (UInt64, UInt64) {
    (low, UInt64(middle) | UInt64(high) << 32 | UInt64(length) << 56)
  }
}

/// More than 14 bytes, immutable, with their hash.
public final class LongText: Sendable {
  @usableFromInline let bytes: [UInt8]
  @usableFromInline let hash: UInt64

  @inlinable
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    self.hash = bytes.withUnsafeBytes { ByteHash.hash($0) }
  }
}

extension Text {
  @inlinable
  public init(_ bytes: UnsafeRawBufferPointer) {
    if bytes.count <= ShortText.capacity {
      self = .short(ShortText(bytes))
    } else {
      self = .long(LongText(Array(bytes)))
    }
  }

  @inlinable
  public init(bytes: [UInt8]) {
    if bytes.count <= ShortText.capacity {
      self = bytes.withUnsafeBytes { .short(ShortText($0)) }
    } else {
      self = .long(LongText(bytes))
    }
  }

  public init(_ text: some StringProtocol) {
    var text = String(text)
    self = text.withUTF8 { Text(UnsafeRawBufferPointer($0)) }
  }

  public static let empty = Text(UnsafeRawBufferPointer(start: nil, count: 0))

  /// In bytes.
  @inlinable public var byteCount: Int {
    switch self {
    case .short(let text): Int(text.length)
    case .long(let text): text.bytes.count
    }
  }

  @inlinable public var isEmpty: Bool { byteCount == 0 }

  /// The bytes, valid during the call only.
  @inlinable
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch self {
    case .short(let text):
      var storage = text.words
      let count = Int(text.length)
      // The closure of withUnsafeBytes rethrows untyped, so the outcome travels as a value.
      let outcome: Swift.Result<Result, Failure> = withUnsafeBytes(of: &storage) { bytes in
        do throws(Failure) {
          return .success(try body(UnsafeRawBufferPointer(rebasing: bytes[..<count])))
        } catch {
          return .failure(error)
        }
      }
      return try outcome.get()
    case .long(let text):
      let outcome: Swift.Result<Result, Failure> = text.bytes.withUnsafeBytes { bytes in
        do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
      }
      return try outcome.get()
    }
  }

  /// All bytes, copied when short.
  public var bytes: [UInt8] {
    switch self {
    case .short: withBytes { Array($0) }
    case .long(let text): text.bytes
    }
  }

  /// The text for people and for code that works on scalars; invalid UTF-8 is replaced by U+FFFD.
  public var string: String { withBytes { String(decoding: $0, as: UTF8.self) } }

  @inlinable public var hash: UInt64 {
    switch self {
    case .short(let text): ByteHash.mix(text.words.0, text.words.1)
    case .long(let text): text.hash
    }
  }
}

extension Text: Hashable {
  @inlinable
  public static func == (left: Text, right: Text) -> Bool {
    switch (left, right) {
    case (.short(let left), .short(let right)): left.words == right.words
    case (.long(let left), .long(let right)):
      left === right || (left.hash == right.hash && left.bytes == right.bytes)
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

extension Text: Comparable {
  /// Bytewise, which is the order of code points.
  public static func < (left: Text, right: Text) -> Bool { left.compare(right) < 0 }

  /// Negative, zero or positive, as `memcmp`.
  @inlinable
  public func compare(_ other: Text) -> Int {
    withBytes { left in
      other.withBytes { right in
        let count = min(left.count, right.count)
        for index in 0..<count where left[index] != right[index] { return left[index] < right[index] ? -1 : 1 }
        return left.count - right.count
      }
    }
  }
}

extension Text: ExpressibleByStringLiteral, CustomStringConvertible {
  public init(stringLiteral value: String) { self.init(value) }
  public var description: String { string }
}
