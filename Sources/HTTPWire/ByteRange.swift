/// A range of bytes in a head's buffer. Heads are bounded far below 4 GiB, so 32 bits suffice.
public struct ByteRange: Sendable, Equatable {
  public var start: UInt32
  public var end: UInt32

  @inlinable
  public init(_ start: Int, _ end: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
  }

  @inlinable public var count: Int { Int(end &- start) }
  @inlinable public var isEmpty: Bool { start == end }
  @inlinable public var range: Range<Int> { Int(start)..<Int(end) }
}
