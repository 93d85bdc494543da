/// An absolute `http` or `https` URL: who is asked, and for what.
public struct HTTPURL: Sendable, Hashable {
  /// The text is not an absolute http or https URL with a host, or has user information or a fragment.
  public struct Malformed: Error, Equatable, Sendable {}

  public enum Scheme: String, Sendable {
    case http, https
  }

  public let scheme: Scheme
  /// A DNS name in lower case or an IP address, without brackets.
  public let host: String
  public let port: Int
  /// Path and query as written; at least `/`.
  public let target: String

  /// Source: RFC 9110 section 4.2, RFC 3986 section 3. User information (RFC 9110 section 4.2.4) and fragments are
  /// refused.
  public init(_ text: String) throws(Malformed) {
    guard let parts = Self.parse(Array(text.utf8)) else { throw Malformed() }
    self = parts
  }

  private init(scheme: Scheme, host: String, port: Int, target: String) {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.target = target
  }

  private static func parse(_ bytes: [UInt8]) -> HTTPURL? {
    guard bytes.count <= 4096, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 && $0 != 0x5C }) else {
      return nil
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let scheme: Scheme
    let rest: Substring
    if text.lowercased().hasPrefix("https://") {
      (scheme, rest) = (.https, text.dropFirst(8))
    } else if text.lowercased().hasPrefix("http://") {
      (scheme, rest) = (.http, text.dropFirst(7))
    } else {
      return nil
    }
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    guard let (host, port) = authority(rest[..<end], standardPort: scheme == .https ? 443 : 80) else { return nil }
    var target = String(rest[end...])
    if !target.hasPrefix("/") { target = "/" + target }
    return HTTPURL(scheme: scheme, host: host, port: port, target: target)
  }

  private static func authority(_ text: Substring, standardPort: Int) -> (host: String, port: Int)? {
    var host = text
    var port = standardPort
    let isBracketed = text.hasPrefix("[")
    let portColon = isBracketed ? text.lastIndex(of: "]").map { text.index(after: $0) } : text.firstIndex(of: ":")
    if let colon = portColon, colon < text.endIndex {
      guard text[colon] == ":" else { return nil }
      let digits = text[text.index(after: colon)...]
      guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }),
        let number = Int(digits), (1...65_535).contains(number)
      else { return nil }
      port = number
      host = text[..<colon]
    }
    if isBracketed {
      guard host.hasSuffix("]") else { return nil }
      let address = host.dropFirst().dropLast()
      guard let parsed = IPAddress(address), parsed.isIPv6 || address.contains(":") else { return nil }
      return (String(address).lowercased(), port)
    }
    guard isName(host) else { return nil }
    return (host.lowercased(), port)
  }

  /// A DNS name, or an IPv4 address in its one unambiguous form: what only some resolvers take for an address (`0x7f.1`)
  /// is no host.
  private static func isName(_ host: Substring) -> Bool {
    guard (1...253).contains(host.utf8.count) else { return false }
    let labels = host.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    let isSound = labels.allSatisfy { label in
      (1...63).contains(label.count) && label.first != 0x2D
        && label.allSatisfy {
          (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
            || $0 == 0x5F
        }
    }
    guard isSound, let last = labels.last, let first = last.first else { return false }
    return (0x30...0x39).contains(first) ? IPAddress(host) != nil : true
  }

  /// Whether the host is written as one of this machine's own addresses, or as `localhost`.
  public var isLoopback: Bool {
    if host == "localhost" { return true }
    guard let address = IPAddress(host) else { return false }
    return Self.loopback.contains { $0.contains(address) }
  }

  private static let loopback = ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) }
}

extension HTTPURL: CustomStringConvertible {
  public var description: String {
    "\(scheme.rawValue)://\(host.contains(":") ? "[\(host)]" : host):\(port)\(target)"
  }
}
