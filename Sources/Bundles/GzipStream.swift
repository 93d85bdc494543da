import CZlib

/// Gzip (RFC 1952), inflated by the system's zlib.
enum GzipStream {
  /// - Parameter bytesMax: of the result: a few bytes can inflate to a thousand times as many.
  static func inflate(_ bytes: [UInt8], bytesMax: Int) throws(ArchiveFault) -> [UInt8] {
    guard bytes.count >= 2, bytes[0] == 0x1F, bytes[1] == 0x8B else { throw .notCompressed }
    let result = bytes.withUnsafeBufferPointer { input in
      Result { () throws(ArchiveFault) in try inflate(input, bytesMax) }
    }
    return try result.get()
  }

  private static func inflate(
    _ input: UnsafeBufferPointer<UInt8>, _ bytesMax: Int
  ) throws(ArchiveFault) -> [UInt8] {
    var stream = z_stream()
    // Fails for want of memory only.
    guard CZlib_inflateInitGzip(&stream) == Z_OK else { throw .damagedStream }
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var offset = 0
    while true {
      let given = min(input.count - offset, 1 << 24)
      stream.next_in = input.baseAddress.map { $0 + offset }
      stream.avail_in = UInt32(given)
      let code = buffer.withUnsafeMutableBufferPointer { room in
        stream.next_out = room.baseAddress
        stream.avail_out = UInt32(room.count)
        return CZlib.inflate(&stream, Z_NO_FLUSH)
      }
      offset += given - Int(stream.avail_in)
      let produced = buffer.count - Int(stream.avail_out)
      guard produced <= bytesMax - output.count else { throw .tooLarge(bytesMax: bytesMax) }
      output.append(contentsOf: buffer[..<produced])
      switch code {
      case Z_OK: break
      case Z_BUF_ERROR: throw .truncated
      case Z_STREAM_END:
        if offset == input.count { return output }
        // Several streams in a row are one (RFC 1952 section 2.2).
        guard inflateReset(&stream) == Z_OK else { throw .damagedStream }
      default: throw .damagedStream
      }
    }
  }
}
