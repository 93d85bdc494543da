/// Compiled patterns of one kind: in front of a table that is found by hashing twice, for the few texts that come again
/// and again. A pattern that falls on the place of another one takes it.
final class PatternTable<Entry> {
  private struct Slot {
    var text: Text
    var variant: UInt8
    var entry: Entry
  }

  private var slots: [Slot?] = []
  private static var slotCount: Int { 1024 }
  /// Of a text that is kept: patterns may come from requests.
  private static var bytesMax: Int { 1024 }

  /// - Parameter variant: tells apart what one text is compiled to in several ways.
  @inline(__always)
  func find(_ text: Text, variant: UInt8) -> Entry? {
    let position = Self.position(text, variant)
    guard position < slots.count, let slot = slots[position], slot.variant == variant, slot.text == text else {
      return nil
    }
    return slot.entry
  }

  func keep(_ entry: Entry, for text: Text, variant: UInt8) {
    if text.byteCount > Self.bytesMax { return }
    if slots.isEmpty { slots = [Slot?](repeating: nil, count: Self.slotCount) }
    slots[Self.position(text, variant)] = Slot(text: text, variant: variant, entry: entry)
  }

  @inline(__always)
  private static func position(_ text: Text, _ variant: UInt8) -> Int {
    Int(truncatingIfNeeded: text.hash &+ UInt64(variant) &* 37) & (slotCount - 1)
  }
}
