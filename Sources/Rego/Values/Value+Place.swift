/// Where a value stands: in a slot, in a constant or in a container that something else keeps. Reading it there touches
/// no count of references.
typealias ValuePlace = UnsafePointer<Value>

extension Value {
  /// Equality of values where they stand.
  @inline(__always)
  static func areEqual(_ left: ValuePlace, _ right: ValuePlace) -> Bool {
    if case .string(.short(let left)) = left.pointee {
      if case .string(.short(let right)) = right.pointee { return left.words == right.words }
      return false
    }
    if case .integer(let left) = left.pointee, case .integer(let right) = right.pointee { return left == right }
    return areEqualSlowly(left, right)
  }

  @inline(never)
  private static func areEqualSlowly(_ left: ValuePlace, _ right: ValuePlace) -> Bool { left.pointee == right.pointee }

  /// Order of values where they stand.
  @inline(__always)
  static func compare(_ left: ValuePlace, _ right: ValuePlace) -> Int {
    if case .integer(let left) = left.pointee, case .integer(let right) = right.pointee {
      return left < right ? -1 : (left == right ? 0 : 1)
    }
    return compareSlowly(left, right)
  }

  @inline(never)
  private static func compareSlowly(_ left: ValuePlace, _ right: ValuePlace) -> Int {
    left.pointee.compare(right.pointee)
  }
}

extension ValueObject {
  /// Where the value at a key stands.
  @inline(__always)
  func place(of key: ValuePlace) -> ValuePlace? {
    if isIndexed { return placeByHash(of: key) }
    if case .string(.short(let text)) = key.pointee {
      let words = text.words
      for position in 0..<count {
        if case .string(.short(let other)) = keyStart[position], other.words == words { return valueStart + position }
      }
      return nil
    }
    return placeInTurn(of: key)
  }

  @inline(never)
  private func placeInTurn(of key: ValuePlace) -> ValuePlace? {
    for position in 0..<count where Value.areEqual(keyStart + position, key) { return valueStart + position }
    return nil
  }

  @inline(never)
  private func placeByHash(of key: ValuePlace) -> ValuePlace? {
    index?.find(key, in: keyStart).map { valueStart + $0 }
  }
}

extension ValueSet {
  /// Where an element equal to this one stands.
  @inline(__always)
  func place(of element: ValuePlace) -> ValuePlace? {
    if isIndexed { return index?.find(element, in: start).map { start + $0 } }
    for position in 0..<count where Value.areEqual(start + position, element) { return start + position }
    return nil
  }
}

extension HashIndex {
  /// The position of a key, nil when absent.
  func find(_ key: ValuePlace, in keys: ValuePlace) -> Int? {
    slots.withUnsafeBufferPointer { slots in
      let mask = slots.count &- 1
      var slot = Int(truncatingIfNeeded: key.pointee.tableHash) & mask
      while true {
        let position = Int(slots[slot])
        if position == 0 { return nil }
        if Value.areEqual(keys + (position &- 1), key) { return position &- 1 }
        slot = (slot &+ 1) & mask
      }
    }
  }
}

extension UnsafeMutablePointer<Value> {
  /// Puts a value into a slot, which is empty, without counting a reference: whoever keeps the value outlasts the use
  /// of the slot, and `abandon` empties it before anyone else would.
  @inline(__always)
  func borrow(_ place: ValuePlace) {
    UnsafeMutableRawPointer(self).copyMemory(from: place, byteCount: MemoryLayout<Value>.size)
  }

  /// Empties a slot that borrowed.
  @inline(__always)
  func abandon() { initialize(to: .undefined) }
}
