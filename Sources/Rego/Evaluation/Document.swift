/// What the rules of one name define.
final class Document: @unchecked Sendable {
  enum Kind { case complete, set, object, function }

  let kind: Kind
  let path: [Value]
  let number: Int
  // Written while a policy is planned, then only read.
  var rules = RuleIndex.empty
  var defaultRule: RulePlan?
  /// Every rule has one and the same constant value, so that the first that holds decides.
  var hasOneValue = false
  /// A function whose bodies iterate or call functions of the policy.
  var isCostly = false
  /// Documents at constant paths below an object.
  weak var tree: DocumentTree?
  var location: SourceLocation = .none

  init(kind: Kind, path: [Value], number: Int) {
    self.kind = kind
    self.path = path
    self.number = number
  }

  /// The same rules as a function of the first key, when something refers to single members.
  var keyed: Document?
  /// Set where this is `keyed` of an object.
  var isMember = false

  var conflictMessage: String {
    if isMember { return "object keys must be unique" }
    return kind == .function
      ? "functions must not produce multiple outputs for same inputs"
      : "complete rules must not produce multiple outputs"
  }

  /// Lets go of what was planned, when nothing will be evaluated any more.
  func discardPlan() {
    rules = .empty
    defaultRule = nil
    keyed = nil
  }

  /// The document where the world remembers it.
  @inline(__always)
  func place(_ machine: UnsafeMutablePointer<Machine>, _ scratch: UnsafeMutablePointer<Value>) -> ValuePlace {
    if machine.pointee.world.documentStates[number] != 1 {
      let value = value(machine)
      if machine.pointee.world.documentStates[number] != 1 {
        scratch.pointee = value
        return UnsafePointer(scratch)
      }
    }
    return UnsafePointer(machine.pointee.world.documents + number)
  }

  /// The document, remembered in the world.
  func value(_ machine: UnsafeMutablePointer<Machine>) -> Value {
    switch machine.pointee.world.documentStates[number] {
    case 1: return machine.pointee.world.documents[number]
    case 2:
      machine.pointee.fail(EvaluationError(.internal, "document depends on itself", location))
      return .undefined
    default: break
    }
    machine.pointee.world.documentStates[number] = 2
    machine.pointee.world.memory.touchDocument(number)
    let value: Value
    switch kind {
    case .complete, .function: value = single(machine, arguments: nil, count: 0)
    case .set: value = set(machine)
    case .object: value = object(machine)
    }
    machine.pointee.world.documents[number] = value
    machine.pointee.world.documentStates[number] = 1
    return value
  }

  /// A call. One that is repeated in this world is remembered if its work may be more than that of remembering: calls
  /// that call twice would else double with every level.
  func call(_ machine: UnsafeMutablePointer<Machine>, _ arguments: UnsafeMutablePointer<Value>, _ count: Int) -> Value {
    if !isCostly { return single(machine, arguments: arguments, count: count) }
    let calls = machine.pointee.world.documentStates[number]
    if calls < Self.unrememberedCalls {
      if calls == 0 { machine.pointee.world.memory.touchDocument(number) }
      machine.pointee.world.documentStates[number] = calls + 1
      return single(machine, arguments: arguments, count: count)
    }
    return rememberedCall(machine, arguments, count)
  }

  private static let unrememberedCalls: UInt8 = 32
  /// After so many single members in one world the whole document is made.
  static let keyedCallsMax: UInt8 = 16

  @inline(never)
  private func rememberedCall(
    _ machine: UnsafeMutablePointer<Machine>, _ arguments: UnsafeMutablePointer<Value>, _ count: Int
  ) -> Value {
    let key = FunctionKey(function: number, arguments: Array(UnsafeBufferPointer(start: arguments, count: count)))
    let memory = machine.pointee.world.memory
    if let value = memory.functionResults[key] { return value }
    let value = single(machine, arguments: arguments, count: count)
    if machine.pointee.undefinedFlow != .failed, machine.pointee.chargeBytes(64 + 16 * count) {
      memory.functionResults[key] = value
    }
    return value
  }

  /// The value of a complete rule or of a call.
  func single(
    _ machine: UnsafeMutablePointer<Machine>, arguments: UnsafeMutablePointer<Value>?, count: Int
  ) -> Value {
    var result = Value.undefined
    let frame = Frame(machine: machine, locals: arguments ?? machine.pointee.top)
    if let rule = rules.only { return only(rule, machine, arguments) }
    _ = rules.visit(frame) { rule in
      let value = rule.value(machine, arguments: arguments)
      if value.isUndefined { return machine.pointee.undefinedFlow != .failed }
      if result.isUndefined {
        result = value
        return !hasOneValue
      }
      if result == value { return true }
      machine.pointee.fail(
        EvaluationError(.conflict, conflictMessage, rule.location))
      return false
    }
    if machine.pointee.undefinedFlow == .failed { return .undefined }
    if result.isUndefined, let defaultRule { return defaultRule.value(machine, arguments: arguments) }
    return result
  }

