#if canImport(Glibc)
import Glibc
#endif

/// Finds the ``FieldName`` of a lower-case name: one hash, one compare.
///
/// The hash is computed by the parser while it lower-cases the name, so a look-up reads the name only once more.
///
/// Unchecked: written while ``shared`` is made, only read afterwards.
final class FieldNameTable: @unchecked Sendable {
  static let shared = FieldNameTable()

  private struct Slot {
    let start: UnsafePointer<UInt8>
    let count: Int
    /// ``FieldName/other`` in free slots.
    let name: FieldName
  }

  /// 1,024 slots for fewer than 256 names keeps probes near one.
  private static let mask: UInt32 = 1023
  private let slots: UnsafeMutablePointer<Slot>

  private init() {
    let count = Int(Self.mask) + 1
    // For the life of the process, as the names that it points to.
    slots = .allocate(capacity: count)
    slots.initialize(
      repeating: Slot(start: FieldName.other.name.utf8Start, count: 0, name: .other), count: count)
    for name in FieldName.allCases where name != .other {
      var hash = Self.seed
      name.name.withUTF8Buffer { for byte in $0 { hash = Self.mix(hash, byte) } }
      var slot = hash & Self.mask
      while slots[Int(slot)].name != .other { slot = (slot + 1) & Self.mask }
      slots[Int(slot)] = Slot(start: name.name.utf8Start, count: name.name.utf8CodeUnitCount, name: name)
    }
  }

  /// FNV-1a, 32 bits.
  static let seed: UInt32 = 2_166_136_261
  @inline(__always)
  static func mix(_ hash: UInt32, _ byte: UInt8) -> UInt32 {
    (hash ^ UInt32(byte)) &* 16_777_619
  }

  @inline(__always)
  func find(_ name: UnsafeBufferPointer<UInt8>, hash: UInt32) -> FieldName {
    guard let start = name.baseAddress else { return .other }
    var slot = hash & Self.mask
    while true {
      let candidate = slots[Int(slot)]
      if candidate.name == .other { return .other }
      if candidate.count == name.count, memcmp(candidate.start, start, name.count) == 0 { return candidate.name }
      slot = (slot + 1) & Self.mask
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  @inline(__always)
  func elementsEqual(_ other: StaticString) -> Bool {
    let theirs = other.utf8Start
    for index in 0..<count where self[index] != theirs[index] { return false }
    return true
  }
}

extension FieldName {
  /// The known name these bytes spell in any case; ``other`` when they spell none.
  ///
  /// For names that stand elsewhere than in a header: hoisted into a query, listed in `SignedHeaders` or a form.
  public init(ignoringCase name: UnsafeBufferPointer<UInt8>) {
    // No name is longer than 64 bytes, so a copy fits the stack.
    guard name.count <= Self.nameBytesMax else {
      self = .other
      return
    }
    self = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.nameBytesMax) { lowercased in
      var hash = FieldNameTable.seed
      for index in 0..<name.count {
        let byte = ASCII.lowercased(name[index])
        lowercased[index] = byte
        hash = FieldNameTable.mix(hash, byte)
      }
      return FieldNameTable.shared.find(UnsafeBufferPointer(rebasing: lowercased[0..<name.count]), hash: hash)
    }
  }

  private static let nameBytesMax = 64
}
