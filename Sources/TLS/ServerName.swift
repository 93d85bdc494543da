import Glibc

/// A checked DNS name or IP address, in the form that certificates are compared with.
struct ServerName {
  let text: String
  let isAddress: Bool

  init(_ text: String) throws(TLSError) {
    var name = text[...]
    if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
    if Self.isAddress(String(name)) {
      self.text = String(name)
      isAddress = true
      return
    }
    if name.hasSuffix(".") { name.removeLast() }
    guard Self.isDNSName(name.utf8) else { throw .invalidServerName }
    self.text = String(name)
    isAddress = false
  }

  static func isAddress(_ text: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1
  }

  /// Letters, digits, hyphens and (in use, whatever RFC 1123 says) underscores, in labels of 1 to 63 bytes.
  static func isDNSName(_ name: some Collection<UInt8>) -> Bool {
    guard (1...253).contains(name.count) else { return false }
    return name.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { label in
      (1...63).contains(label.count) && label.first != 0x2D
        && label.allSatisfy { byte in
          (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == 0x2D || byte == 0x5F
        }
    }
  }
}
