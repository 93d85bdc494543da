/// A URL in the parts that Go's `net/url` gives it, for ``Document``.
struct URLParts {
  private(set) var scheme = ""
  private(set) var opaque = ""
  private(set) var hasUser = false
  private(set) var host = ""
  private(set) var path: [UInt8] = []
  private(set) var rawPath = ""
  private(set) var omitsHost = false
  private(set) var forcesQuery = false
  private(set) var rawQuery = ""
  private(set) var fragment: [UInt8] = []
  private(set) var rawFragment = ""
  /// The URL again, its scheme in lower case.
  private(set) var text: String

  init(_ url: String) {
    var rest = Array(url.utf8)[...]
    if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
      (fragment, rawFragment) = Self.decoded(rest[(hash + 1)...], keeping: "!$&'()*+,/:;=?@")
      rest = rest[..<hash]
    }
    text = url
    if let colon = rest.firstIndex(of: UInt8(ascii: ":")), Self.isScheme(rest[..<colon]) {
      scheme = Self.text(rest[..<colon].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
      text = scheme + Self.text(Array(url.utf8)[colon...])
      rest = rest[(colon + 1)...]
    }
    if rest.last == UInt8(ascii: "?"), rest.firstIndex(of: UInt8(ascii: "?")) == rest.endIndex - 1 {
      forcesQuery = true
      rest = rest.dropLast()
    } else if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
      rawQuery = Self.text(rest[(mark + 1)...])
      rest = rest[..<mark]
    }
    guard rest.first == UInt8(ascii: "/") || scheme.isEmpty else {
      opaque = Self.text(rest)
      return
    }
    if rest.starts(with: "//".utf8) {
      let authority = rest.dropFirst(2)
      let end = authority.firstIndex(of: UInt8(ascii: "/")) ?? authority.endIndex
      var name = authority[..<end]
      if let at = name.lastIndex(of: UInt8(ascii: "@")) {
        hasUser = true
        name = name[(at + 1)...]
      }
      host = Self.text(name)
      rest = authority[end...]
    } else if !scheme.isEmpty {
      omitsHost = true
    }
    (path, rawPath) = Self.decoded(rest, keeping: "$&+,/:;=@")
  }

  var document: Document {
    .object([
      ("Scheme", .text(scheme)), ("Opaque", .text(opaque)), ("User", hasUser ? .object([]) : .null),
      ("Host", .text(host)), ("Path", .text(Self.text(path))), ("RawPath", .text(rawPath)),
      ("OmitHost", .bool(omitsHost)), ("ForceQuery", .bool(forcesQuery)), ("RawQuery", .text(rawQuery)),
      ("Fragment", .text(Self.text(fragment))), ("RawFragment", .text(rawFragment)),
    ])
  }

  /// - Returns: the bytes meant, and the text as it is where it is not what those bytes would be written as.
  private static func decoded(
    _ text: ArraySlice<UInt8>, keeping kept: String
  ) -> (bytes: [UInt8], raw: String) {
    var bytes: [UInt8] = []
    var index = text.startIndex
    while index < text.endIndex {
      if text[index] == UInt8(ascii: "%"), index + 2 < text.endIndex, let high = hex(text[index + 1]),
        let low = hex(text[index + 2])
      {
        bytes.append(high << 4 | low)
        index += 3
      } else {
        bytes.append(text[index])
        index += 1
      }
    }
    var usual: [UInt8] = []
    for byte in bytes {
      switch byte {
      case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "~"):
        usual.append(byte)
      default:
        if kept.utf8.contains(byte) {
          usual.append(byte)
        } else {
          usual.append(UInt8(ascii: "%"))
          for digit in [byte >> 4, byte & 15] { usual.append(digit < 10 ? 0x30 + digit : 0x37 + digit) }
        }
      }
    }
    return (bytes, usual.elementsEqual(text) ? "" : Self.text(text))
  }

  private static func isScheme(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, (0x41...0x5A).contains(first & 0xDF) else { return false }
    return text.allSatisfy {
      (0x41...0x5A).contains($0 & 0xDF) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "+")
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
    }
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  private static func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
}
