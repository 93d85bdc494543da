import HTTPWire
import S3Model
import Testing

@testable import Gateway

@Suite struct ForwardedForTests {
  private let trusted = ["10.0.0.0/8", "fd00::/8"].compactMap { IPNetwork($0) }

  private func client(_ values: [String]) throws -> String? {
    let lines = values.map { "X-Forwarded-For: \($0)\r\n" }.joined()
    let head = try parseHead("GET / HTTP/1.1\r\nHost: h\r\n\(lines)\r\n")
    return ForwardedFor.client(head.fields, peer: IPAddress("10.0.0.1"), trusted: trusted)?.description
  }

  @Test(arguments: [
    (["192.0.2.1"], "192.0.2.1"), (["192.0.2.1:4711"], "192.0.2.1"), (["2001:db8::1"], "2001:db8::1"),
    (["[2001:db8::1]:4711"], "2001:db8::1"), (["[2001:db8::1]"], "2001:db8::1"),
    // Proxies before the nearest one are passed over while they are trusted.
    (["192.0.2.1, 10.0.0.9"], "192.0.2.1"), (["192.0.2.1, 10.0.0.9,fd00::1"], "192.0.2.1"),
    (["192.0.2.1", "10.0.0.9"], "192.0.2.1"), (["192.0.2.1\t,\t10.0.0.9 "], "192.0.2.1"),
    // All are trusted: the farthest.
    (["10.0.0.8, 10.0.0.9"], "10.0.0.8"),
  ])
  func findsTheClient(_ values: [String], _ expected: String) throws {
    #expect(try client(values) == expected)
  }

  /// What the client itself wrote stands to the left of what the first trusted proxy added.
  @Test(arguments: [
    (["10.9.9.9, 192.0.2.1"], "192.0.2.1"), (["203.0.113.1", "192.0.2.1"], "192.0.2.1"),
    (["203.0.113.1, unknown, 10.0.0.9"], "10.0.0.9"), (["203.0.113.1, , 10.0.0.9"], "10.0.0.9"),
    (["unknown"], "10.0.0.1"), ([""], "10.0.0.1"), (["203.0.113.1,"], "10.0.0.1"), (["[::1"], "10.0.0.1"),
    ([":"], "10.0.0.1"), (["1.2.3.4.5"], "10.0.0.1"),
  ])
  func believesNothingBehindADoubt(_ values: [String], _ expected: String) throws {
    #expect(try client(values) == expected)
  }
}
