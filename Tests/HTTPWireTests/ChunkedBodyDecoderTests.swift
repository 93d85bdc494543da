import Testing

@testable import HTTPWire

@Suite struct ChunkedBodyDecoderTests {
  /// Decodes `text` fed in pieces of `step` bytes.
  func decode(_ text: String, step: Int) throws -> (body: String, ended: Bool, rest: Int) {
    var decoder = ChunkedBodyDecoder(lineBytesMax: 64)
    var body: [UInt8] = []
    let bytes = Array(text.utf8)
    var start = 0
    var limit = 0
    while limit < bytes.count {
      limit = min(bytes.count, limit + step)
      while true {
        let (consumed, event) = try bytes[start..<limit].withUnsafeBytes { try decoder.next($0) }
        start += consumed
        if case .data(let count) = event {
          body += bytes[start..<(start + count)]
          start += count
          continue
        }
        if event == .end { return (String(decoding: body, as: UTF8.self), true, bytes.count - start) }
        break
      }
    }
    return (String(decoding: body, as: UTF8.self), false, bytes.count - start)
  }

  @Test(arguments: [1, 2, 3, 7, 1000])
  func decodes(step: Int) throws {
    let result = try decode("5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nTrailer: x\r\n\r\nNEXT", step: step)
    #expect(result.body == "hello world")
    #expect(result.ended)
    if step == 1000 { #expect(result.rest == 4) }
  }

  @Test(arguments: [
    "\r\nhello", "g\r\n", "5\nhello\r\n", "5\r\nhelloX\r\n", "5\r\nhello\n0\r\n\r\n", "1234567890123456\r\n",
    "-1\r\n", " 5\r\n", "5;a\nb\r\n", "0\r\nA: b\n\r\n",
  ])
  func refuses(_ text: String) {
    #expect(throws: HTTPParseError.malformedChunk) { _ = try decode(text, step: 1000) }
  }

  @Test func boundsExtensionsAndTrailers() {
    let long = String(repeating: "x", count: 100)
    #expect(throws: HTTPParseError.malformedChunk) { _ = try decode("5;\(long)\r\n", step: 9) }
    #expect(throws: HTTPParseError.trailerTooLarge) { _ = try decode("0\r\na: \(long)\r\n\r\n", step: 9) }
  }
}
