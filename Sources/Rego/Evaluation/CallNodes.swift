/// A call of a builtin.
final class BuiltinCallNode: TermNode, @unchecked Sendable {
  let builtin: Builtin
  private let list: FixedList<TermNode>
  private let operands: UnsafeMutablePointer<Unmanaged<TermNode>>
  private let count: Int
  let location: SourceLocation

  init(_ builtin: Builtin, _ operands: [TermNode], _ location: SourceLocation) {
    self.builtin = builtin
    list = FixedList(operands)
    self.operands = list.start
    count = list.count
    self.location = location
  }

  override func value(_ frame: Frame) -> Value {
    let machine = frame.machine
    guard var slots = OperandSlots(operands, count, frame) else { return .undefined }
    var result = Value.undefined
    if slots.isComplete {
      if let overrides = machine.pointee.world.overrides, let replacement = overrides.builtins[builtin.name] {
        result = replacement.call(slots.values, count, machine, location)
      } else {
        result = callBuiltin(builtin, slots.values, count, machine, location)
      }
    }
    slots.leave(machine)
    return result
  }
}

/// Operands evaluated into slots of their own, for the time of a call. Values that stand somewhere already are borrowed.
private struct OperandSlots {
  let values: UnsafeMutablePointer<Value>
  /// No operand is undefined.
  var isComplete = true
  private let count: Int
  private let mark: ArenaMark
  /// By operand: whether its slot borrows. Further operands are always copied.
  private var borrowed: UInt64 = 0

  @inline(__always)
  init?(_ terms: UnsafeMutablePointer<Unmanaged<TermNode>>, _ count: Int, _ frame: Frame) {
    mark = frame.machine.pointee.mark
    guard let values = frame.machine.pointee.enter(count) else { return nil }
    self.values = values
    self.count = count
    for index in 0..<count {
      let slot = values + index
      let place = terms[index]._withUnsafeGuaranteedRef { $0.place(frame, slot) }
      if place.pointee.isUndefined {
        isComplete = false
        return
      }
      if place == UnsafePointer(slot) { continue }
      if slot.pointee.isUndefined, index < 64 {
        slot.borrow(place)
        borrowed |= 1 << UInt64(truncatingIfNeeded: index)
      } else {
        slot.pointee = place.pointee
      }
    }
  }

  @inline(__always)
  mutating func leave(_ machine: UnsafeMutablePointer<Machine>) {
    while borrowed != 0 {
      (values + borrowed.trailingZeroBitCount).abandon()
      borrowed &= borrowed &- 1
    }
    machine.pointee.leave(values, count, mark)
  }
}

/// Errors make the call undefined, and the first one is kept for strict evaluations.
func callBuiltin(
  _ builtin: Builtin, _ operands: UnsafeMutablePointer<Value>, _ count: Int, _ machine: UnsafeMutablePointer<Machine>,
  _ location: SourceLocation
) -> Value {
  guard let function = builtin.function else {
    machine.pointee.fail(EvaluationError(.builtin, "\(builtin.name): not supported by this engine", location))
    return .undefined
  }
  do throws(BuiltinError) {
    return try function(Operands(start: operands, count: count), machine.pointee.session)
  } catch {
    machine.pointee.builtinFailed(builtin.name, error, location)
    return .undefined
  }
}

extension Machine {
  @inline(never)
  mutating func builtinFailed(_ name: String, _ error: BuiltinError, _ location: SourceLocation) {
    switch error {
    case .operand(let operand, let message):
      if builtinFailure == nil {
        builtinFailure = EvaluationError(.type, "\(name): operand \(operand) \(message)", location)
      }
    case .failed(let message):
      if builtinFailure == nil { builtinFailure = EvaluationError(.builtin, "\(name): \(message)", location) }
    case .halt(.unsupported):
      fail(EvaluationError(.builtin, "\(name): not supported by this engine", location))
    case .halt(.instructionBudget):
      fail(EvaluationError(.cancelled, "instruction budget exceeded", location))
    case .halt(.memoryBudget):
      fail(EvaluationError(.cancelled, "memory budget exceeded", location))
    }
  }
}

