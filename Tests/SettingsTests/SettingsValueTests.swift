import Testing

@testable import Settings

@Suite struct SettingsValueTests {
  @Test(arguments: [
    ("250ms", Duration.milliseconds(250)), ("0s", .zero), ("30s", .seconds(30)), ("5m", .seconds(300)),
    ("2h", .seconds(7200)), ("7d", .seconds(604_800)),
  ])
  func durations(text: String, expected: Duration) {
    #expect(SettingsText.duration(text) == expected)
    #expect(SettingsText.duration(SettingsText.text(expected)) == expected)
  }

  @Test(arguments: ["", "30", "s", "1.5s", "-1s", "+1s", "1 s", "1S", "01s", "1h30m", "99999999999999999d", "١s"])
  func notDurations(text: String) {
    #expect(SettingsText.duration(text) == nil)
  }

  @Test(arguments: [
    ("0", 0), ("65536", 65_536), ("7B", 7), ("16KiB", 16_384), ("2MiB", 2_097_152), ("5GiB", 5_368_709_120),
    ("1TiB", 1_099_511_627_776), ("1KB", 1000), ("3MB", 3_000_000), ("1GB", 1_000_000_000),
  ])
  func sizes(text: String, expected: Int) {
    #expect(SettingsText.size(text) == expected)
    #expect(SettingsText.size(SettingsText.text(bytes: expected)) == expected)
  }

  @Test(arguments: ["", "KiB", "-1", "1.5MiB", "1kib", "1 KiB", "1K", "010", "9999999999TiB", "1_000"])
  func notSizes(text: String) {
    #expect(SettingsText.size(text) == nil)
  }

  @Test(arguments: [
    ("0.0.0.0:9000", "0.0.0.0", 9000), ("[::]:1", "::", 1), ("[2001:db8::1]:443", "2001:db8::1", 443),
    ("localhost:0", "localhost", 0), ("s3.example.com:65535", "s3.example.com", 65_535),
  ])
  func listenAddresses(text: String, host: String, port: UInt16) {
    #expect(ListenAddress(text) == ListenAddress(host: host, port: port))
    #expect(ListenAddress(text)?.description == text)
  }

  @Test(arguments: [
    "", ":", ":9000", "9000", "host", "host:", "host:-1", "host:1x", "::1:9000", "[::1]", "[1.2.3.4]:1", "[::1:1",
    "1.2.3:1", "1.2.3.256:1", "a..b:1", "-a:1", "a b:1", "[fe80::1%eth0]:1",
  ])
  func notListenAddresses(text: String) {
    #expect(ListenAddress(text) == nil)
  }

  @Test(arguments: [
    ("https://s3.example.com", true, "s3.example.com", 443, "s3.example.com"),
    ("http://10.0.0.1:7480/", false, "10.0.0.1", 7480, "10.0.0.1:7480"),
    ("https://[::1]", true, "::1", 443, "[::1]"), ("http://[::1]:443", false, "::1", 443, "[::1]:443"),
    ("http://store:80", false, "store", 80, "store"),
  ])
  func endpoints(text: String, isTLS: Bool, host: String, port: UInt16, hostHeader: String) throws {
    let url = try #require(EndpointURL(text))
    #expect(url.isTLS == isTLS)
    #expect(url.host == host)
    #expect(url.port == port)
    #expect(url.hostHeader == hostHeader)
  }

  @Test(arguments: [
    "", "s3.example.com", "HTTPS://a", "https://", "https:///", "https://a/b", "https://a?b", "https://a#b",
    "https://u:p@a", "https://a:0", "https://a:99999", "https://::1", "https://[::1", "https://a b",
  ])
  func notEndpoints(text: String) {
    #expect(EndpointURL(text) == nil)
  }

  @Test(arguments: [
    ("logs-*", "logs-", true), ("logs-*", "logs-2026", true), ("logs-*", "log-2026", false), ("*", "x", true),
    ("a?c", "abc", true), ("a?c", "ac", false), ("*-logs-*", "x-logs-y", true), ("*-logs-*", "x-log-y", false),
    ("**a", "bba", true), ("abc", "abc", true), ("abc", "abcd", false), ("a*b*c", "aXbYbZc", true),
    ("a*b*c", "aXbYbZ", false),
  ])
  func bucketPatterns(pattern: String, bucket: String, matches: Bool) throws {
    #expect(try #require(BucketPattern(pattern)).matches(Array(bucket.utf8)) == matches)
  }

  @Test func bucketPatternsHoldOnlyWhatNamesHold() {
    for text in ["", "a/b", "a b", "é", "[ab]", String(repeating: "a", count: 256)] {
      #expect(BucketPattern(text) == nil)
    }
  }

  @Test func suggestsOnlyWhatIsNear() {
    #expect(SettingsText.closest(to: "head_byte_max", among: ["head_bytes_max", "body_bytes_max"]) == "head_bytes_max")
    #expect(SettingsText.closest(to: "colour", among: ["listen", "data"]) == nil)
  }

  @Test func secretsCompareByContent() {
    #expect(Secret("a".utf8) == Secret([0x61]))
    #expect(Secret("a".utf8) != Secret("b".utf8))
    #expect(Secret("a".utf8) != Secret("ab".utf8))
    #expect(Secret([UInt8]()).count == 0)
  }
}
