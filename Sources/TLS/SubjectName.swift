import Glibc

/// A name that a certificate can be for.
enum SubjectName: Hashable {
  /// Lowercased; the first label may be `*`.
  case dns(String)
  /// 4 or 16 bytes.
  case address([UInt8])

  /// Nil when the text is neither. Only checked names get into a certificate, so that none can smuggle in another.
  init?(_ text: String) {
    var bytes4 = [UInt8](repeating: 0, count: 4)
    var bytes16 = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &bytes4) == 1 {
      self = .address(bytes4)
    } else if inet_pton(AF_INET6, text, &bytes16) == 1 {
      self = .address(bytes16)
    } else {
      let name = text.lowercased()
      guard ServerName.isDNSName((name.hasPrefix("*.") ? name.dropFirst(2) : name[...]).utf8) else { return nil }
      self = .dns(name)
    }
  }
}
