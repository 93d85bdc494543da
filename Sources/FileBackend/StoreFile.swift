import Cryptography

/// The store's own small files (bucket settings, upload descriptions, tag sidecars): content, then its CRC-32C.
enum StoreFile {
  static func sealed(_ content: [UInt8]) -> [UInt8] { content + Checksum.of(content, .crc32c).bytes }

  /// The content; nil when the file is damaged.
  static func content(of bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count >= 4 else { return nil }
    let content = Array(bytes.dropLast(4))
    return Checksum.of(content, .crc32c).bytes.elementsEqual(bytes.suffix(4)) ? content : nil
  }
}
