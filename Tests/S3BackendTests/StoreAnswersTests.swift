import Backend
import HTTPWire
import NIOCore
import NIOPosix
import S3Backend
import S3Model
import Testing

/// How a store's answers reach the client.
@Suite struct StoreAnswersTests {
  private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  private func answer(
    _ line: String, _ answers: String..., document: [UInt8]? = nil, headers: [String: String] = [:]
  ) async throws -> (outcome: Outcome, requests: [TestStore.Request]) {
    let store = try await TestStore(group: Self.group) { request in
      guard request.isComplete else { return [] }
      return [.write(request.connection < answers.count ? answers[request.connection] : "")]
    }
    // One connection per answer: each says `Connection: close` or is refused.
    let exchange = try await Exchange(.test(port: store.port), on: Self.group)
    let outcome = try await exchange.run(line, headers: headers, document: document)
    try await store.stop()
    return (outcome, store.requests)
  }

  @Test(arguments: [
    (404, "NoSuchKey", S3ErrorCode.noSuchKey), (403, "AccessDenied", .accessDenied),
    (412, "PreconditionFailed", .preconditionFailed),
    (409, "BucketNotEmpty", .bucketNotEmpty), (503, "SlowDown", .slowDown), (416, "InvalidRange", .invalidRange),
  ])
  func errorsKeepCodeAndStatus(_ status: Int, _ name: String, _ code: S3ErrorCode) async throws {
    let (outcome, _) = try await answer("GET /bucket/key", errorDocument(status, name))
    #expect(outcome.refused?.code == code && outcome.refused?.foreignCode == nil)
    #expect(outcome.refused?.status == UInt16(status))
    #expect(outcome.refused?.message == "store's own words")
    #expect(outcome.response == nil)
  }

  @Test func errorsTellNothingAboutTheStore() async throws {
    let (outcome, _) = try await answer(
      "GET /bucket/key",
      errorDocument(
        416, "InvalidRange",
        "<Resource>/internal</Resource><RequestId>r</RequestId><HostId>h</HostId><ActualObjectSize>5</ActualObjectSize>"
          + "<AWSAccessKeyId>BACKENDKEY</AWSAccessKeyId><StringToSign>s</StringToSign>"))
    #expect(outcome.refused?.details.map(\.name) == ["ActualObjectSize"])
  }

  @Test func foreignCodesAreNames() async throws {
    let (outcome, _) = try await answer("GET /bucket/key", errorDocument(400, "XVendorSpecific"))
    #expect(outcome.refused?.foreignCode == "XVendorSpecific" && outcome.refused?.status == 400)
    let (odd, _) = try await answer("GET /bucket/key", errorDocument(400, "not a name&#10;"))
    #expect(odd.refused?.foreignCode == nil && odd.refused?.status == 400)
  }

  @Test(arguments: [
    (403, "InvalidAccessKeyId"), (403, "SignatureDoesNotMatch"), (400, "ExpiredToken"), (400, "InvalidToken"),
    (400, "AuthorizationHeaderMalformed"), (403, "RequestTimeTooSkewed"),
  ])
  func ourOwnCredentialsAreNotTheClientsFault(_ status: Int, _ code: String) async throws {
    let (outcome, _) = try await answer("GET /bucket/key", errorDocument(status, code))
    guard case .credentialsRefused(code)? = outcome.failure else { throw Unexpected(outcome) }
  }

  @Test func accessDeniedIsOursOnlyWhereNoObjectIsInPlay() async throws {
    let (outcome, _) = try await answer("GET /", errorDocument(403, "AccessDenied"))
    guard case .credentialsRefused("AccessDenied")? = outcome.failure else { throw Unexpected(outcome) }
    let (object, _) = try await answer("GET /bucket/key", errorDocument(403, "AccessDenied"))
    #expect(object.refused?.code == .accessDenied)
  }

  private static let head403 = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n"

  @Test func refusedHeadsAreDiagnosed() async throws {
    let (outcome, requests) = try await answer(
      "HEAD /bucket/key?versionId=2", Self.head403, errorDocument(403, "SignatureDoesNotMatch"),
      headers: ["If-Match": "\"e\""])
    guard case .credentialsRefused("SignatureDoesNotMatch")? = outcome.failure else { throw Unexpected(outcome) }
    #expect(requests.map(\.line) == ["HEAD /bucket/key?versionId=2 HTTP/1.1", "GET /bucket/key?versionId=2 HTTP/1.1"])
    #expect(requests.last?.header("range") == "bytes=0-0")
  }

  @Test(arguments: [errorDocument(403, "AccessDenied"), errorDocument(404, "NoSuchKey"), ok])
  func refusedHeadsStayRefused(_ second: String) async throws {
    let (outcome, _) = try await answer("HEAD /bucket/key", Self.head403, second)
    #expect(outcome.refused?.code == .accessDenied && outcome.refused?.status == 403)
  }

