import Backend
import Cryptography
import HTTPWire
import NIOCore
import NIOPosix
import S3Backend
import S3Model
import S3Wire
import SigV4
import Testing

/// What reaches the store of a client's request.
@Suite struct RebuiltRequestTests {
  private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// The request as the store received it, and how it ended.
  private func forward(
    _ line: String, _ headers: [String: String] = [:], body: [UInt8]? = nil, document: [UInt8]? = nil,
    configure: (inout S3BackendConfiguration) -> Void = { _ in }
  ) async throws -> (request: TestStore.Request?, outcome: Outcome) {
    let store = try await TestStore(group: Self.group) { $0.isComplete ? [.write(ok)] : [] }
    var configuration = S3BackendConfiguration.test(port: store.port)
    configure(&configuration)
    let exchange = try await Exchange(configuration, on: Self.group)
    let outcome = try await exchange.run(line, headers: headers, body: body, document: document)
    try await store.stop()
    return (store.requests.first, outcome)
  }

  /// The gateway's own look-ups start from a client's request: its method must not go along.
  @Test(arguments: [
    ("DELETE /bucket/key", S3Operation.getObjectTagging, "GET /bucket/key HTTP/1.1"),
    ("PUT /bucket?policy", .headBucket, "HEAD /bucket?policy HTTP/1.1"),
    ("PUT /bucket/key", .putObject, "PUT /bucket/key HTTP/1.1"),
  ])
  func asksForTheOperation(_ line: String, _ operation: S3Operation, _ sent: String) async throws {
    let store = try await TestStore(group: Self.group) { $0.isComplete ? [.write(ok)] : [] }
    let exchange = try await Exchange(.test(port: store.port), on: Self.group)
    var request = try Exchange.request(line, [:])
    request.operation = operation
    _ = try await exchange.run(request)
    try await store.stop()
    #expect(store.requests.first?.line == sent)
  }

