import Backend
import HTTPWire
import NIOCore
import Testing

@testable import Gateway

@Suite struct ResponseHeadWriterTests {
  private let writer = ResponseHeadWriter(
    date: Array("Sat, 31 Jan 2026 12:00:00 GMT".utf8), hostID: Array("node".utf8))

  private func write(
    _ status: UInt16, _ framing: ResponseHeadWriter.Framing, keepsAlive: Bool = true, fields: ResponseFields = .init()
  ) -> String {
    var output = ByteBuffer()
    fields.bytes.withUnsafeBytes {
      writer.write(
        status: status, requestID: RequestID(value: 0xAB), fields: $0, framing: framing, keepsAlive: keepsAlive,
        to: &output)
    }
    return String(buffer: output)
  }

  @Test func writesWholeHeads() {
    var fields = ResponseFields()
    fields.append(.etag, "\"e\"")
    #expect(
      write(200, .contentLength(5), fields: fields)
        == "HTTP/1.1 200 OK\r\nserver: Martlet\r\ndate: Sat, 31 Jan 2026 12:00:00 GMT\r\n"
        + "x-amz-request-id: 00000000000000AB\r\nx-amz-id-2: node\r\netag: \"e\"\r\ncontent-length: 5\r\n\r\n")
  }

  @Test(arguments: [UInt16(100), 200, 204, 206, 304, 307, 403, 404, 412, 416, 500, 503, 599])
  func everyHeadParses(_ status: UInt16) throws {
    for keepsAlive in [true, false] {
      for framing in [
        ResponseHeadWriter.Framing.none, .contentLength(UInt64(Int64.max)), .contentLength(0), .chunked, .untilClose,
      ] {
        let text = Array(write(status, framing, keepsAlive: keepsAlive).utf8)
        var parser = ResponseHeadParser(limits: HeadLimits())
        var head = ResponseHead()
        let consumed = try text.withUnsafeBytes { input in
          Result { () throws(HTTPParseError) in try parser.parse(input, toHeadRequest: true, into: &head) }
        }.get()
        #expect(consumed == text.count && head.status == status && head.keepsAlive == keepsAlive)
        #expect(head.fields.contains(.transferEncoding) == { if case .chunked = framing { true } else { false } }())
        if case .contentLength(let length) = framing { #expect(head.contentLength == length) }
      }
    }
  }

  @Test func hasRoomForManyFields() {
    var fields = ResponseFields()
    for index in 0..<500 {
      fields.append(name: "x-amz-meta-\(index)".utf8, value: String(repeating: "v", count: 100).utf8)
    }
    #expect(write(503, .contentLength(.max), keepsAlive: false, fields: fields).hasSuffix("\r\n\r\n"))
  }
}
