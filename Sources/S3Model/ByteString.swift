#if canImport(Glibc)
public import Glibc
#endif

/// Bytes that are text to people but must be compared as bytes: object keys, ARNs, condition values.
///
/// Swift's `String` compares by canonical equivalence, so a composed and a decomposed "é" are equal to it. To S3 they
/// are two keys, and a policy about one must not match the other. Everything that decides or addresses uses this type.
public struct ByteString: Hashable, Sendable {
  public var bytes: [UInt8]

  @inlinable public init(_ bytes: [UInt8]) { self.bytes = bytes }
  @inlinable public init(_ text: String) { self.bytes = Array(text.utf8) }
  @inlinable public init(_ slice: some Sequence<UInt8>) { self.bytes = Array(slice) }

  @inlinable public var count: Int { bytes.count }
  @inlinable public var isEmpty: Bool { bytes.isEmpty }

  /// The bytes as text; invalid UTF-8 is replaced. For messages and logs, not for comparing.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension ByteString {
  /// All bytes at once: element by element, as the synthesized one does it, look-ups cost several times as much.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(bytes.count)
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}

extension ByteString {
  /// All bytes at once, for the same reason.
  @inlinable
  public static func == (left: ByteString, right: ByteString) -> Bool {
    left.bytes.count == right.bytes.count
      && left.bytes.withUnsafeBytes { left in
        right.bytes.withUnsafeBytes { right in
          guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return true }
          return leftStart == rightStart || memcmp(leftStart, rightStart, left.count) == 0
        }
      }
  }
}

extension ByteString: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(value) }
}

extension ByteString: Comparable {
  /// Bytewise, which is UTF-8 binary order: the order of S3 listings.
  @inlinable
  public static func < (left: ByteString, right: ByteString) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension ByteString: CustomStringConvertible {
  public var description: String { text }
}
