import S3Model
import S3Wire
import Testing

@Suite struct FieldTests {
  private let now: Int64 = 1_780_000_000

  @Test(
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
      ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799), ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
    ] as [(String, Int64)])
  func readsDates(text: String, seconds: Int64) {
    #expect(HTTPDate.parse(text.utf8, nowSeconds: now) == seconds)
  }

  @Test(arguments: [
    "", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:49:37 EST", "Sun, 6x Nov 1994 08:49:37 GMT", "06 Nov 1994 08:49:37 GMT",
    "Mon, 29 Feb 2100 00:00:00 GMT",
  ])
  func refusesOtherDates(text: String) {
    #expect(HTTPDate.parse(text.utf8, nowSeconds: now) == nil)
  }

  @Test func datesRoundTrip() {
    for seconds in stride(from: Int64(-2_000_000_000), to: 5_000_000_000, by: 86_399 * 997) {
      #expect(HTTPDate.parse(HTTPDate.format(seconds: seconds), nowSeconds: now) == seconds)
      #expect(ISO8601.parse(ISO8601.format(milliseconds: seconds * 1000 + 7)) == seconds * 1000 + 7)
      #expect(ISO8601.parse(ISO8601.format(seconds: seconds)) == seconds * 1000)
    }
    #expect(String(decoding: HTTPDate.format(seconds: 784_111_777), as: UTF8.self) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(String(decoding: ISO8601.format(milliseconds: -1), as: UTF8.self) == "1969-12-31T23:59:59.999Z")
  }

  @Test(arguments: ["2009-10-12T17:50:30", "2009-13-12T17:50:30Z", "2009-10-12 17:50:30Z", "2009-10-12T17:50:30.Z"])
  func refusesOtherTimestamps(text: String) {
    #expect(ISO8601.parse(text.utf8) == nil)
  }

  @Test(
    arguments: [
      ("bytes=0-9", 0..<10), ("bytes=5-", 5..<100), ("bytes=90-200", 90..<100), ("bytes=-10", 90..<100),
      ("bytes=-200", 0..<100),
      ("bytes=99-99", 99..<100),
    ] as [(String, Range<Int64>)])
  func resolvesRanges(text: String, range: Range<Int64>) {
    #expect(RangeHeader(text.utf8)?.resolve(size: 100) == range)
  }

  @Test(arguments: ["bytes=100-", "bytes=-0", "bytes=200-300"])
  func rangesOutsideAreUnsatisfiable(text: String) throws {
    #expect(try #require(RangeHeader(text.utf8)).resolve(size: 100) == nil)
  }

  @Test(arguments: ["bytes=9-0", "bytes=0-1,5-6", "items=0-1", "bytes=a-b", "bytes=", "bytes=-", "0-1", "bytes= 0-1"])
  func otherRangesAreIgnored(text: String) {
    #expect(RangeHeader(text.utf8) == nil)
  }

  @Test(arguments: [
    ("\"a\"", true), ("a", true), ("*", true), ("\"b\", \"a\"", true), ("W/\"a\"", false), ("\"b\"", false),
    ("", false),
    ("\"a", false), ("\"b\",a", true),
  ])
  func matchesEntityTags(list: String, matches: Bool) {
    let found = Array(list.utf8).withUnsafeBufferPointer { EntityTags.list($0, contains: [0x61], isWeak: false) }
    #expect(found == matches)
  }

  @Test(
    arguments: [
      ([], .proceed), (["If-Match: \"e\""], .proceed), (["If-Match: \"x\""], .preconditionFailed),
      (["If-Match: *"], .proceed),
      (["If-None-Match: \"e\""], .notModified), (["If-None-Match: W/\"e\""], .notModified),
      (["If-None-Match: \"x\""], .proceed),
      (["If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"], .notModified),
      (["If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT"], .proceed),
      (["If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT"], .proceed),
      (["If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT"], .preconditionFailed),
      (["If-Match: \"e\"", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT"], .proceed),
      (["If-None-Match: \"x\"", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"], .proceed),
      (["If-None-Match: \"e\"", "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT"], .notModified),
      (["If-Modified-Since: Sun, 06 Nov 2094 08:49:37 GMT"], .proceed), (["If-Modified-Since: x"], .proceed),
    ] as [([String], ConditionalHeaders.Outcome)])
  func evaluatesConditions(headers: [String], outcome: ConditionalHeaders.Outcome) throws {
    let conditions = ConditionalHeaders(try parse("GET /bucket/k", headers), nowSeconds: now)
    #expect(conditions.evaluate(etag: [0x65], lastModifiedSeconds: 784_111_777) == outcome)
    #expect(
      conditions.isEmpty == (headers.isEmpty || headers == ["If-Modified-Since: x"] || headers[0].contains("2094")))
  }

  @Test func conditionsOnACopysSourceFailIt() throws {
    let request = try parse(
      "PUT /bucket/k", ["x-amz-copy-source: /source/s", "x-amz-copy-source-if-none-match: \"e\""])
    let conditions = ConditionalHeaders(source: request, nowSeconds: now)
    #expect(conditions.evaluate(etag: [0x65], lastModifiedSeconds: 0, isCopySource: true) == .preconditionFailed)
    #expect(ConditionalHeaders(request, nowSeconds: now).isEmpty)
  }

  @Test(arguments: [
    ("bucket", true), ("my.bucket-1", true), ("abc", true), ("ab", false), ("Bucket", false), ("a..b", false),
    ("-abc", false),
    ("abc-", false), ("192.168.5.4", false), ("xn--abc", false), ("abc-s3alias", false), ("a_b", false),
    (String(repeating: "a", count: 63), true), (String(repeating: "a", count: 64), false),
  ])
  func bucketNames(name: String, isCreatable: Bool) {
    #expect(BucketName.isCreatable(name) == isCreatable)
  }
}
