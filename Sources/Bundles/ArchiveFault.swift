/// Why a file is no archive that a bundle may come in.
public enum ArchiveFault: Error, Equatable, Sendable {
  // The compressed stream
  case notCompressed
  case damagedStream
  case truncated
  case tooLarge(bytesMax: Int)

  // The archive
  case badHeader(offset: Int)
  case badChecksum(offset: Int)
  /// Something stands behind the end marker.
  case trailingBytes
  /// A link, a device, a pipe or what this reader does not know; `type` is the byte of the header.
  case entryType(name: String, type: UInt8)
  /// Absolute in the file system's sense, with `.`, `..` or empty parts, no UTF-8, too long or too deep.
  case badName(String)
  case duplicateName(String)
  case badExtendedHeader(offset: Int)
  case tooManyFiles(countMax: Int)
}

extension ArchiveFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notCompressed: "not compressed with gzip"
    case .damagedStream: "the compressed stream is damaged"
    case .truncated: "cut off"
    case .tooLarge(let bytesMax): "more than \(bytesMax) bytes inflated"
    case .badHeader(let offset): "no tar header at byte \(offset)"
    case .badChecksum(let offset): "the tar header at byte \(offset) does not fit its checksum"
    case .trailingBytes: "bytes follow the end of the archive"
    case .entryType(let name, let type): "`\(Self.bounded(name))` is \(Self.kind(type)); only files and folders may be"
    case .badName(let name): "`\(Self.bounded(name))` is no path inside a bundle"
    case .duplicateName(let name): "`\(Self.bounded(name))` is there twice"
    case .badExtendedHeader(let offset): "the extended header at byte \(offset) is malformed or not supported"
    case .tooManyFiles(let countMax): "more than \(countMax) entries"
    }
  }

  private static func kind(_ type: UInt8) -> String {
    switch type {
    case 0x31: "a hard link"
    case 0x32: "a symbolic link"
    case 0x33, 0x34: "a device"
    case 0x36: "a pipe"
    default: "of type \(type)"
    }
  }

  /// Names come from the archive: they are shown without control characters and not in full length.
  private static func bounded(_ name: String) -> String {
    var shown = ""
    for scalar in name.unicodeScalars.prefix(200) {
      shown.unicodeScalars.append(scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "\u{FFFD}" : scalar)
    }
    return shown
  }
}