extension FunctionOverrides.Replacement {
  /// In the replacement's own body nothing is replaced. Source: OPA v1/topdown/eval.go, evalCall.
  func call(
    _ arguments: UnsafeMutablePointer<Value>, _ count: Int, _ machine: UnsafeMutablePointer<Machine>,
    _ location: SourceLocation
  ) -> Value {
    switch self {
    case .value(let value): return value
    case .callee(let callee):
      let overrides = machine.pointee.world.overrides
      machine.pointee.world.overrides = nil
      defer { machine.pointee.world.overrides = overrides }
      switch callee {
      case .builtin(let builtin): return callBuiltin(builtin, arguments, count, machine, location)
      case .function(let document): return document.single(machine, arguments: arguments, count: count)
      }
    }
  }
}

/// A call of a function that rules define.
final class FunctionCallNode: TermNode, @unchecked Sendable {
  unowned(unsafe) let document: Document
  private let list: FixedList<TermNode>
  private let operands: UnsafeMutablePointer<Unmanaged<TermNode>>
  private let count: Int
  let location: SourceLocation

  init(_ document: Document, _ operands: [TermNode], _ location: SourceLocation) {
    self.document = document
    list = FixedList(operands)
    self.operands = list.start
    count = list.count
    self.location = location
  }

  override func value(_ frame: Frame) -> Value {
    let machine = frame.machine
    guard var slots = OperandSlots(operands, count, frame) else { return .undefined }
    var result = Value.undefined
    if slots.isComplete {
      if let overrides = machine.pointee.world.overrides,
        let replacement = overrides.functions[ObjectIdentifier(document)]
      {
        result = replacement.call(slots.values, count, machine, location)
      } else {
        result = document.call(machine, slots.values, count)
      }
    }
    slots.leave(machine)
    return result
  }
}

enum Comparison: String { case equal, neq, lt, lte, gt, gte }

final class CompareNode: TermNode, @unchecked Sendable {
  let comparison: Comparison
  let left: TermNode
  let right: TermNode

  init(_ comparison: Comparison, _ left: TermNode, _ right: TermNode) {
    self.comparison = comparison
    self.left = left
    self.right = right
  }

  override func value(_ frame: Frame) -> Value {
    left.look(frame) { left in
      if left.pointee.isUndefined { return .undefined }
      return right.look(frame) { right in
        right.pointee.isUndefined ? .undefined : .boolean(compare(left, right))
      }
    }
  }

  override func holds(_ frame: Frame) -> Bool {
    left.look(frame) { left in
      if left.pointee.isUndefined { return false }
      return right.look(frame) { right in !right.pointee.isUndefined && compare(left, right) }
    }
  }

  @inline(__always)
  private func compare(_ left: ValuePlace, _ right: ValuePlace) -> Bool {
    switch comparison {
    case .equal: Value.areEqual(left, right)
    case .neq: !Value.areEqual(left, right)
    case .lt: Value.compare(left, right) < 0
    case .lte: Value.compare(left, right) <= 0
    case .gt: Value.compare(left, right) > 0
    case .gte: Value.compare(left, right) >= 0
    }
  }
}

/// `x in xs`, `k, x in xs`.
final class MemberNode: TermNode, @unchecked Sendable {
  let key: TermNode?
  let element: TermNode
  let domain: TermNode

  init(key: TermNode?, element: TermNode, domain: TermNode) {
    self.key = key
    self.element = element
    // A long constant array is searched as the set of its elements.
    if key == nil, case .array(let array)? = domain.constant, array.count > 8 {
      self.domain = ConstantNode(.set(ValueSet(array.elements)))
    } else {
      self.domain = domain
    }
  }

  override func value(_ frame: Frame) -> Value {
    guard let isMember = isMember(frame) else { return .undefined }
    return .boolean(isMember)
  }

  override func holds(_ frame: Frame) -> Bool { isMember(frame) ?? false }

