import HTTPWire
import S3Model
import S3Wire
import Testing

@Suite struct FormTests {
  private let form = [
    "--b", "Content-Disposition: form-data; name=\"key\"", "", "up/${filename}", "--b",
    "content-disposition: form-data; name=\"acl\"", "", "", "--b",
    "Content-Disposition: form-data; name=\"file\"; filename=\"C:\\\\dir\\\\a \\\"b\\\".txt\"",
    "Content-Type: text/plain", "",
    "line\r\n--bnot\r\nline", "--b", "Content-Disposition: form-data; name=\"late\"", "", "ignored", "--b--",
    "epilogue",
  ].joined(separator: "\r\n").replacing("--bnot", with: "--B not")

  private func events(_ text: String, step: Int, type: String = "multipart/form-data; boundary=b") throws
    -> [PostFormParser.Event]
  {
    var parser = try PostFormParser(contentType: type.utf8)
    var events: [PostFormParser.Event] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: step) {
      bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { parser.receive($0) }
      while let event = try parser.next() {
        // Pieces of the file are joined, wherever they were cut.
        if case .fileBytes(let piece) = event, case .fileBytes(let before)? = events.last {
          events[events.count - 1] = .fileBytes(before + piece)
        } else {
          events.append(event)
        }
      }
    }
    try parser.finish()
    return events
  }

  @Test(arguments: [1, 2, 3, 7, 16, 100_000])
  func parsesInPiecesOfAnySize(step: Int) throws {
    #expect(
      try events(form, step: step) == [
        .field(name: "key", value: "up/${filename}"), .field(name: "acl", value: ""),
        .fileStart(fileName: "C:\\dir\\a \"b\".txt", contentType: "text/plain"),
        .fileBytes(Array("line\r\n--B not\r\nline".utf8)), .fileEnd, .end,
      ])
  }

  @Test(arguments: [
    ("--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--b--", S3WireError.missingFormFile),
    ("--x\r\n", .malformedForm), ("--b\r\nContent-Type: a\r\n\r\nk\r\n--b--", .malformedForm),
    ("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nk\r\n--bx", .malformedForm),
    ("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nk", .malformedForm),
    (
      "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nk\r\n--b\r\nContent-Disposition: form-data; name=\"File\"\r\n\r\nk\r\n--b--",
      .repeatedFormFile
    ),
    ("--b\r\nContent-Disposition: attachment; name=\"key\"\r\n\r\nk\r\n--b--", .malformedForm),
  ])
  func refuses(text: String, error: S3WireError) {
    #expect(throws: error) { try events(text, step: 5) }
  }

  @Test(arguments: [
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=a; boundary=b",
  ])
  func needsOneBoundary(type: String) {
    #expect(throws: S3WireError.malformedForm) { try PostFormParser(contentType: type.utf8) }
  }

  @Test func boundsFields() {
    let field = "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n" + String(repeating: "k", count: 21_000)
    #expect(throws: S3WireError.formFieldsTooLarge) { try events(field, step: 1000) }
  }

  @Test func holdsBackOnlyABoundarysLength() throws {
    var parser = try PostFormParser(contentType: "multipart/form-data; boundary=b".utf8)
    Array("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".utf8).withUnsafeBytes { parser.receive($0) }
    #expect(try parser.next() == .fileStart(fileName: "", contentType: nil))
    [UInt8](repeating: 0x61, count: 1000).withUnsafeBytes { parser.receive($0) }
    guard case .fileBytes(let piece)? = try parser.next() else {
      Issue.record("no bytes of the file")
      return
    }
    #expect(piece.count == 1000 - 4)
  }

  private func request() throws -> S3Request {
    try parse("POST /bucket", ["Content-Type: multipart/form-data; boundary=b"])
  }

  @Test func aFormIsThePutItAsksFor() throws {
    var form = PostObjectForm()
    for (name, value): (ByteString, ByteString) in [
      ("Key", "up/${filename}"), ("acl", "private"), ("Content-Type", "text/plain"), ("x-amz-meta-Color", "red"),
      ("tagging", "<Tagging><TagSet><Tag><Key>a b</Key><Value>c</Value></Tag></TagSet></Tagging>"),
      ("policy", "e30="), ("x-amz-signature", "s"), ("success_action_status", "201"), ("Authorization", "x"),
      ("Transfer-Encoding", "chunked"),
    ] { try form.add(name: name, value: value) }
    let put = try form.putObject(for: try request(), fileName: "dir/a b%.txt")
    #expect(put.operation == .putObject && put.bucket == "bucket" && put.key == "up/a b%.txt")
    #expect(
      accesses(put)
        == ["PutObject", "PutObjectAcl", "PutObjectTagging"].map { "s3:\($0) arn:aws:s3:::bucket/up/a b%.txt" })
    #expect(put.header(.contentType) == "text/plain" && put.header(.xAmzTagging) == "a%20b=c")
    #expect(!put.hasHeader(.authorization) && !put.hasHeader(.transferEncoding))
    var metadata: [String] = []
    put.forEachMetadata { metadata.append("\($0)=\($1)") }
    #expect(metadata == ["color=red"])
  }

  @Test(
    arguments: [
      ("x-amz-copy-source", "/other/key"), ("x-amz-write-offset-bytes", "1"), ("x-amz-acl", "private"),
      ("acl", "a\r\nx-amz-tagging: b"),
      ("x-amz-meta-a b", "c"), ("x-amz-meta-a:", "c"), ("tagging", "a=b"),
    ] as [(ByteString, ByteString)])
  func formsBringInNothingElse(name: ByteString, value: ByteString) throws {
    var form = PostObjectForm()
    try form.add(name: "key", value: "k")
    try form.add(name: name, value: value)
    #expect(throws: S3WireError.self) { try form.putObject(for: try request(), fileName: "") }
  }

  @Test func formsNeedTheirKeyOnce() throws {
    var form = PostObjectForm()
    #expect(throws: S3WireError.missingFormField("key")) { try form.key(fileName: "f") }
    try form.add(name: "key", value: "${filename}")
    #expect(throws: S3WireError.missingFormField("key")) { try form.key(fileName: "") }
    #expect(throws: S3WireError.malformedForm) { try form.add(name: "KEY", value: "other") }
  }

  @Test func queryProtocolParameters() throws {
    let parameters = try FormParameters(
      Array("Action=AssumeRole&Policy=%7B%7D+x&PolicyArns.member.1=a&PolicyArns.member.2=b&Tags.member.1.Key=k".utf8))
    #expect(parameters["Action"] == "AssumeRole" && parameters["Policy"] == "{} x" && parameters["action"] == nil)
    #expect(parameters.members("PolicyArns") == ["a", "b"])
    #expect(parameters.members("Tags") == [])
    #expect(try FormParameters(Array("A.member.2=a".utf8)).members("A") == nil)
  }

  @Test(arguments: ["a=1&a=2", "=1", "a=%zz", "a=%00", "a=%ff"])
  func refusesOtherParameters(text: String) {
    #expect(throws: S3WireError.self) { try FormParameters(Array(text.utf8)) }
  }

  @Test func boundsParameters() {
    #expect(throws: S3WireError.documentTooLarge) { try FormParameters([UInt8](repeating: 0x61, count: 65_537)) }
    let many = (0...FormParameters.parametersMax).map { "p\($0)=1" }.joined(separator: "&")
    #expect(throws: S3WireError.malformedParameters) { try FormParameters(Array(many.utf8)) }
  }
}
