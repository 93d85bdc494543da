/// Positions in an array of keys by the keys' hashes: open addressing, at most half full.
@usableFromInline
struct HashIndex: Sendable {
  /// Position + 1, 0 where free. A power of two long.
  @usableFromInline var slots: [UInt32]

  /// Below this many keys a scan is as quick.
  @usableFromInline static let countMin = 9

  @inlinable
  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [UInt32](repeating: 0, count: size)
  }

  @inlinable
  init(_ keys: [Value]) {
    self.init(capacity: keys.count)
    for (position, key) in keys.enumerated() { insert(key.tableHash, position) }
  }

  @inlinable
  mutating func insert(_ hash: UInt64, _ position: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = UInt32(truncatingIfNeeded: position + 1)
  }

  /// The position of a key, nil when absent.
  @inlinable
  func find(_ key: Value, _ hash: UInt64, in keys: [Value]) -> Int? {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let position = Int(slots[slot])
      if position == 0 { return nil }
      if keys[position - 1] == key { return position - 1 }
      slot = (slot + 1) & mask
    }
  }
}
