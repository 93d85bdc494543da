@_spi(Testing) import Authorization
import Backend
import HTTPClient
import HTTPWire
import NIOCore
import S3Model
import S3Wire

@testable import S3Backend

/// What a store answers: heads, framing, documents.
enum ResponseFuzz {
  static func run(_ input: [UInt8]) {
    var choices = FuzzInput(input)
    let isHead = choices.byte() & 3 == 1
    var pieces = Pieces(seed: choices.byte())
    let operation = choices.byte()
    let bytes = choices.bytes
    let whole = read([bytes], isHead: isHead)
    let cut = read(pieces.cut(bytes), isHead: isHead)
    expect(
      whole.failed == cut.failed && (whole.failed || whole == cut), "an answer is the same however it comes")
    expect(whole.body.count <= bytes.count, "a body comes from the input")
    guard whole.hasHead else { return }
    translate(whole, operation)
  }

  private struct Answer: Equatable {
    var head = ResponseHead()
    var hasHead = false
    var body: [UInt8] = []
    var isComplete = false
    var failed = false

    static func == (left: Answer, right: Answer) -> Bool {
      left.hasHead == right.hasHead && left.head.status == right.head.status
        && left.head.fields.bytes == right.head.fields.bytes && left.body == right.body
        && left.isComplete == right.isComplete
    }
  }

  private static func read(_ pieces: [[UInt8]], isHead: Bool) -> Answer {
    var reader = ResponseReader(limits: HeadLimits(headBytesMax: 4096, fieldCountMax: 64))
    reader.begin(isHead: isHead)
    var input = ByteBuffer()
    var answer = Answer()
    do throws(ResponseFault) {
      for piece in pieces {
        input.writeBytes(piece)
        reading: while true {
          switch try reader.next(&input) {
          case .needsMore: break reading
          case .interim: break
          case .head:
            expect(!answer.hasHead, "there is one head")
            answer.hasHead = true
            answer.head = reader.head
          case .body(let bytes):
            expect(bytes.readableBytes > 0, "a piece of a body holds something")
            answer.body += bytes.readableBytesView
          case .end: break
          }
          if reader.isComplete, input.readableBytes == 0 { break reading }
        }
      }
      answer.isComplete = reader.isComplete
    } catch {
      answer.failed = true
    }
    return answer
  }

  private static let requests: [S3Request] = [
    "GET /bucket/key", "PUT /bucket/key", "PUT /bucket", "POST /bucket/key?uploadId=1", "POST /bucket?delete",
    "GET /bucket?list-type=2", "PUT /bucket/key\u{0}copy",
  ].compactMap { line in
    let isCopy = line.hasSuffix("copy")
    let target = isCopy ? String(line.dropLast(5)) : line
    let text = "\(target) HTTP/1.1\r\nhost: h\r\n\(isCopy ? "x-amz-copy-source: /a-bucket/b\r\n" : "")\r\n"
    return Heads.parseWhole(Array(text.utf8)).flatMap(RequestFuzz.s3)
  }

  private static func translate(_ answer: Answer, _ operation: UInt8) {
    expect(requests.count == 7, "the requests parse")
    let request = BackendRequest(
      AuthorizedRequest(undecided: requests[Int(operation) % requests.count]), contentLength: nil, document: nil,
      clientEndpoint: "https://gateway.example")
    check(ResponseTranslator.fields(of: answer.head, for: request))
    check(ResponseTranslator.errorFields(of: answer.head))
    _ = ErrorResponse.failure(head: answer.head, document: answer.body, request: request)
    if case .success(let document) = ResponseTranslator.document(answer.body, head: answer.head, for: request) {
      let isXML = Result { () throws(XMLFault) in
        var reader = try XMLReader(document)
        try reader.enterRoot()
        try reader.skip()
        try reader.finish()
      }
      if case .failure(let fault) = isXML { expect(false, "what goes on is XML: \(fault)") }
    }
  }

  /// Whatever a store says, what goes on to the client is header lines and nothing else.
  private static func check(_ fields: ResponseFields) {
    let text = Array("HTTP/1.1 200 OK\r\n".utf8) + fields.bytes + [0x0D, 0x0A]
    var parser = ResponseHeadParser(limits: HeadLimits(headBytesMax: 65_536, fieldCountMax: 512))
    var head = ResponseHead()
    let parsed = text.withUnsafeBytes { input in
      Result { () throws(HTTPParseError) in try parser.parse(input, toHeadRequest: true, into: &head) }
    }
    guard case .success(text.count) = parsed else {
      expect(false, "the fields are header lines: \(parsed)")
      return
    }
    expect(
      !head.fields.contains(.transferEncoding) && !head.fields.contains(.connection)
        && !head.fields.contains(.contentLength), "framing is the gateway's own")
  }
}
