import HTTPWire
import S3Model
import Settings

/// What is known of the client beside its request.
extension Exchange {
  /// The client's address: the connection's, or, from a trusted proxy, the nearest address in X-Forwarded-For that is
  /// not itself a trusted proxy. What a client wrote into that header before is never believed.
  func findSourceAddress() -> IPAddress? {
    guard facts.trustsForwardedFor, head.fields.contains(.xForwardedFor) else { return facts.remoteAddress }
    var nearest = facts.remoteAddress
    for field in head.fields.fields.reversed() where field.id == .xForwardedFor {
      for element in head.fields.string(field.value).split(separator: ",", omittingEmptySubsequences: false).reversed()
      {
        var text = element.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        guard let address = Self.address(text) else { return nearest }
        nearest = address
        if !snapshot.settings.trustedProxies.contains(where: { $0.contains(address) }) { return address }
      }
    }
    return nearest
  }

  /// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
  private static func address(_ text: Substring) -> IPAddress? {
    if let address = IPAddress(text) { return address }
    if text.first == "[", let end = text.firstIndex(of: "]") {
      return IPAddress(text[text.index(after: text.startIndex)..<end])
    }
    guard let colon = text.lastIndex(of: ":") else { return nil }
    return IPAddress(text[..<colon])
  }

  var isSecure: Bool { facts.isSecure }
  var tlsVersion: StaticString? { facts.tlsVersion }

  var clientEndpoint: String {
    let bucket = request?.addressing == .virtualHost ? request?.bucket : nil
    return ClientEndpoint.text(head, isSecure: isSecure, withoutBucket: bucket)
  }
}
