import HTTPWire
import NIOCore
import Testing

@testable import HTTPClient

/// The reader alone: the same events however the bytes are cut.
@Suite struct ResponseReaderTests {
  private func read(_ pieces: [[UInt8]], isHead: Bool = false) -> (
    status: UInt16?, body: [UInt8], isComplete: Bool, failure: ResponseFault?
  ) {
    var reader = ResponseReader(limits: HeadLimits(headBytesMax: 1024, fieldCountMax: 10))
    reader.begin(isHead: isHead)
    var input = ByteBuffer()
    var status: UInt16?
    var body: [UInt8] = []
    for piece in pieces {
      input.writeBytes(piece)
      do throws(ResponseFault) {
        reading: while true {
          switch try reader.next(&input) {
          case .needsMore: break reading
          case .interim: break
          case .head: status = reader.head.status
          case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
          case .end: break
          }
          if reader.isComplete, input.readableBytes == 0 { break reading }
        }
      } catch {
        return (status, body, false, error)
      }
    }
    return (status, body, reader.isComplete, nil)
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: dropped\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  ])
  func cutsMakeNoDifference(_ text: String) {
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      let result = read([Array(bytes[..<cut]), Array(bytes[cut...])])
      #expect(result.status == 200 && result.body == Array("hello".utf8) && result.isComplete, "cut at \(cut)")
    }
    let single = read(bytes.map { [$0] })
    #expect(single.status == 200 && single.body == Array("hello".utf8) && single.isComplete)
    for length in 0..<bytes.count { #expect(!read([Array(bytes[..<length])]).isComplete) }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", "HTTP/1.1 204 No\r\n\r\nx",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx",
  ])
  func bytesBehindAResponseAreRefused(_ text: String) {
    #expect(read([Array(text.utf8)]).failure == .unexpectedBytes)
  }

  @Test func headHasNoBody() {
    let result = read([Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n".utf8)], isHead: true)
    #expect(result.isComplete && result.body.isEmpty)
    #expect(
      read([Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".utf8)], isHead: true).failure == .unexpectedBytes)
  }

  @Test func nothingIsExpectedBeforeARequest() {
    var reader = ResponseReader(limits: HeadLimits())
    var input = ByteBuffer(string: "HTTP/1.1 200 OK\r\n")
    #expect(throws: ResponseFault.unexpectedBytes) { try reader.next(&input) }
  }
}
