import S3Model
import Testing

@testable import Kerberos

/// KERB_VALIDATION_INFO as a directory writes it; ``broken`` variants next to it.
struct GroupIdentifiersTests {
  private struct Writer {
    var bytes: [UInt8] = [1, 0x10, 8, 0, 0xCC, 0xCC, 0xCC, 0xCC, 0, 0, 0, 0, 0, 0, 0, 0]

    mutating func words(_ values: UInt32...) {
      while bytes.count % 4 != 0 { bytes.append(0) }
      for value in values { bytes += (0..<4).map { UInt8(value >> UInt32(8 * $0) & 0xFF) } }
    }
    mutating func zeros(_ count: Int) { bytes += [UInt8](repeating: 0, count: count) }
    mutating func text(_ text: String) {
      let units = Array(text.utf16)
      words(UInt32(units.count), 0, UInt32(units.count))
      for unit in units { bytes += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
    }
    mutating func identifier(_ parts: UInt32...) {
      words(UInt32(parts.count))
      bytes += [1, UInt8(parts.count), 0, 0, 0, 0, 0, 5]
      for part in parts { words(part) }
    }
  }

  private static func info(groupCount: UInt32 = 3, stated: UInt32 = 3) -> [UInt8] {
    var writer = Writer()
    writer.words(0x20000)
    writer.zeros(48)
    // EffectiveName and FullName have text.
    writer.words(0x000A_000A, 0x20004, 0x0006_0006, 0x20008)
    for _ in 0..<4 { writer.words(0, 0) }
    writer.words(0x0000_0001)
    writer.words(1104, 513, groupCount, 0x2000C, 0x20)
    writer.zeros(16)
    writer.words(0x0004_0004, 0x20010, 0x0006_0006, 0x20014, 0x20018)
    writer.zeros(8 + 4 + 4 + 16 + 8)
    writer.words(1, 0x2001C, 0x20020, 1, 0x20024)
    writer.text("alice")
    writer.text("Ann")
    // The last is for denying only.
    writer.words(stated, 513, 7, 1105, 7, 1106, 0x17)
    writer.text("DC")
    writer.text("DOM")
    writer.identifier(21, 1, 2, 3)
    writer.words(1, 0x20028, 7)
    writer.identifier(32, 544)
    writer.identifier(21, 9, 9, 9)
    writer.words(1, 1200, 0x2000_0007)
    return writer.bytes
  }

  @Test func readsGroups() {
    #expect(
      GroupIdentifiers.parse(Self.info()) == [
        "S-1-5-21-1-2-3-513", "S-1-5-21-1-2-3-1105", "S-1-5-32-544", "S-1-5-21-9-9-9-1200",
      ])
  }

  @Test func refusesAPartOfThem() {
    let whole = Self.info()
    for count in 0..<whole.count { #expect(GroupIdentifiers.parse(Array(whole.prefix(count))) == nil, "\(count)") }
    #expect(GroupIdentifiers.parse(Self.info(groupCount: 4)) == nil)
    #expect(GroupIdentifiers.parse(Self.info(groupCount: .max, stated: .max)) == nil)
    var bigEndian = whole
    bigEndian[1] = 0
    #expect(GroupIdentifiers.parse(bigEndian) == nil)
  }

  @Test func survivesAnyChange() {
    let whole = Self.info()
    for index in whole.indices {
      for value in [UInt8(0), 1, 0x7F, 0xFF] {
        var changed = whole
        changed[index] = value
        _ = GroupIdentifiers.parse(changed)
      }
    }
  }
}
