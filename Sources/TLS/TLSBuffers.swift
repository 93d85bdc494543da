import NIOCore

/// The memory that records are sealed into, shared by the connections of one event loop: what one of them has sent, the
/// next can write over.
public final class TLSBuffers {
  /// Larger ones belong to large bodies, which take their own.
  private static let keptBytesMax = 32_768

  private var sealed = ByteBuffer()

  public init() {}

  /// An empty buffer; a new one where the last is still on its way to the peer.
  func take(_ capacity: Int, _ allocator: ByteBufferAllocator) -> ByteBuffer {
    guard capacity <= Self.keptBytesMax else { return allocator.buffer(capacity: capacity) }
    var buffer = ByteBuffer()
    swap(&buffer, &sealed)
    buffer.clear(minimumCapacity: capacity)
    return buffer
  }

  func keep(_ buffer: ByteBuffer) {
    if buffer.capacity <= 2 * Self.keptBytesMax { sealed = buffer }
  }
}

@available(*, unavailable)
extension TLSBuffers: Sendable {}
