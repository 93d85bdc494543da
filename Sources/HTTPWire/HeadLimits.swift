/// Bounds on one message head.
public struct HeadLimits: Sendable, Equatable {
  /// Request line or status line plus all header lines, in bytes.
  public var headBytesMax: Int
  /// Header lines.
  public var fieldCountMax: Int

  public init(headBytesMax: Int = 16_384, fieldCountMax: Int = 100) {
    self.headBytesMax = headBytesMax
    self.fieldCountMax = fieldCountMax
  }
}
