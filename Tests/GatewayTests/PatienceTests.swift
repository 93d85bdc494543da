import Backend
import NIOCore
import S3Model
import SigV4
import Testing

@testable import Gateway

/// Answers that take long begin before their end is known.
@Suite struct PatienceTests {
  private static let result = "<?xml version=\"1.0\" encoding='UTF-8'?>\n<CompleteMultipartUploadResult/>"
  private static let parts =
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>e</ETag></Part></CompleteMultipartUpload>"

  private func completing() throws -> ClientConnection {
    let client = try ClientConnection()
    client.store.holdsAnswers = true
    try client.begin("POST", "/bucket/key", query: "uploadId=u", contentLength: Self.parts.utf8.count)
    try client.send(Self.parts)
    #expect(client.store.events == [.started(.completeMultipartUpload), .finished])
    return client
  }

  /// The body of a chunked response, and `|` behind its end.
  private func unchunked(_ text: String) -> String {
    var rest = Array(text.utf8)[...]
    var body: [UInt8] = []
    while let end = rest.firstRange(of: Array("\r\n".utf8)),
      let count = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16)
    {
      rest = rest[end.upperBound...]
      if count == 0 { return String(decoding: body, as: UTF8.self) + "|" }
      body += rest.prefix(count)
      rest = rest.dropFirst(count + 2)
    }
    return String(decoding: body, as: UTF8.self)
  }

  private func split(_ answer: String) throws -> (head: String, body: String) {
    let end = try #require(answer.firstRange(of: "\r\n\r\n"))
    return (String(answer[..<end.lowerBound]), String(answer[end.upperBound...]))
  }

  @Test func quickAnswersAreAsTheyAre() throws {
    let client = try completing()
    client.wait(.seconds(9))
    #expect(try client.answer() == "")
    client.store.answer(Self.result)
    let (head, body) = try split(client.answer())
    #expect(head.hasPrefix("HTTP/1.1 200 ") && head.contains("content-length") && body == Self.result)
    client.wait(.seconds(30))
    #expect(try client.answer() == "")
  }

  @Test func longOnesShowLifeUntilTheyEnd() throws {
    let client = try completing()
    client.wait(.seconds(10))
    let (head, declaration) = try split(client.answer())
    #expect(head.hasPrefix("HTTP/1.1 200 ") && head.contains("chunked") && head.contains("application/xml"))
    client.wait(.seconds(10))
    let first = try client.answer()
    client.wait(.seconds(25))
    let second = try client.answer()
    client.store.answer(Self.result)
    let body = unchunked(declaration + first + second + (try client.answer()))
    #expect(body == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + "   " + "\n<CompleteMultipartUploadResult/>|")
    client.wait(.seconds(60))
    #expect(try client.answer() == "" && client.isOpen)
  }

  @Test func lateErrorsAreInTheDocument() throws {
    let client = try completing()
    client.wait(.seconds(10))
    let (head, declaration) = try split(client.answer())
    #expect(head.hasPrefix("HTTP/1.1 200 "))
    client.store.refuse(.refused(StoreError(.invalidPart)))
    let body = unchunked(declaration + (try client.answer()))
    #expect(body.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<Error><Code>InvalidPart</Code>"), "\(body)")
    #expect(body.hasSuffix("</Error>|") && body.ranges(of: "<?xml").count == 1)
  }

  @Test func earlyErrorsHaveTheirStatus() throws {
    let client = try completing()
    client.store.refuse(.refused(StoreError(.invalidPart)))
    #expect(try client.answer().hasPrefix("HTTP/1.1 400 "))
  }

  @Test func copiesToo() throws {
    for (query, operation) in [("", S3Operation.copyObject), ("partNumber=1&uploadId=u", .uploadPartCopy)] {
      let client = try ClientConnection()
      client.store.holdsAnswers = true
      // The gateway asks for the source's tags first; that answer is quick.
      try client.begin(
        "PUT", "/bucket/key", query: query, contentLength: 0,
        headers: [
          SignedHeader("x-amz-copy-source", "/bucket/source"), SignedHeader("x-amz-tagging-directive", "REPLACE"),
        ])
      try client.send("")
      #expect(client.store.events == [.started(operation), .finished])
      client.wait(.seconds(10))
      #expect(try client.answer().hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test func othersWaitInSilence() throws {
    let client = try ClientConnection()
    client.store.holdsAnswers = true
    try client.begin("PUT", "/bucket/key", contentLength: 1)
    try client.send("a")
    #expect(client.store.events.last == .finished)
    client.wait(.seconds(50))
    #expect(try client.answer() == "")
  }

  @Test func nothingIsLeftWhenTheClientGoes() throws {
    let client = try completing()
    client.wait(.seconds(10))
    client.close()
    #expect(client.store.events.last == .cancelled)
    client.wait(.seconds(60))
  }
}
