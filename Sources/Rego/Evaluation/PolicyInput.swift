public import JSON

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
  /// Scanned JSON, of which only what the policy reads becomes values. The bytes, from which the tape was scanned, must
  /// stay until the evaluation is over.
  case json(JSONTape, UnsafeRawBufferPointer)

  /// All of it.
  func document() throws(JSONError) -> Value {
    switch self {
    case .none: .undefined
    case .value(let value): value
    case .lazy(let input): input.document()
    case .json(let tape, let bytes): try Value(tape, 0, in: bytes)
    }
  }
}

/// The constant paths below `input` that a plan reads. Each has a slot in which its value is kept for an evaluation;
/// slot 0 is `input` itself.
struct InputPaths: Sendable {
  /// By slot; the key is the last element of the path.
  private(set) var parents = [0]
  private(set) var keys: [Value] = [.undefined]
  private(set) var paths: [[Value]] = [[]]
  private var slots: [[Value]: Int] = [[]: 0]

  var count: Int { paths.count }

  /// The slot of a path, and of all its parents before it.
  mutating func slot(_ path: [Value]) -> Int {
    if let slot = slots[path] { return slot }
    let parent = slot(Array(path.dropLast()))
    parents.append(parent)
    keys.append(path[path.count - 1])
    paths.append(path)
    slots[path] = paths.count - 1
    return paths.count - 1
  }
}
