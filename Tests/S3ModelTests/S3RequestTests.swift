import HTTPWire
import S3Model
import Testing

@Suite struct S3RequestTests {
  private func request(_ headers: [String], hoisted: [HoistedHeader] = []) throws -> S3Request {
    var parser = RequestHeadParser(limits: HeadLimits())
    var head = RequestHead()
    let text = "GET /b/k HTTP/1.1\r\nHost: h\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n"
    let consumed = try Array(text.utf8).withUnsafeBytes { bytes in
      Result { () throws(HTTPParseError) in try parser.parse(bytes, into: &head) }
    }.get()
    #expect(consumed == text.utf8.count)
    return S3Request(head: head, operation: .getObject, hoisted: hoisted)
  }

  @Test func joinsRepeatsAsTheSignatureDoes() throws {
    let request = try request(["x-amz-acl: private", "X-Amz-Acl: public-read"])
    #expect(request.header(.xAmzAcl) == "private,public-read")
    #expect(!request.header(.xAmzAcl, equals: "private"))
    #expect(request.header(.xAmzTagging) == nil)
  }

  @Test func findsHoistedHeaders() throws {
    let request = try request([], hoisted: [HoistedHeader(id: .xAmzAcl, name: "x-amz-acl", value: "private")])
    #expect(request.hasHeader(.xAmzAcl))
    #expect(request.header(.xAmzAcl, equals: "private"))
    #expect(!request.hasHeader(.xAmzTagging))
  }

  @Test func walksMetadataOnce() throws {
    let request = try request(
      ["x-amz-meta-A: 1", "x-amz-meta-b: 2", "x-amz-meta-a: 3", "x-amz-acl: private", "x-amz-meta-: none"],
      hoisted: [
        HoistedHeader(id: .other, name: "x-amz-meta-c", value: "4"),
        HoistedHeader(id: .other, name: "x-amz-meta-b", value: "2"),
      ])
    var seen: [String] = []
    request.forEachMetadata { seen.append("\($0)=\($1)") }
    #expect(seen == ["a=1,3", "b=2", "c=4"])
  }
}

@Suite struct S3ErrorCodeTests {
  @Test func everyCodeHasAStatusAndIsFoundByName() {
    for code in S3ErrorCode.allCases {
      #expect((300...503).contains(code.status))
      #expect(code.message.utf8CodeUnitCount > 0)
      #expect(S3ErrorCode(name: Array(code.name.description.utf8)) == code)
    }
    #expect(S3ErrorCode(name: Array("nosuchkey".utf8)) == nil)
  }

  @Test(arguments: [
    (S3ErrorCode.noSuchKey, 404), (.accessDenied, 403), (.invalidRange, 416), (.preconditionFailed, 412),
    (.notImplemented, 501), (.slowDown, 503), (.internalError, 500), (.methodNotAllowed, 405),
  ])
  func statuses(code: S3ErrorCode, status: Int) {
    #expect(Int(code.status) == status)
  }
}
