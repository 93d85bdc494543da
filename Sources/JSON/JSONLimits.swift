/// Bounds on one JSON text.
public struct JSONLimits: Sendable {
  public var bytesMax: Int
  /// Arrays and objects inside one another; a lone scalar has depth 0.
  public var depthMax: Int

  public init(bytesMax: Int = 1 << 20, depthMax: Int = 64) {
    self.bytesMax = bytesMax
    self.depthMax = depthMax
  }
}
