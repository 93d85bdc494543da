import HTTPWire
import S3Model

/// Reads X-Forwarded-For as proxies write it: each appends the address it was called from.
enum ForwardedFor {
  /// The nearest address that is not itself a trusted proxy. What a client wrote into the header before is never
  /// believed: behind the first element that is no address, nothing counts.
  /// - Parameter peer: who sent the header; the caller trusts it.
  static func client(_ fields: HeaderFields, peer: IPAddress?, trusted: [IPNetwork]) -> IPAddress? {
    var nearest = peer
    for field in fields.fields.reversed() where field.id == .xForwardedFor {
      for element in fields.string(field.value).split(separator: ",", omittingEmptySubsequences: false).reversed() {
        var text = element.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        guard let address = address(text) else { return nearest }
        nearest = address
        if !trusted.contains(where: { $0.contains(address) }) { return address }
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
}
