import COpenSSL

/// Random bytes from OpenSSL's generator, seeded by the operating system.
public enum SecureRandom {
  /// - Throws: `unavailable` when there is no entropy; never returns weaker bytes instead.
  public static func bytes(_ count: Int) throws(CryptographyError) -> [UInt8] {
    var isFilled = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      isFilled = fill(UnsafeMutableRawBufferPointer(buffer))
      if !isFilled { buffer.initialize(repeating: 0) }
      initialized = count
    }
    guard isFilled else { throw .unavailable }
    return bytes
  }

  private static func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard buffer.count > 0, let start = buffer.baseAddress else { return true }
    guard let count = Int32(exactly: buffer.count) else { return false }
    return RAND_bytes(start.assumingMemoryBound(to: UInt8.self), count) == 1
  }
}
