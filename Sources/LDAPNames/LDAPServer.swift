/// One server of a directory, and how it is talked to.
public struct LDAPServer: Hashable, Sendable {
  public enum Security: Hashable, Sendable {
    /// TLS from the first byte.
    case tls
    /// TLS before anything is said.
    case startTLS
    /// None: passwords can be read on the way.
    case plain
  }

  /// A name, or an address without brackets. With TLS the certificate must be for it.
  public let host: String
  public let port: Int
  public let security: Security

  public init(host: String, port: Int, security: Security) {
    self.host = host
    self.port = port
    self.security = security
  }

  /// `ldaps://host[:port]` or `ldap://host[:port]`.
  /// - Parameter isPlain: whether `ldap` goes without TLS.
  public init?(url: String, isPlain: Bool = false) {
    let isTLS = url.hasPrefix("ldaps://")
    guard isTLS || url.hasPrefix("ldap://") else { return nil }
    var rest = url.dropFirst(isTLS ? 8 : 7)
    if rest.hasSuffix("/") { rest.removeLast() }
    var host = rest
    var port = isTLS ? 636 : 389
    if let colon = rest.lastIndex(of: ":"), rest.last != "]", rest.first == "[" || !rest[..<colon].contains(":") {
      guard let number = UInt16(rest[rest.index(after: colon)...]), number > 0 else { return nil }
      port = Int(number)
      host = rest[..<colon]
    }
    if host.first == "[" {
      guard host.last == "]" else { return nil }
      host = host.dropFirst().dropLast()
      guard host.contains(":"), host.utf8.allSatisfy({ Self.isHex($0) || $0 == 0x3A || $0 == 0x2E }) else { return nil }
    } else {
      guard host.utf8.allSatisfy({ Self.isNameByte($0) }) else { return nil }
    }
    guard (1...253).contains(host.utf8.count) else { return nil }
    self.init(
      host: String(host).lowercased(), port: port, security: isTLS ? .tls : isPlain ? .plain : .startTLS)
  }

  public var url: String {
    "\(security == .tls ? "ldaps" : "ldap")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }
}