  @Test func holdsOnlyWhatS3Knows() async throws {
    let (request, _) = try await forward(
      "GET /bucket/key?versionId=3&x-id=GetObject",
      [
        "Authorization": "AWS4-HMAC-SHA256 Credential=CLIENT/20260101/us-east-1/s3/aws4_request",
        "X-Amz-Security-Token": "client-token", "X-Amz-Date": "20200101T000000Z", "X-Amz-Content-Sha256": "abc",
        "Cookie": "a=b", "X-Forwarded-For": "1.2.3.4", "X-Evil": "1", "User-Agent": "client", "Range": "bytes=0-3",
        "If-None-Match": "\"e\"", "X-Amz-Tagging": "a=b", "X-Amz-Mfa": "serial 123456", "Content-Type": "text/plain",
        "X-Amz-Meta-A": "not on GET", "X-Amz-Checksum-Mode": "ENABLED", "Connection": "keep-alive",
      ])
    let head = try #require(request?.head)
    let names = head.split(separator: "\r\n").dropFirst().map { $0.prefix { $0 != ":" } }.sorted()
    #expect(
      names == [
        "authorization", "host", "if-none-match", "range", "x-amz-checksum-mode", "x-amz-content-sha256", "x-amz-date",
      ])
    #expect(request?.line == "GET /bucket/key?versionId=3 HTTP/1.1")
    #expect(request?.header("authorization")?.contains("Credential=BACKENDKEY/") == true)
    #expect(!head.contains("client-token") && !head.contains("CLIENT"))
  }

  @Test(arguments: [
    ("GET /bucket/a%2Fb%20c%C3%B6+d~e", "GET /bucket/a/b%20c%C3%B6%2Bd~e HTTP/1.1"),
    ("GET /bucket/%41%3F%23%25", "GET /bucket/A%3F%23%25 HTTP/1.1"),
    (
      "GET /bucket?prefix=a%2Fb+c&list-type=2&delimiter=/",
      "GET /bucket?delimiter=%2F&list-type=2&prefix=a%2Fb%20c HTTP/1.1"
    ),
    ("GET /bucket/?acl=", "GET /bucket?acl HTTP/1.1"),
    ("GET /bucket/?uploads&prefix=", "GET /bucket?prefix=&uploads HTTP/1.1"),
    ("GET /", "GET / HTTP/1.1"),
    (
      "GET /bucket/key?X-Amz-Signature=abc&response-content-type=a%2Fb",
      "GET /bucket/key?response-content-type=a%2Fb HTTP/1.1"
    ),
  ])
  func encodesTargetsAnew(_ line: String, _ expected: String) async throws {
    let (request, _) = try await forward(line)
    #expect(request?.line == expected)
  }

  @Test func putsBucketsIntoTheHost() async throws {
    let (request, _) = try await forward("GET /bucket/key") { $0.addressing = .virtualHost }
    #expect(request?.line == "GET /key HTTP/1.1")
    #expect(request?.header("host")?.hasPrefix("bucket.127.0.0.1:") == true)
    let (odd, _) = try await forward("GET /Odd_Bucket/key") { $0.addressing = .virtualHost }
    #expect(odd?.line == "GET /Odd_Bucket/key HTTP/1.1")
  }

  @Test func checksumsGoBothWays() async throws {
    let value = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    let store = try await TestStore(group: Self.group) { request in
      let line = "x-amz-checksum-sha256: \(value)\r\nx-amz-checksum-type: FULL_OBJECT"
      return request.isComplete ? [.write("HTTP/1.1 200 OK\r\n\(line)\r\nContent-Length: 0\r\n\r\n")] : []
    }
    let exchange = try await Exchange(.test(port: store.port), on: Self.group)
    let outcome = try await exchange.run("PUT /bucket/key", headers: ["X-Amz-Checksum-Sha256": value], body: [1])
    #expect(outcome.response?.fields.value(.xAmzChecksumSha256) == value)
    #expect(outcome.response?.fields.value(.xAmzChecksumType) == "FULL_OBJECT")
    _ = try await exchange.run("GET /bucket/key", headers: ["X-Amz-Checksum-Mode": "ENABLED"])
    try await store.stop()
    #expect(store.requests.first?.header("x-amz-checksum-sha256") == value)
    #expect(store.requests.last?.header("x-amz-checksum-mode") == "ENABLED")
  }

  /// What the client names is the gateway's region; the store hears its own.
  @Test(arguments: [
    ("us-east-1", "", ""), ("us-east-1", "eu-central-1", ""), ("eu-west-1", "", "eu-west-1"),
    ("eu-west-1", "eu-central-1", "eu-west-1"),
  ])
  func asksForTheStoresRegion(_ region: String, _ asked: String, _ told: String) async throws {
    var configuration = CreateBucketConfiguration()
    configuration.locationConstraint = asked.isEmpty ? nil : asked
    let (request, outcome) = try await forward("PUT /bucket", document: configuration.document) { $0.region = region }
    #expect(outcome.failure == nil)
    let sent = try CreateBucketConfiguration(document: try #require(request).body)
    #expect(sent.locationConstraint ?? "" == told)
  }

  @Test func removesTheClientsFraming() async throws {
    let (request, _) = try await forward(
      "PUT /bucket/key",
      [
        "Content-Encoding": "aws-chunked, gzip", "X-Amz-Decoded-Content-Length": "3",
        "X-Amz-Content-Sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Trailer": "x-amz-checksum-crc32",
        "X-Amz-Sdk-Checksum-Algorithm": "CRC32", "Transfer-Encoding": "chunked", "X-Amz-Meta-Color": "blue  green",
        "X-Amz-Storage-Class": "STANDARD",
      ], body: [1, 2, 3])
    #expect(request?.header("content-encoding") == "gzip")
    #expect(request?.header("content-length") == "3")
    #expect(request?.header("x-amz-meta-color") == "blue  green")
    #expect(request?.header("x-amz-storage-class") == "STANDARD")
    for name in ["transfer-encoding", "x-amz-trailer", "x-amz-decoded-content-length", "x-amz-sdk-checksum-algorithm"] {
      #expect(request?.header(name) == nil)
    }
    #expect(request?.body == [1, 2, 3])
    let (plain, _) = try await forward("PUT /bucket/key", ["Content-Encoding": "aws-chunked"], body: [1])
    #expect(plain?.header("content-encoding") == nil)
  }

  @Test func emptyBodiesAreAnnounced() async throws {
    let (request, outcome) = try await forward("PUT /bucket/key", ["Content-Length": "0"], body: [])
    #expect(request?.header("content-length") == "0" && outcome.isFinished)
    #expect(
      request?.header("x-amz-content-sha256") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func documentsAreHashedAnew() async throws {
    let document = Array("<Delete><Object><Key>a</Key></Object></Delete>".utf8)
    let (request, _) = try await forward(
      "POST /bucket?delete", ["Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA==", "X-Amz-Checksum-Crc32": "AAAAAA=="],
      document: document)
    #expect(request?.body == document)
    #expect(request?.header("content-md5") == Base64.encode(MD5Hasher.hash(document)))
    #expect(request?.header("content-md5") != "AAAAAAAAAAAAAAAAAAAAAA==")
    #expect(request?.header("x-amz-checksum-crc32") == nil)
    #expect(request?.header("x-amz-content-sha256")?.count == 64)
  }

  @Test func copySourcesAreRebuilt() async throws {
    let (request, _) = try await forward(
      "PUT /bucket/key", ["X-Amz-Copy-Source": "source%2Fa%20b?versionId=7", "X-Amz-Metadata-Directive": "COPY"])
    #expect(request?.header("x-amz-copy-source") == "/source/a%20b?versionId=7")
    #expect(request?.header("x-amz-metadata-directive") == "COPY")
  }

  @Test func hoistedHeadersBecomeHeaders() async throws {
    let (request, _) = try await forward(
      "PUT /bucket/key?X-Amz-Acl=private&x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-meta-a=b", body: [1])
    #expect(request?.line == "PUT /bucket/key HTTP/1.1")
    #expect(request?.header("x-amz-acl") == "private")
    #expect(request?.header("x-amz-meta-a") == "b")
    #expect(request?.header("x-amz-checksum-crc32") == nil)
  }

  @Test func hoistedNamesBecomeNoHeadersOfTheirOwn() async throws {
    await #expect(throws: (any Error).self) {
      try await forward("PUT /bucket/key?x-amz-meta-a:%20b%0d%0ax-amz-acl=public-read", body: [1])
    }
    // Even were the parser to let one through.
    var request = try Exchange.request("PUT /bucket/key")
    request.hoisted = [HoistedHeader(id: .other, name: "x-amz-meta-a: b\r\nx-amz-acl", value: "public-read")]
    let store = try await TestStore(group: Self.group) { $0.isComplete ? [.write(ok)] : [] }
    let exchange = try await Exchange(.test(port: store.port), on: Self.group)
    let outcome = try await exchange.run(request, body: [1])
    #expect(outcome.refused?.code == .invalidRequest && store.requests.isEmpty)
    try await store.stop()
  }

  @Test(arguments: [("store-1", "store-1"), ("us-east-1", nil)])
  func aNewBucketIsMadeInTheStoresRegion(_ region: String, _ expected: String?) async throws {
    var asked = CreateBucketConfiguration()
    asked.locationConstraint = "gateway-region"
    asked.tags = [ObjectTag(key: "team", value: "blue")]
    let (request, _) = try await forward("PUT /bucket", document: asked.document) {
      $0.region = region
    }
    let sent = try CreateBucketConfiguration(document: try #require(request?.body))
    #expect(sent.locationConstraint == expected)
    #expect(sent.tags == asked.tags)
  }

  @Test func aRefusedRequestIsNotSentOnAConnectionThatIsReady() async throws {
    let store = try await TestStore(group: Self.group) { $0.isComplete ? [.write(ok)] : [] }
    let exchange = try await Exchange(.test(port: store.port), on: Self.group)
    // The positive control leaves an idle connection behind, which the next request could use at once.
    #expect(try await exchange.run("GET /bucket/key").isFinished)
    let key = ["X-Amz-Server-Side-Encryption-Customer-Key": "a2V5"]
    let outcome = try await exchange.run("GET /bucket/key", headers: key)
    #expect(outcome.refused?.code == .invalidRequest)
    #expect(try await exchange.run("GET /bucket/other").isFinished)
    #expect(store.requests.map(\.line) == ["GET /bucket/key HTTP/1.1", "GET /bucket/other HTTP/1.1"])
    try await store.stop()
  }

  @Test func customerKeysNeverCrossPlainHTTP() async throws {
    let headers = [
      "X-Amz-Server-Side-Encryption-Customer-Algorithm": "AES256",
      "X-Amz-Server-Side-Encryption-Customer-Key": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
      "X-Amz-Server-Side-Encryption-Customer-Key-Md5": "hRasmdxgYDKV3nvbahU1MA==",
    ]
    let (request, outcome) = try await forward("GET /bucket/key", headers)
    #expect(request == nil)
    #expect(outcome.refused?.code == .invalidRequest)
    // The positive control is the same request without the key.
    #expect(try await forward("GET /bucket/key").outcome.isFinished)
  }

  @Test func sessionTokensAreSigned() async throws {
    let (request, _) = try await forward("GET /bucket/key") { $0.sessionToken = StoreSessionToken(Array("token".utf8)) }
    #expect(request?.header("x-amz-security-token") == "token")
    #expect(request?.header("authorization")?.contains("x-amz-security-token") == true)
  }

  @Test func secretsNeverPrint() {
    var configuration = S3BackendConfiguration.test(port: 1)
    configuration.sessionToken = StoreSessionToken(Array("token-text".utf8))
    var text = ""
    dump(configuration, to: &text)
    text += "\(configuration)" + String(reflecting: configuration)
    #expect(!text.contains("token-text") && !text.contains("backend-secret"))
    #expect(!text.contains("116"), "bytes of the token")
  }
}
