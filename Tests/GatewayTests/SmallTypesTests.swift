import HTTPWire
import NIOCore
import S3Model
import Testing

@testable import Gateway

@Suite struct KeySegmentsTests {
  @Test(arguments: [
    ("a", false), ("a/b", false), ("a/", false), ("a/b/", false), ("...", false), (".a", false), ("a.", false),
    ("a/..b", false), ("a/b..", false), (" ", false),
    ("", true), ("/", true), ("/a", true), ("a//b", true), ("a//", true), (".", true), ("..", true), ("./a", true),
    ("../a", true), ("a/.", true), ("a/..", true), ("a/./b", true), ("a/../b", true), ("a/../", true), ("a/./", true),
  ])
  func tellsWhatPathsFold(_ key: String, _ folds: Bool) {
    #expect(KeySegments.areFoldable(ByteString(key)) == folds)
  }
}

@Suite struct ConnectionLimiterTests {
  @Test func countsInAllAndPerAddress() {
    let limiter = ConnectionLimiter()
    func acquire(_ address: String) -> Bool { limiter.acquire(address, connectionsMax: 3, connectionsPerAddressMax: 2) }
    #expect(acquire("a") && acquire("a"))
    #expect(!acquire("a"), "the address has its share")
    #expect(acquire("b"))
    #expect(!acquire("c"), "all places are taken")
    #expect(limiter.connections == 3)
    limiter.release("a")
    #expect(acquire("a") && !acquire("b"))
    for address in ["a", "a", "b"] { limiter.release(address) }
    #expect(limiter.connections == 0)
    #expect(acquire("a") && acquire("a") && !acquire("a"), "what was given back can be taken again")
  }

  @Test func countsRequestsThatItRefusesToo() {
    let limiter = ConnectionLimiter()
    #expect(limiter.beginRequest(requestsInFlightMax: 1))
    #expect(!limiter.beginRequest(requestsInFlightMax: 1))
    #expect(limiter.requestsInFlight == 2)
    limiter.endRequest()
    #expect(!limiter.beginRequest(requestsInFlightMax: 1), "the first is still in flight")
    limiter.endRequest()
    limiter.endRequest()
    #expect(limiter.requestsInFlight == 0)
    #expect(limiter.beginRequest(requestsInFlightMax: 1))
  }
}

@Suite struct RequestIDTests {
  @Test(arguments: [
    (UInt64(0), "0000000000000000"), (UInt64.max, "FFFFFFFFFFFFFFFF"), (0x0123_4567_89AB_CDEF, "0123456789ABCDEF"),
  ])
  func hasSixteenDigits(_ value: UInt64, _ text: String) {
    #expect(RequestID(value: value).text == text)
  }

  @Test(arguments: [UInt64(0), 1, .max])
  func idsAreDistinct(_ seed: UInt64) {
    var generator = RequestIDGenerator(seed: seed)
    let ids = Set((0..<10_000).map { _ in generator.next().value })
    #expect(ids.count == 10_000 && !ids.contains(0))
  }
}

@Suite struct UnixTimeTests {
  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    (-1, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
    (951_782_400, "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
    (1_769_860_800, "2026-01-31T12:00:00Z", "Sat, 31 Jan 2026 12:00:00 GMT"),
    (4_102_444_800, "2100-01-01T00:00:00Z", "Fri, 01 Jan 2100 00:00:00 GMT"),
    (253_402_300_799, "9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 GMT"),
  ])
  func isWrittenInBothForms(_ seconds: Int64, _ iso8601: String, _ httpDate: String) {
    #expect(UnixTime(seconds: seconds).iso8601 == iso8601)
    #expect(UnixTime(seconds: seconds).httpDate == httpDate)
  }

  @Test func countsMilliseconds() {
    #expect(UnixTime(seconds: 3, nanoseconds: 999_999_999).milliseconds == 3999)
    #expect(abs(UnixTime.now().seconds - 1_769_860_800) > 0)
  }
}

@Suite struct ClientEndpointTests {
  @Test(
    arguments: [
      ("localhost:9000", nil, "https://localhost:9000"), ("bucket.s3.example.com", "bucket", "https://s3.example.com"),
      ("bucket.s3.example.com", "other", "https://bucket.s3.example.com"), ("bucket", "bucket", "https://bucket"),
      ("a.b.s3.example.com:1", "a.b", "https://s3.example.com:1"),
    ] as [(String, String?, String)])
  func namesTheGatewayAsTheClientDid(_ host: String, _ bucket: String?, _ expected: String) throws {
    let head = try parseHead("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n")
    #expect(ClientEndpoint.text(head, isSecure: true, withoutBucket: bucket) == expected)
    #expect(ClientEndpoint.text(head, isSecure: false, withoutBucket: bucket).hasPrefix("http://"))
  }

  @Test func hasAHostEvenWithoutOne() throws {
    let head = try parseHead("GET / HTTP/1.0\r\n\r\n")
    #expect(ClientEndpoint.text(head, isSecure: true, withoutBucket: nil) == "https://localhost")
  }
}
