/// An object in the making: members at paths of keys, and sets at such paths.
struct PartialObject {
  indirect enum Entry {
    case value(Value)
    case elements([Value])
    case object(PartialObject)
  }

  fileprivate var keys: [Value: Int] = [:]
  fileprivate var entries: [(key: Value, entry: Entry)] = []

  var isEmpty: Bool { entries.isEmpty }

  /// False when there is another value already.
  mutating func add(_ value: Value, isElement: Bool, at key: Value) -> Bool {
    guard let position = keys[key] else {
      keys[key] = entries.count
      entries.append((key, isElement ? .elements([value]) : .value(value)))
      return true
    }
    switch entries[position].entry {
    case .value(let existing): return !isElement && existing == value
    case .object: return false
    case .elements(var elements):
      if !isElement { return false }
      entries[position].entry = .elements([])
      elements.append(value)
      entries[position].entry = .elements(elements)
      return true
    }
  }

  mutating func add(_ value: Value, isElement: Bool, at path: ArraySlice<Value>) -> Bool {
    guard let key = path.first else { return false }
    if path.count == 1 { return add(value, isElement: isElement, at: key) }
    guard let position = keys[key] else {
      var inner = PartialObject()
      guard inner.add(value, isElement: isElement, at: path.dropFirst()) else { return false }
      keys[key] = entries.count
      entries.append((key, .object(inner)))
      return true
    }
    guard case .object(var inner) = entries[position].entry else { return false }
    entries[position].entry = .value(.null)
    let added = inner.add(value, isElement: isElement, at: path.dropFirst())
    entries[position].entry = .object(inner)
    return added
  }

  func value() -> Value {
    if entries.isEmpty { return .object(.empty) }
    let sorted = entries.sorted { $0.key < $1.key }
    return .object(
      ValueObject(
        sortedKeys: sorted.map(\.key),
        values: sorted.map { entry in
          switch entry.entry {
          case .value(let value): value
          case .elements(let elements): .set(ValueSet(elements))
          case .object(let object): object.value()
          }
        }))
  }
}

extension PartialObject {
  /// Adds a whole document; where both sides are objects their members come together.
  mutating func merge(_ value: Value, at path: ArraySlice<Value>) -> Bool {
    guard case .object(let object) = value, !object.isEmpty, hasObject(at: path) else {
      return add(value, isElement: false, at: path)
    }
    for index in 0..<object.count where !merge(object.values[index], at: path + [object.keys[index]]) { return false }
    return true
  }

  private func hasObject(at path: ArraySlice<Value>) -> Bool {
    guard let key = path.first else { return true }
    guard let position = keys[key], case .object(let inner) = entries[position].entry else { return false }
    return inner.hasObject(at: path.dropFirst())
  }
}
