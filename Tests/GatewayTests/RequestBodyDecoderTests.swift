import HTTPWire
import NIOCore
import Testing

@testable import Gateway

@Suite struct RequestBodyDecoderTests {
  private struct Outcome: Equatable {
    var body: [UInt8] = []
    var hasEnded = false
    var failed = false
    /// What stays in the input behind the body.
    var rest: [UInt8] = []
  }

  private func decode(_ framing: BodyFraming, _ pieces: [[UInt8]]) -> Outcome {
    var decoder = RequestBodyDecoder(framing)
    var input = ByteBuffer()
    var outcome = Outcome()
    for piece in pieces {
      input.writeBytes(piece)
      do throws(HTTPParseError) {
        reading: while !outcome.hasEnded {
          switch try decoder.next(&input) {
          case .piece(let bytes):
            #expect(bytes.readableBytes > 0)
            outcome.body += bytes.readableBytesView
          case .needsMore: break reading
          case .end: outcome.hasEnded = true
          }
        }
      } catch {
        outcome.failed = true
        return outcome
      }
    }
    outcome.rest = Array(input.readableBytesView)
    return outcome
  }

  private static let chunked = "2;x=\"y\"\r\nhe\r\n3\r\nllo\r\n0\r\nX-Trailer: dropped\r\n\r\n"

  @Test(arguments: [
    (BodyFraming.contentLength(5), "hello"), (.chunked, chunked),
  ])
  func cutsMakeNoDifference(_ framing: BodyFraming, _ text: String) {
    let next = Array("GET / HTTP/1.1\r\n".utf8)
    let bytes = Array(text.utf8) + next
    let expected = Outcome(body: Array("hello".utf8), hasEnded: true, rest: next)
    for cut in 0...bytes.count {
      #expect(decode(framing, [Array(bytes[..<cut]), Array(bytes[cut...])]) == expected, "cut at \(cut)")
    }
    #expect(decode(framing, bytes.map { [$0] }) == expected)
    for count in 0..<text.utf8.count { #expect(!decode(framing, [Array(bytes[..<count])]).hasEnded) }
  }

  @Test func noBodyEndsAtOnce() {
    #expect(decode(.none, [[0x47]]) == Outcome(hasEnded: true, rest: [0x47]))
    #expect(decode(.contentLength(0), [[0x47]]) == Outcome(hasEnded: true, rest: [0x47]))
  }

  @Test(arguments: [
    "x\r\n", "-1\r\n", "\r\n", "5\nhello\r\n", "5\r\nhellox\r\n", "1000000000000000\r\n", " 5\r\nhello\r\n", "0\r\n\n",
    "5\r\nhello\r\n0\r\nA\r\0\n\r\n",
  ])
  func refusesBrokenChunks(_ text: String) {
    let bytes = Array(text.utf8)
    #expect(decode(.chunked, [bytes]).failed)
    #expect(decode(.chunked, bytes.map { [$0] }).failed)
  }

  @Test func tellsWhatIsToCome() throws {
    var decoder = RequestBodyDecoder(.contentLength(10))
    #expect(decoder.remaining == 10)
    var input = ByteBuffer(bytes: [1, 2, 3])
    _ = try decoder.next(&input)
    #expect(decoder.remaining == 7)
    #expect(RequestBodyDecoder(.none).remaining == 0)
    var chunks = RequestBodyDecoder(.chunked)
    #expect(chunks.remaining == nil)
    var end = ByteBuffer(string: "0\r\n\r\n")
    _ = try chunks.next(&end)
    #expect(chunks.remaining == 0)
  }

  @Test func staysAtItsEnd() throws {
    var decoder = RequestBodyDecoder(.contentLength(1))
    var input = ByteBuffer(bytes: [1, 2, 3])
    for expected in [true, false, false] {
      guard case .piece(let piece) = try decoder.next(&input) else {
        #expect(!expected)
        continue
      }
      #expect(expected && piece.readableBytes == 1)
    }
    #expect(input.readableBytes == 2)
  }
}
