/// A store's address: `http://host[:port]` or `https://host[:port]`, nothing after it.
public struct EndpointURL: Hashable, Sendable {
  public let isTLS: Bool
  /// A host name, or an IP address without brackets.
  public let host: String
  public let port: UInt16

  /// Nil unless the text is of that form.
  public init?(_ text: String) {
    var rest = text[...]
    if rest.hasPrefix("https://") {
      isTLS = true
      rest = rest.dropFirst(8)
    } else if rest.hasPrefix("http://") {
      isTLS = false
      rest = rest.dropFirst(7)
    } else {
      return nil
    }
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    let afterBracket = rest.utf8.lastIndex(of: 0x5D).map { rest[$0...] } ?? rest
    let authority = afterBracket.utf8.contains(0x3A) ? String(rest) : "\(rest):\(isTLS ? 443 : 80)"
    guard let address = ListenAddress(authority), address.port != 0 else { return nil }
    host = address.host
    port = address.port
  }

  /// The value of the Host header: without the scheme's own port.
  public var hostHeader: String {
    let name = host.utf8.contains(0x3A) ? "[\(host)]" : host
    return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
  }
}

extension EndpointURL: CustomStringConvertible {
  public var description: String { "\(isTLS ? "https" : "http")://\(hostHeader)" }
}
