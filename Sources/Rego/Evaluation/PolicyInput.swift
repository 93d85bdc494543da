/// An input document that is made piece by piece: only what a policy reads.
public protocol LazyInput: AnyObject {
  /// The field that the schema's resolver gave a number for, `.undefined` when absent.
  func value(field: Int) -> Value
  /// All of it.
  func document() -> Value
}

/// Numbers for the paths that a `LazyInput` can answer by themselves, asked once per path when a query is prepared.
public struct InputSchema: Sendable {
  /// The field at a path below `input` (never empty), nil when it has to be looked up in its parent.
  public let field: @Sendable (_ path: [Value]) -> Int?
  public init(field: @escaping @Sendable (_ path: [Value]) -> Int?) { self.field = field }
}

/// The input of one evaluation.
public enum PolicyInput {
  case none
  case value(Value)
  case lazy(any LazyInput)
}

/// The constant paths below `input` that a plan reads. Each has a slot in which its value is kept for an evaluation;
/// slot 0 is `input` itself.
struct InputPaths: Sendable {
  struct Entry: Sendable {
    var parent: Int
    var key: Value
    var path: [Value]
  }

  private(set) var entries = [Entry(parent: 0, key: .undefined, path: [])]
  private var slots: [[Value]: Int] = [[]: 0]

  /// The slot of a path, and of all its parents before it.
  mutating func slot(_ path: [Value]) -> Int {
    if let slot = slots[path] { return slot }
    let parent = slot(Array(path.dropLast()))
    entries.append(Entry(parent: parent, key: path[path.count - 1], path: path))
    slots[path] = entries.count - 1
    return entries.count - 1
  }
}
