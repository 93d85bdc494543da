/// `uri.*`, as Go's `net/url` splits references. Source: RFC 3986; OPA v1/topdown/uri.go.
enum URIBuiltins {
  static let all: [Builtin] = [
    Builtin("uri.parse", [.string], .object(.string, .string)) { operands, context throws(BuiltinError) in
      let text = try operands.text(0)
      try context.charge(instructions: text.byteCount, bytes: text.byteCount * 2)
      return .object(ValueObject(try Reference(text).members))
    },
    Builtin("uri.is_valid", [.string], .boolean) { operands, context throws(BuiltinError) in
      guard case .string(let text) = operands[0], !text.isEmpty else { return false }
      try context.charge(instructions: text.byteCount, bytes: text.byteCount * 2)
      do throws(BuiltinError) {
        _ = try Reference(text)
        return true
      } catch {
        return false
      }
    },
  ]

  private struct Reference {
    private(set) var members: [(Value, Value)] = []

    private mutating func add(_ name: Value, _ value: some Sequence<UInt8>) {
      let bytes = Array(value)
      if !bytes.isEmpty { members.append((name, .string(Text(bytes: bytes)))) }
    }

    init(_ text: Text) throws(BuiltinError) {
      let quoted = Value.string(text).termText
      func fault(_ message: String) -> BuiltinError { .failed("parse \(quoted): \(message)") }
      var rest = text.bytes[...]
      if rest.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        throw fault("net/url: invalid control character in URL")
      }
      if let mark = rest.firstIndex(of: UInt8(ascii: "#")) {
        add("fragment", try Self.unescape(rest[(mark + 1)...], fault))
        rest = rest[..<mark]
      }
      if rest.elementsEqual("*".utf8) {
        add("path", rest)
        add("raw_path", rest)
        return
      }
      let scheme = try Self.scheme(rest, fault)
      if let scheme {
        add("scheme", scheme.map { $0 &- 0x41 < 26 ? $0 + 0x20 : $0 })
        rest = rest.dropFirst(scheme.count + 1)
      }
      if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
        add("raw_query", rest[(mark + 1)...])
        rest = rest[..<mark]
      }
      if rest.first != UInt8(ascii: "/") {
        // `mailto:a@b`: what follows is opaque, and not shown.
        if scheme != nil { return }
        if rest.prefix(while: { $0 != UInt8(ascii: "/") }).contains(UInt8(ascii: ":")) {
          throw fault("first path segment in URL cannot contain colon")
        }
      }
      if rest.starts(with: "//".utf8), scheme != nil || !rest.starts(with: "///".utf8) {
        rest = rest.dropFirst(2)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        rest = rest.dropFirst(authority.count)
        try addAuthority(authority, fault)
      }
      let path = try Self.unescape(rest, fault)
      add("path", path)
      if !path.isEmpty { add("raw_path", Self.isDefaultEncoding(rest, of: path) ? path : Array(rest)) }
    }

    /// A letter, then letters, digits, `+`, `-`, `.`, then a colon.
    private static func scheme(
      _ bytes: ArraySlice<UInt8>, _ fault: (String) -> BuiltinError
    ) throws(BuiltinError) -> ArraySlice<UInt8>? {
      for index in bytes.indices {
        switch bytes[index] {
        case 0x41...0x5A, 0x61...0x7A: continue
        case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
          if index == bytes.startIndex { return nil }
        case UInt8(ascii: ":"):
          if index == bytes.startIndex { throw fault("missing protocol scheme") }
          return bytes[..<index]
        default: return nil
        }
      }
      return nil
    }

    private mutating func addAuthority(
      _ authority: ArraySlice<UInt8>, _ fault: (String) -> BuiltinError
    ) throws(BuiltinError) {
      var host = authority
      if let mark = authority.lastIndex(of: UInt8(ascii: "@")) {
        host = authority[(mark + 1)...]
        let user = authority[..<mark]
        let allowed = Array("-._:~!$&'()*+,;=%@".utf8)
        guard user.allSatisfy({ $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || allowed.contains($0) }) else {
          throw fault("net/url: invalid userinfo")
        }
        _ = try Self.unescape(user, fault)
      }
      var port: ArraySlice<UInt8> = []
      if host.first == UInt8(ascii: "[") {
        guard let close = host.lastIndex(of: UInt8(ascii: "]")) else { throw fault("missing ']' in host") }
        port = host[(close + 1)...]
        let address = host[..<close].dropFirst()
        // A zone stands behind `%25`, itself escaped.
        add("hostname", try Self.unescape(address, fault))
      } else {
        if let mark = host.lastIndex(of: UInt8(ascii: ":")) {
          port = host[mark...]
          host = host[..<mark]
        }
        let allowed = Array("!$&'()*+,;=:[]<>\"%-._~".utf8)
        for byte in host
        where byte < 0x80 && !(byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || allowed.contains(byte)) {
          throw fault("invalid character \(Value.string(Text(bytes: [byte])).termText) in host name")
        }
        // Only bytes beyond ASCII may be escaped in a name.
        var index = host.startIndex
        while index < host.endIndex {
          if host[index] == UInt8(ascii: "%"), index + 2 < host.endIndex,
            let high = EncodingBuiltins.hexValue(host[index + 1]), high < 8
          {
            throw fault("invalid URL escape \(Value.string(Text(bytes: Array(host[index..<index + 3]))).termText)")
          }
          index += 1
        }
        add("hostname", try Self.unescape(host, fault))
      }
      if let first = port.first {
        guard first == UInt8(ascii: ":"), port.dropFirst().allSatisfy({ $0 &- 0x30 < 10 }) else {
          throw fault("invalid port \(Value.string(Text(bytes: Array(port))).termText) after host")
        }
        add("port", port.dropFirst())
      }
    }

    /// `%XX` only; a plus sign is itself.
    private static func unescape(
      _ bytes: ArraySlice<UInt8>, _ fault: (String) -> BuiltinError
    ) throws(BuiltinError) -> [UInt8] {
      var output: [UInt8] = []
      var index = bytes.startIndex
      while index < bytes.endIndex {
        guard bytes[index] == UInt8(ascii: "%") else {
          output.append(bytes[index])
          index += 1
          continue
        }
        guard index + 2 < bytes.endIndex, let high = EncodingBuiltins.hexValue(bytes[index + 1]),
          let low = EncodingBuiltins.hexValue(bytes[index + 2])
        else {
          let piece = Value.string(Text(bytes: Array(bytes[index..<min(index + 3, bytes.endIndex)]))).termText
          throw fault("invalid URL escape \(piece)")
        }
        output.append(high << 4 | low)
        index += 3
      }
      return output
    }

    /// Whether escaping the path the usual way gives what was written; then Go keeps no raw form.
    private static func isDefaultEncoding(_ raw: ArraySlice<UInt8>, of path: [UInt8]) -> Bool {
      let plain = Array("-_.~$&+,/:;=@".utf8)
      var escaped: [UInt8] = []
      for byte in path {
        if byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || plain.contains(byte) {
          escaped.append(byte)
        } else {
          escaped.append(UInt8(ascii: "%"))
          for digit in [byte >> 4, byte & 15] { escaped.append(digit < 10 ? 0x30 + digit : 0x37 + digit) }
        }
      }
      return raw.elementsEqual(escaped)
    }
  }
}
