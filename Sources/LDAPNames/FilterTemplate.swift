/// A search filter with places for names: `%s` for what somebody calls themselves, `%d` for a distinguished name, `%%`
/// for the sign itself.
///
/// What is put in is escaped, so that it is a value and never a part of the filter. Source: RFC 4515.
public struct FilterTemplate: Hashable, Sendable {
  public enum Place: UInt8, Sendable {
    case name = 0x73
    case distinguishedName = 0x64
  }

  private enum Piece: Hashable, Sendable {
    case text([UInt8])
    case place(Place)
  }

  private let pieces: [Piece]
  /// As it was written.
  public let text: String

  public static let bytesMax = 2048
  private static let depthMax = 16

  /// - Returns: nil where it is no filter, or has another `%`.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.bytesMax, Self.isFilter(Array(text.utf8)) else { return nil }
    var pieces: [Piece] = []
    var literal: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == 0x25 else {
        literal.append(byte)
        continue
      }
      guard let next = rest.popFirst() else { return nil }
      if next == 0x25 {
        literal.append(0x25)
      } else {
        guard let place = Place(rawValue: next) else { return nil }
        pieces += [.text(literal), .place(place)]
        literal = []
      }
    }
    self.pieces = pieces + [.text(literal)]
    self.text = text
  }

  public func has(_ place: Place) -> Bool { pieces.contains(.place(place)) }

  public func filled(name: [UInt8], distinguishedName: [UInt8] = []) -> [UInt8] {
    var filter: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .text(let text): filter += text
      case .place(.name): filter += Self.escaped(name)
      case .place(.distinguishedName): filter += Self.escaped(distinguishedName)
      }
    }
    return filter
  }

  /// A value as filters carry it: whatever it holds, it matches only itself. Source: RFC 4515 section 3.
  public static func escaped(_ value: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    var result: [UInt8] = []
    for byte in value {
      switch byte {
      case 0x2A, 0x28, 0x29, 0x5C, 0x00...0x1F, 0x7F:
        result += [0x5C, digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
      default: result.append(byte)
      }
    }
    return result
  }

  /// Whether the whole is one filter in parentheses that match, with something in each.
  private static func isFilter(_ bytes: [UInt8]) -> Bool {
    guard bytes.first == 0x28, bytes.last == 0x29 else { return false }
    var depth = 0
    var previous: UInt8 = 0
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case 0x28:
        depth += 1
        if depth > depthMax { return false }
        if index > 0, ![0x29, 0x26, 0x7C, 0x21].contains(previous) { return false }
      case 0x29:
        depth -= 1
        if depth < 0 || previous == 0x28 || (depth == 0 && index != bytes.count - 1) { return false }
      case 0x00...0x1F: return false
      default: if previous == 0x29 { return false }
      }
      previous = byte
    }
    return depth == 0
  }
}