  @Test(arguments: [(404, S3ErrorCode.noSuchKey), (405, .methodNotAllowed), (412, .preconditionFailed)])
  func headErrorsGoByStatus(_ status: Int, _ code: S3ErrorCode) async throws {
    let (outcome, requests) = try await answer(
      "HEAD /bucket/key", "HTTP/1.1 \(status) X\r\nx-amz-delete-marker: true\r\nContent-Length: 300\r\n\r\n")
    #expect(outcome.refused?.code == code && requests.count == 1)
    #expect(outcome.refused?.fields.value(.xAmzDeleteMarker) == "true")
  }

  @Test func headKeepsTheLength() async throws {
    let (outcome, _) = try await answer("HEAD /bucket/key", "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n")
    #expect(outcome.isFinished && outcome.response?.contentLength == 300 && outcome.body.isEmpty)
  }

  @Test(arguments: [
    "HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\n\r\nab",
  ])
  func statusesPass(_ text: String) async throws {
    let (outcome, _) = try await answer("GET /bucket/key", text)
    #expect(outcome.isFinished && outcome.response.map { text.contains(" \($0.status) ") } == true)
  }

  @Test(arguments: [301, 307, 302])
  func redirectionsAreConfigurationErrors(_ status: Int) async throws {
    let (outcome, _) = try await answer(
      "GET /bucket/key",
      "HTTP/1.1 \(status) Moved\r\nx-amz-bucket-region: eu-west-1\r\nLocation: http://evil/\r\nContent-Length: 0\r\n\r\n"
    )
    guard case .unavailable(let reason)? = outcome.failure else { throw Unexpected(outcome) }
    #expect(reason.contains("eu-west-1"))
  }

  private static func document(_ text: String) -> String {
    "HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\nETag: \"e\"\r\n\r\n\(text)"
  }

  @Test(arguments: [
    ("PUT /bucket/key", ["X-Amz-Copy-Source": "/b/k"]),
    ("PUT /bucket/key?partNumber=1&uploadId=u", ["X-Amz-Copy-Source": "/bbb/k"]),
    ("POST /bucket/key?uploadId=u", [:]),
  ])
  func errorsInsideSuccessAreErrors(_ line: String, _ headers: [String: String]) async throws {
    var headers = headers
    if headers["X-Amz-Copy-Source"] == "/b/k" { headers["X-Amz-Copy-Source"] = "/bbb/k" }
    let text = "\n  <?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>later</Message></Error>"
    let (outcome, _) = try await answer(line, Self.document(text), headers: headers)
    #expect(outcome.refused?.code == .internalError && outcome.refused?.status == 500)
    #expect(outcome.response == nil)
  }

  @Test func completedUploadsAreAtTheGateway() async throws {
    let text =
      "<CompleteMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      + "<Location>http://internal:7480/bucket/a%20b</Location><Bucket>bucket</Bucket><Key>a b&amp;c</Key>"
      + "<ETag>&quot;e-2&quot;</ETag><ChecksumCRC32>AAAA</ChecksumCRC32></CompleteMultipartUploadResult>"
    let (outcome, _) = try await answer(
      "POST /bucket/a%20b%26c?uploadId=u", Self.document(text), document: Array("<CompleteMultipartUpload/>".utf8))
    #expect(outcome.isFinished && outcome.response?.contentLength == UInt64(outcome.body.count))
    #expect(
      outcome.text.contains(
        "<Location>https://gateway:9000/bucket/a%20b%26c</Location><Bucket>bucket</Bucket><Key>a b&amp;c</Key>"
          + "<ETag>&quot;e-2&quot;</ETag><ChecksumCRC32>AAAA</ChecksumCRC32>"))
    #expect(!outcome.text.contains("internal"))
  }

  @Test func copiesPassWhole() async throws {
    let text = "<CopyObjectResult><ETag>\"e\"</ETag></CopyObjectResult>"
    let (outcome, _) = try await answer(
      "PUT /bucket/key", Self.document(text), headers: ["X-Amz-Copy-Source": "/source/k"])
    #expect(outcome.isFinished && outcome.text == text)
  }

  @Test(arguments: ["<CopyObjectResult>", "", "plain text"])
  func brokenDocumentsAreNoSuccess(_ text: String) async throws {
    let (outcome, _) = try await answer(
      "PUT /bucket/key", Self.document(text), headers: ["X-Amz-Copy-Source": "/source/k"])
    guard case .malformedResponse? = outcome.failure else { throw Unexpected(outcome) }
  }

  @Test func newBucketsAreAtTheGateway() async throws {
    let (outcome, _) = try await answer(
      "PUT /bucket", "HTTP/1.1 200 OK\r\nLocation: http://bucket.internal/\r\nContent-Length: 0\r\n\r\n")
    #expect(outcome.response?.fields.value(.location) == "/bucket")
  }

  @Test func hugeErrorDocumentsAreBounded() async throws {
    let (outcome, _) = try await answer(
      "GET /bucket/key",
      "HTTP/1.1 500 X\r\nContent-Length: 3000000\r\n\r\n" + String(repeating: "x", count: 3_000_000))
    #expect(outcome.refused?.code == .internalError)
  }
}
