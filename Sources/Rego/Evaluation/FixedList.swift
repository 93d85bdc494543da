/// Objects that stay as they are, to be visited without touching their counts of references.
final class FixedList<Element: AnyObject>: @unchecked Sendable {
  // Unretained copies beside the array that keeps them alive.
  let elements: [Element]
  let start: UnsafeMutablePointer<Unmanaged<Element>>
  let count: Int

  init(_ elements: [Element]) {
    self.elements = elements
    count = elements.count
    start = .allocate(capacity: elements.count)
    for (index, element) in elements.enumerated() { (start + index).initialize(to: .passUnretained(element)) }
  }

  deinit { start.deallocate() }
}
