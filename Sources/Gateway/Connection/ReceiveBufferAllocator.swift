import NIOCore

/// Sizes the buffers that a connection is read into, and keeps none of the large ones.
///
/// NIO holds on to one buffer per channel for its next read. Small ones may stay; a large one would make every idle
/// connection that has once uploaded something cost its size for ever.
struct ReceiveBufferAllocator: RecvByteBufferAllocator {
  /// The largest buffer that an idle connection keeps.
  private static let keptBytesMax = 4096

  private var adaptive = AdaptiveRecvByteBufferAllocator(
    minimum: 2048, initial: keptBytesMax, maximum: 131_072)

  func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { adaptive.buffer(allocator: allocator) }

  /// - Returns: true, after which NIO takes a new buffer, also while the sizes do not grow but are too large to keep.
  mutating func record(actualReadBytes: Int) -> Bool {
    let grows = adaptive.record(actualReadBytes: actualReadBytes)
    return grows || nextBufferSize() == nil
  }

  /// Nil for sizes that are not kept. The first buffer, which is the one NIO keeps, is never of those.
  func nextBufferSize() -> Int? {
    guard let size = adaptive.nextBufferSize(), size <= Self.keptBytesMax else { return nil }
    return size
  }
}