  @inline(__always)
  private func only(
    _ rule: RulePlan, _ machine: UnsafeMutablePointer<Machine>, _ arguments: UnsafeMutablePointer<Value>?
  ) -> Value {
    let value = rule.value(machine, arguments: arguments)
    if let defaultRule, value.isUndefined, machine.pointee.undefinedFlow != .failed {
      return defaultRule.value(machine, arguments: arguments)
    }
    return value
  }

  private func set(_ machine: UnsafeMutablePointer<Machine>) -> Value {
    let outer = machine.pointee.collector
    var values: [Value] = []
    withUnsafeMutablePointer(to: &values) { values in
      machine.pointee.collector = values
      _ = rules.visit(Frame(machine: machine, locals: machine.pointee.top)) { rule in
        rule.run(machine, arguments: nil) != .failed
      }
    }
    machine.pointee.collector = outer
    if machine.pointee.undefinedFlow == .failed { return .undefined }
    return .set(values.isEmpty ? .empty : ValueSet(values))
  }

  private func object(_ machine: UnsafeMutablePointer<Machine>) -> Value {
    let outer = machine.pointee.members
    var members = PartialObject()
    withUnsafeMutablePointer(to: &members) { members in
      machine.pointee.members = members
      _ = rules.visit(Frame(machine: machine, locals: machine.pointee.top)) { rule in
        rule.run(machine, arguments: nil) != .failed
      }
      machine.pointee.members = outer
      if let tree, machine.pointee.undefinedFlow != .failed {
        add(tree, at: [], to: members, machine)
      }
    }
    if machine.pointee.undefinedFlow == .failed { return .undefined }
    return members.value()
  }

  private func add(
    _ tree: DocumentTree, at path: [Value], to members: UnsafeMutablePointer<PartialObject>,
    _ machine: UnsafeMutablePointer<Machine>
  ) {
    for (key, child) in tree.sorted {
      guard let document = child.visibleDocument else {
        add(child, at: path + [key], to: members, machine)
        continue
      }
      let value = document.value(machine)
      if machine.pointee.undefinedFlow == .failed { return }
      if value.isUndefined { continue }
      let isAdded: Bool
      if document.kind == .set, case .set(let set) = value {
        isAdded = set.elements.allSatisfy { members.pointee.add($0, isElement: true, at: (path + [key])[...]) }
      } else {
        isAdded = members.pointee.merge(value, at: (path + [key])[...])
      }
      if !isAdded {
        machine.pointee.fail(EvaluationError(.conflict, "object keys must be unique", document.location))
        return
      }
    }
  }
}

/// One rule, planned.
final class RulePlan: @unchecked Sendable {
  /// The rule's body, then those of its `else`s.
  private let list: FixedList<Block>
  private let branches: UnsafeMutablePointer<Unmanaged<Block>>
  private let branchCount: Int
  let frameSize: Int
  let resultSlot: Int
  /// Where the frame holds the arguments.
  private let argumentSlots: [Int]
  private let argumentCount: Int
  let location: SourceLocation

  init(branches: [Block], frameSize: Int, resultSlot: Int, argumentSlots: [Int], location: SourceLocation) {
    list = FixedList(branches)
    self.branches = list.start
    branchCount = list.count
    self.frameSize = frameSize
    self.resultSlot = resultSlot
    self.argumentSlots = argumentSlots
    argumentCount = argumentSlots.count
    self.location = location
  }

  /// Of the first branch whose body holds.
  func value(_ machine: UnsafeMutablePointer<Machine>, arguments: UnsafeMutablePointer<Value>?) -> Value {
    let mark = machine.pointee.mark
    guard let locals = machine.pointee.enter(frameSize) else { return .undefined }
    if let arguments {
      for index in 0..<argumentCount { (locals + argumentSlots[index]).borrow(arguments + index) }
    }
    let frame = Frame(machine: machine, locals: locals)
    var value = Value.undefined
    for index in 0..<branchCount {
      if branches[index]._withUnsafeGuaranteedRef({ $0.run(frame) }) == .failed { break }
      value = locals[resultSlot]
      if !value.isUndefined { break }
    }
    if machine.pointee.undefinedFlow == .failed { value = .undefined }
    if arguments != nil {
      for index in 0..<argumentCount { (locals + argumentSlots[index]).abandon() }
    }
    machine.pointee.leave(locals, frameSize, mark)
    return value
  }

  /// For the sake of what it collects.
  func run(_ machine: UnsafeMutablePointer<Machine>, arguments: UnsafeMutablePointer<Value>?) -> Flow {
    let mark = machine.pointee.mark
    guard let locals = machine.pointee.enter(frameSize) else { return .failed }
    let flow = branches[0]._withUnsafeGuaranteedRef { $0.run(Frame(machine: machine, locals: locals)) }
    machine.pointee.leave(locals, frameSize, mark)
    return flow
  }
}
