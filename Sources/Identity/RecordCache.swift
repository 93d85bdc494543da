/// Values by the object that they were derived from, bounded by two generations: when the younger is full it becomes
/// the older, and the older is dropped. A value that is used moves to the younger.
struct RecordCache<Value> {
  private struct Entry {
    /// Held, so that its identity names no other object.
    let object: AnyObject
    let value: Value
  }

  private let generationCountMax: Int
  private var young: [ObjectIdentifier: Entry] = [:]
  private var old: [ObjectIdentifier: Entry] = [:]

  init(countMax: Int) { generationCountMax = max(1, countMax / 2) }

  var count: Int { young.count + old.count }

  subscript(object: AnyObject) -> Value? {
    mutating get {
      let id = ObjectIdentifier(object)
      if let entry = young[id] { return entry.value }
      guard let entry = old.removeValue(forKey: id) else { return nil }
      insert(entry)
      return entry.value
    }
    set {
      let id = ObjectIdentifier(object)
      old[id] = nil
      if let newValue { insert(Entry(object: object, value: newValue)) } else { young[id] = nil }
    }
  }

  mutating func removeAll() {
    young.removeAll(keepingCapacity: true)
    old.removeAll(keepingCapacity: true)
  }

  private mutating func insert(_ entry: Entry) {
    if young.count >= generationCountMax {
      old = young
      young = [:]
    }
    young[ObjectIdentifier(entry.object)] = entry
  }
}
