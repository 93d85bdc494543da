/// What `with` can replace, and everything remembered that depends on it.
struct World {
  var input: PolicyInput = .none {
    didSet { if case .value = input { isInputValue = true } else { isInputValue = false } }
  }
  /// The input is a value already.
  private(set) var isInputValue = false
  /// Field numbers by input slot, -1 where there is none; only while the input is the lazy one.
  var fields: UnsafePointer<Int32>?
  /// Base documents as replaced; only meaningful where `replaced` is not nil.
  var base: Value = .undefined
  var replaced: ReplacedPaths? { didSet { hasReplaced = replaced != nil } }
  private(set) var hasReplaced = false
  var overrides: FunctionOverrides?
  /// Kept by the machine, or by the `with` that this world is for.
  unowned(unsafe) let memory: WorldMemory
  let documents: UnsafeMutablePointer<Value>
  let documentStates: UnsafeMutablePointer<UInt8>
  let inputs: UnsafeMutablePointer<Value>
  let inputStates: UnsafeMutablePointer<UInt8>
  let inputNodes: UnsafeMutablePointer<Int32>

  init(memory: WorldMemory) {
    self.memory = memory
    documents = memory.documents
    documentStates = memory.documentStates
    inputs = memory.inputs
    inputStates = memory.inputStates
    inputNodes = memory.inputNodes
  }

  init(_ outer: World, memory: WorldMemory) {
    self.init(memory: memory)
    input = outer.input
    isInputValue = outer.isInputValue
    fields = outer.fields
    base = outer.base
    replaced = outer.replaced
    hasReplaced = outer.hasReplaced
    overrides = outer.overrides
  }
}

/// Values of virtual documents and of input paths, by their numbers.
final class WorldMemory {
  let documents: UnsafeMutablePointer<Value>
  let documentStates: UnsafeMutablePointer<UInt8>
  let inputs: UnsafeMutablePointer<Value>
  let inputStates: UnsafeMutablePointer<UInt8>
  let inputNodes: UnsafeMutablePointer<Int32>
  /// Which of them are set, so that forgetting costs as much as remembering did.
  private let touchedDocuments: UnsafeMutablePointer<Int32>
  private var touchedDocumentCount = 0
  private let touchedInputs: UnsafeMutablePointer<Int32>
  private var touchedInputCount = 0
  private let documentCount: Int
  private let inputCount: Int
  var functionResults: [FunctionKey: Value] = [:]

  init(_ layout: MemoryLayoutOfPlan) {
    documentCount = layout.documents
    inputCount = layout.inputs.count
    documents = .allocate(capacity: documentCount)
    documents.initialize(repeating: .undefined, count: documentCount)
    documentStates = .allocate(capacity: documentCount)
    documentStates.initialize(repeating: 0, count: documentCount)
    inputs = .allocate(capacity: inputCount)
    inputs.initialize(repeating: .undefined, count: inputCount)
    inputStates = .allocate(capacity: inputCount)
    inputStates.initialize(repeating: 0, count: inputCount)
    inputNodes = .allocate(capacity: inputCount)
    inputNodes.initialize(repeating: -1, count: inputCount)
    touchedDocuments = .allocate(capacity: documentCount)
    touchedInputs = .allocate(capacity: inputCount)
  }

  deinit {
    documents.deinitialize(count: documentCount)
    documents.deallocate()
    documentStates.deallocate()
    inputs.deinitialize(count: inputCount)
    inputs.deallocate()
    inputStates.deallocate()
    inputNodes.deallocate()
    touchedDocuments.deallocate()
    touchedInputs.deallocate()
  }

  func touchDocument(_ number: Int) {
    touchedDocuments[touchedDocumentCount] = Int32(truncatingIfNeeded: number)
    touchedDocumentCount += 1
  }

  func touchInput(_ slot: Int) {
    touchedInputs[touchedInputCount] = Int32(truncatingIfNeeded: slot)
    touchedInputCount += 1
  }

  func forget() {
    for index in 0..<touchedDocumentCount {
      let number = Int(touchedDocuments[index])
      documents[number] = .undefined
      documentStates[number] = 0
    }
    touchedDocumentCount = 0
    for index in 0..<touchedInputCount {
      let slot = Int(touchedInputs[index])
      inputs[slot] = .undefined
      inputStates[slot] = 0
    }
    touchedInputCount = 0
    if !functionResults.isEmpty { functionResults.removeAll(keepingCapacity: true) }
  }
}

/// One call of a function in one world.
struct FunctionKey: Hashable {
  var function: Int
  var arguments: [Value]
}

/// Paths below `data` that `with` replaced, base and virtual alike.
final class ReplacedPaths {
  let isReplaced: Bool
  let children: [Value: ReplacedPaths]

  init(isReplaced: Bool, children: [Value: ReplacedPaths]) {
    self.isReplaced = isReplaced
    self.children = children
  }

  static func adding(_ path: ArraySlice<Value>, to existing: ReplacedPaths?) -> ReplacedPaths {
    if existing?.isReplaced == true || path.isEmpty { return ReplacedPaths(isReplaced: true, children: [:]) }
    var children = existing?.children ?? [:]
    children[path[path.startIndex]] = adding(path.dropFirst(), to: children[path[path.startIndex]])
    return ReplacedPaths(isReplaced: false, children: children)
  }
}

/// Functions that `with` replaced.
final class FunctionOverrides {
  enum Replacement {
    case value(Value)
    case callee(CalleePlan)
  }

  var builtins: [String: Replacement] = [:]
  /// By the function's document.
  var functions: [ObjectIdentifier: Replacement] = [:]

  init(copying other: FunctionOverrides?) {
    if let other {
      builtins = other.builtins
      functions = other.functions
    }
  }
}

/// What a call or a replacement calls.
enum CalleePlan: Sendable {
  case builtin(Builtin)
  case function(Document)
}
