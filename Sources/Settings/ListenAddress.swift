import S3Model

/// A host and port to listen on, as `127.0.0.1:9000`, `[::]:9000` or `localhost:0`. Port 0 picks a free one.
public struct ListenAddress: Hashable, Sendable {
  /// An IP address without brackets, or a host name.
  public var host: String
  public var port: UInt16

  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Nil unless the text is of that form.
  public init?(_ text: String) {
    guard let colon = text.utf8.lastIndex(of: 0x3A) else { return nil }
    let hostText = text[..<colon]
    let portText = String(text[text.utf8.index(after: colon)...])
    guard let port = SettingsText.number(portText), port <= 65_535 else { return nil }
    if hostText.utf8.first == 0x5B {
      guard hostText.utf8.last == 0x5D else { return nil }
      let address = String(hostText.utf8.dropFirst().dropLast()) ?? ""
      // An IPv4-mapped address reads as IPv4: there is no need to write one in brackets.
      guard IPAddress(address)?.isIPv6 == true else { return nil }
      self.init(host: address, port: UInt16(port))
    } else {
      guard IPAddress(hostText)?.isIPv6 == false || HostName.isValid(hostText) else { return nil }
      self.init(host: String(hostText), port: UInt16(port))
    }
  }
}

extension ListenAddress: CustomStringConvertible {
  public var description: String { host.utf8.contains(0x3A) ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Names of hosts in the DNS.
enum HostName {
  /// Letters, digits, hyphens and dots, in labels of 1 to 63, together at most 253. A name whose last label is a number
  /// is a mistyped IPv4 address.
  static func isValid(_ text: Substring) -> Bool {
    guard !text.isEmpty, text.utf8.count <= 253 else { return false }
    let labels = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard labels.last?.allSatisfy({ (0x30...0x39).contains($0) }) == false else { return false }
    return labels.allSatisfy { label in
      (1...63).contains(label.count) && label.first != 0x2D && label.last != 0x2D
        && label.allSatisfy { byte in
          switch byte {
          case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2D, 0x5F: true
          default: false
          }
        }
    }
  }
}
