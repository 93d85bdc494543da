import Testing

@testable import Rego

@Suite struct NetworkTests {
  @Test(arguments: [
    ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("0.0.0.0/0", "203.0.113.1", true),
    ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
    // An IPv4 address is in no network of IPv6, and one that is mapped into IPv6 is the IPv4 address.
    ("::/0", "192.0.2.1", false), ("192.0.2.0/24", "::ffff:192.0.2.7", true),
    ("::ffff:192.0.2.0/120", "192.0.2.7", true),
  ])
  func contains(network: String, address: String, expected: Bool) throws {
    let network = try #require(Network(Text(network)))
    let address = try #require(NetworkAddress(Array(address.utf8)))
    #expect(network.contains(address) == expected)
  }

  @Test(arguments: [
    "192.0.2.0", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/+1", "192.0.2/24", "192.0.02.0/24", "::/129",
    "fe80::1%eth0/64", "/8", "1.2.3.4/8\u{0}", "",
  ])
  func refuses(_ text: String) {
    #expect(Network(Text(text)) == nil)
  }

  @Test(arguments: [
    (["192.0.2.112/30", "192.0.2.116/31", "192.0.2.118/31"], ["192.0.2.112/29"]),
    (["192.0.2.112/31", "192.0.2.116/31", "192.0.2.118/31"], ["192.0.2.112/31", "192.0.2.116/30"]),
    (["fe80::/120", "192.0.2.0/24", "192.0.3.0/24"], ["192.0.2.0/23", "fe80::/120"]),
    (["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/0"]), (["::/1", "8000::/1"], ["::/0"]),
  ])
  func merges(networks: [String], expected: [String]) throws {
    let merged = Network.merge(try networks.map { try #require(Network(Text($0))) })
    #expect(merged.map(\.text.string) == expected)
  }
}