  /// nil when an operand is undefined.
  @inline(__always)
  private func isMember(_ frame: Frame) -> Bool? {
    if let key {
      return key.look(frame) { key in
        if key.pointee.isUndefined { return nil }
        return element.look(frame) { element in
          if element.pointee.isUndefined { return nil }
          return domain.look(frame) { domain in
            if domain.pointee.isUndefined { return nil }
            let found = domain.pointee.lookUp(key.pointee)
            return !found.isUndefined && found == element.pointee
          }
        }
      }
    }
    return element.look(frame) { element in
      if element.pointee.isUndefined { return nil }
      return domain.look(frame) { domain in
        if domain.pointee.isUndefined { return nil }
        return Self.isMember(element, of: domain, frame)
      }
    }
  }

  private static func isMember(_ element: ValuePlace, of domain: ValuePlace, _ frame: Frame) -> Bool? {
    switch domain.pointee {
    case .set(let set): return set.place(of: element) != nil
    case .array(let array): return contains(array.start, array.count, element, frame)
    case .object(let object): return contains(object.valueStart, object.count, element, frame)
    default: return false
    }
  }

  @inline(__always)
  private static func contains(_ start: ValuePlace, _ count: Int, _ element: ValuePlace, _ frame: Frame) -> Bool? {
    guard frame.machine.pointee.chargeInstructions(count / 4) else { return nil }
    for position in 0..<count where Value.areEqual(start + position, element) { return true }
    return false
  }
}

/// `+`, `-`, `*` of small integers; anything else is the builtin's business.
final class ArithmeticNode: TermNode, @unchecked Sendable {
  enum Operation: String { case plus, minus, mul }
  let operation: Operation
  let left: TermNode
  let right: TermNode
  let builtin: Builtin
  let location: SourceLocation

  init(_ operation: Operation, _ left: TermNode, _ right: TermNode, _ builtin: Builtin, _ location: SourceLocation) {
    self.operation = operation
    self.left = left
    self.right = right
    self.builtin = builtin
    self.location = location
  }

  override func value(_ frame: Frame) -> Value {
    let leftValue = left.value(frame)
    if leftValue.isUndefined { return .undefined }
    let rightValue = right.value(frame)
    if rightValue.isUndefined { return .undefined }
    if case .integer(let left) = leftValue, case .integer(let right) = rightValue {
      let (result, overflow) =
        switch operation {
        case .plus: left.addingReportingOverflow(right)
        case .minus: left.subtractingReportingOverflow(right)
        case .mul: left.multipliedReportingOverflow(by: right)
        }
      if !overflow { return .integer(result) }
    }
    let machine = frame.machine
    let mark = machine.pointee.mark
    guard let values = machine.pointee.enter(2) else { return .undefined }
    values[0] = leftValue
    values[1] = rightValue
    let result = callBuiltin(builtin, values, 2, machine, location)
    machine.pointee.leave(values, 2, mark)
    return result
  }
}

/// `print(…)`: holds always; an operand that is undefined reads `<undefined>`.
final class PrintNode: TermNode, @unchecked Sendable {
  /// Each ends in a `CollectTail`.
  let operands: [Block]
  init(_ operands: [Block]) { self.operands = operands }

  override func value(_ frame: Frame) -> Value {
    let machine = frame.machine
    guard machine.pointee.session.onNote != nil else { return true }
    var lines = [""]
    for (index, operand) in operands.enumerated() {
      let outer = machine.pointee.collector
      var values: [Value] = []
      let flow = withUnsafeMutablePointer(to: &values) { values in
        machine.pointee.collector = values
        return operand.run(frame)
      }
      machine.pointee.collector = outer
      if flow == .failed { return .undefined }
      let texts = values.isEmpty ? ["<undefined>"] : values.map(Self.text)
      let prefix = index == 0 ? "" : " "
      guard machine.pointee.chargeInstructions(lines.count &* texts.count) else { return .undefined }
      lines = lines.flatMap { line in texts.map { line + prefix + $0 } }
    }
    for line in lines { machine.pointee.session.note(line) }
    return true
  }

  private static func text(_ value: Value) -> String {
    if case .string(let text) = value { return text.string }
    return String(describing: value)
  }
}
