import CZlib
import Glibc
public import PolicyTool

/// The lines of a file, plain or compressed with gzip, in bounded memory.
public final class LineReader {
  /// A line longer than this is no audit record.
  public static let lineBytesMax = 32 << 20
  private static let chunkBytes = 1 << 18

  private let path: String
  private let descriptor: Int32
  private var isEnded = false
  private var isCompressed = false
  private var stream = z_stream()
  /// Read from the file.
  private var input: [UInt8]
  /// Of ``input``, not decompressed yet.
  private var rest = 0..<0
  /// The decompressor may have more to give without more input.
  private var hasOutput = false
  private var buffer: [UInt8] = []
  /// Of ``buffer``, handed out.
  private var start = 0
  /// Of ``buffer``, known to have no line end.
  private var searched = 0
  private var isSkipping = false

  /// Of the file itself; 0 for what has no size.
  public let bytesTotal: Int64
  public private(set) var bytesRead: Int64 = 0

  public enum Line {
    case line(UnsafeRawBufferPointer)
    case overlong
    /// The file ends in the middle of a line: it is being written, or a crash cut it.
    case torn(UnsafeRawBufferPointer)
  }

  /// - Parameter path: `-` for standard input.
  public init(_ path: String) throws(ToolError) {
    self.path = path == "-" ? "standard input" : path
    descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    input = [UInt8](repeating: 0, count: Self.chunkBytes)
    guard descriptor >= 0 else {
      bytesTotal = 0
      throw .unreadable(path: self.path, reason: String(cString: strerror(errno)))
    }
    var status = stat()
    bytesTotal = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : 0
    try detect()
  }

  deinit {
    if isCompressed { inflateEnd(&stream) }
    if descriptor >= 0 { close(descriptor) }
  }

  /// Calls `body` with each line until the end; lines are valid within the call only.
  public func forEachLine(_ body: (Line) -> Void) throws(ToolError) {
    while true {
      while let end = nextLineEnd() {
        if isSkipping {
          isSkipping = false
          body(.overlong)
        } else {
          buffer.withUnsafeBytes { body(.line(UnsafeRawBufferPointer(rebasing: $0[start..<end]))) }
        }
        start = end + 1
        searched = start
      }
      if start > 0 {
        buffer.removeFirst(start)
        searched -= start
        start = 0
      }
      if buffer.count > Self.lineBytesMax {
        isSkipping = true
        buffer.removeAll(keepingCapacity: true)
        searched = 0
      }
      guard !isEnded else { break }
      try fill()
    }
    if isSkipping {
      body(.overlong)
    } else if !buffer.isEmpty {
      buffer.withUnsafeBytes { body(.torn($0)) }
    }
  }

  private func nextLineEnd() -> Int? {
    let count = buffer.count
    guard searched < count else { return nil }
    let found: Int? = buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, let hit = memchr(base + searched, 0x0A, count - searched) else { return nil }
      return UnsafeRawPointer(hit) - base
    }
    searched = found ?? count
    return found
  }

  // MARK: Bytes

  /// Tells gzip by its first two bytes (RFC 1952 section 2.3.1).
  private func detect() throws(ToolError) {
    let count = try read()
    guard count >= 2, input[0] == 0x1F, input[1] == 0x8B else {
      buffer.append(contentsOf: input[..<count])
      return
    }
    // 16: a gzip header, nothing else.
    guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .unreadable(path: path, reason: "zlib cannot start")
    }
    isCompressed = true
    rest = 0..<count
  }

  private func fill() throws(ToolError) {
    if isCompressed, !rest.isEmpty || hasOutput { return try inflate() }
    let count = try read()
    if isCompressed {
      rest = 0..<count
    } else {
      buffer.append(contentsOf: input[..<count])
    }
  }

  private func read() throws(ToolError) -> Int {
    while true {
      let count = Glibc.read(descriptor, &input, Self.chunkBytes)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
      if count == 0 { isEnded = true }
      bytesRead += Int64(count)
      return count
    }
  }

  /// Decompresses one piece, which is bounded, however much the input comes to. What is cut off at the end counts as
  /// torn, as in a file that is not compressed.
  private func inflate() throws(ToolError) {
    var output = [UInt8](repeating: 0, count: Self.chunkBytes)
    var status = Z_OK
    let made = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress.map { UnsafePointer($0 + rest.lowerBound) }
        stream.avail_in = UInt32(rest.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        status = CZlib.inflate(&stream, Z_NO_FLUSH)
        return output.count - Int(stream.avail_out)
      }
    }
    rest = (rest.upperBound - Int(stream.avail_in))..<rest.upperBound
    hasOutput = made == output.count
    buffer.append(contentsOf: output[..<made])
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    // One file may have been appended to another.
    case Z_STREAM_END: inflateReset(&stream)
    default: throw .unreadable(path: path, reason: "the gzip data is damaged")
    }
    if made == 0, status == Z_BUF_ERROR { hasOutput = false }
  }
}

@available(*, unavailable)
extension LineReader: Sendable {}
