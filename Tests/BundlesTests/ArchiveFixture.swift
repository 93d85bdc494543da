import CZlib

/// Makes archives byte by byte, so that wrong ones can be made too.
enum ArchiveFixture {
  struct Entry {
    var name: String
    var content: [UInt8] = []
    var type: UInt8 = 0x30
    var prefix = ""
    var magic = "ustar\u{0}00"
    /// What the header says, where that is not the truth.
    var size: String?
    var linkName = ""

    static func file(_ name: String, _ text: String) -> Entry { Entry(name: name, content: Array(text.utf8)) }

    /// One pax record, with its length counted.
    static func pax(_ key: String, _ value: String, type: UInt8 = UInt8(ascii: "x")) -> Entry {
      let rest = " \(key)=\(value)\n"
      var count = rest.utf8.count + 1
      while "\(count)".utf8.count + rest.utf8.count != count { count += 1 }
      return Entry(name: "PaxHeader", content: Array("\(count)\(rest)".utf8), type: type)
    }
  }

  static func tar(_ entries: [Entry], ended: Bool = true) -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries {
      var header = [UInt8](repeating: 0, count: 512)
      func put(_ text: String, _ offset: Int) {
        header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
      }
      put(entry.name, 0)
      put("0000644\u{0}", 100)
      put(entry.size ?? octal(entry.content.count, 11), 124)
      put("        ", 148)
      header[156] = entry.type
      put(entry.linkName, 157)
      put(entry.magic, 257)
      put(entry.prefix, 345)
      put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0}", 148)
      bytes += header + entry.content
      bytes += [UInt8](repeating: 0, count: (512 - entry.content.count % 512) % 512)
    }
    return ended ? bytes + [UInt8](repeating: 0, count: 1024) : bytes
  }

  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var count = compressBound(UInt(bytes.count))
    var wrapped = [UInt8](repeating: 0, count: Int(count))
    precondition(compress(&wrapped, &count, bytes, UInt(bytes.count)) == Z_OK)
    // Between zlib's own header and checksum stands what gzip wraps.
    let deflated = wrapped[2..<Int(count) - 4]
    let check = UInt32(crc32(0, bytes, UInt32(bytes.count)))
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + deflated + little(check)
      + little(UInt32(truncatingIfNeeded: bytes.count))
  }

  static func archive(_ files: [(String, String)]) -> [UInt8] { gzip(tar(files.map { .file($0.0, $0.1) })) }

  private static func little(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  private static func octal(_ value: Int, _ digits: Int) -> String {
    let text = String(value, radix: 8)
    return String(repeating: "0", count: digits - text.utf8.count) + text
  }
}
