import HTTPWire
import NIOCore

/// Writes response heads: status line, the gateway's own lines, the given ones, framing.
struct ResponseHeadWriter {
  enum Framing {
    /// Neither Content-Length nor a body: 204, 304.
    case none
    case contentLength(UInt64)
    case chunked
    /// HTTP/1.0 without a known length.
    case untilClose
  }

  /// `Date` in RFC 1123 form, kept by the worker and made anew each second.
  var date: [UInt8]
  /// `x-amz-id-2`: names the node.
  var hostID: [UInt8]

  /// Appends a whole head to `output` in one write.
  func write(
    status: UInt16, requestID: RequestID, fields: UnsafeRawBufferPointer, framing: Framing, keepsAlive: Bool,
    to output: inout ByteBuffer
  ) {
    let capacity = 512 + fields.count
    output.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { target in
      var writer = RawWriter(target)
      writer.append("HTTP/1.1 ")
      writer.append(decimal: UInt64(status))
      writer.append(" ")
      writer.append(HTTPStatus.reason(status))
      writer.append("\r\nserver: Martlet\r\ndate: ")
      date.withUnsafeBytes { writer.append($0) }
      writer.append("\r\nx-amz-request-id: ")
      requestID.forEachDigit { writer.append(byte: $0) }
      writer.append("\r\nx-amz-id-2: ")
      hostID.withUnsafeBytes { writer.append($0) }
      writer.append("\r\n")
      writer.append(fields)
      switch framing {
      case .none: break
      case .contentLength(let length):
        writer.append("content-length: ")
        writer.append(decimal: length)
        writer.append("\r\n")
      case .chunked: writer.append("transfer-encoding: chunked\r\n")
      case .untilClose: break
      }
      writer.append(keepsAlive ? "\r\n" : "connection: close\r\n\r\n")
      return writer.count
    }
  }
}

/// Fills a buffer whose size was computed beforehand.
struct RawWriter {
  private let target: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(_ target: UnsafeMutableRawBufferPointer) {
    self.target = target
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count <= target.count - count, "the capacity covers what is written")
    guard let source = bytes.baseAddress else { return }
    target.baseAddress?.advanced(by: count).copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  @inline(__always)
  mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inline(__always)
  mutating func append(byte: UInt8) {
    target[count] = byte
    count += 1
  }

  mutating func append(decimal number: UInt64) {
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &digits) { scratch in
      var index = scratch.count
      var rest = number
      repeat {
        index -= 1
        scratch[index] = UInt8(0x30 + rest % 10)
        rest /= 10
      } while rest > 0
      append(UnsafeRawBufferPointer(rebasing: scratch[index...]))
    }
  }
}
