import S3Model
import Testing

@Suite struct IPAddressTests {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("::1", "::1"), ("::", "::"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("::ffff:192.0.2.1", "192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
    ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    ("1::", "1::"), ("0:0:1::", "0:0:1::"),
  ])
  func parses(_ text: String, _ canonical: String) {
    #expect(IPAddress(text)?.description == canonical)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", ":::", "1::2::3", "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "12345::", "::1%eth0", "1:2:3:4:5:6:7::8:9", "+1::", "1:", ":1", "::1.2.3", "1.2.3.4:80",
  ])
  func refuses(_ text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "203.0.113.9", true),
    ("0.0.0.0/0", "::1", false), ("::/0", "::1", true), ("::/0", "192.0.2.1", false),
    ("2001:db8::/32", "2001:db8:1::", true),
    ("2001:db8::/32", "2001:db9::", false), ("2001:db8::1", "2001:db8::1", true), ("2001:db8::1", "2001:db8::2", false),
    ("192.0.2.0/24", "::ffff:192.0.2.77", true), ("2001:db8::/65", "2001:db8::8000:0:0:0", false),
  ])
  func containsAddress(_ network: String, _ address: String, _ expected: Bool) throws {
    let network = try #require(IPNetwork(network))
    let address = try #require(IPAddress(address))
    #expect(network.contains(address) == expected)
  }

  @Test(arguments: ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "x/8"])
  func refusesNetwork(_ text: String) {
    #expect(IPNetwork(text) == nil)
  }

  @Test(arguments: [
    ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
    ("2001:db8:1:3::6", "2001:db8:1:3::"), ("::1", "::"),
  ])
  func findsTheSubscriber(_ text: String, _ subscriber: String) throws {
    #expect(try #require(IPAddress(text)).subscriber == IPAddress(subscriber))
  }
}
