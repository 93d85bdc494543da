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
    let mark = machine.pointee.mark
    guard let values = machine.pointee.enter(count) else { return .undefined }
    var result = Value.undefined
    if evaluate(operands, count, into: values, frame) {
      if let overrides = machine.pointee.world.overrides, let replacement = overrides.builtins[builtin.name] {
        result = replacement.call(values, count, machine, location)
      } else {
        result = callBuiltin(builtin, values, count, machine, location)
      }
    }
    machine.pointee.leave(values, count, mark)
    return result
  }
}

@inline(__always)
private func evaluate(
  _ terms: UnsafeMutablePointer<Unmanaged<TermNode>>, _ count: Int, into values: UnsafeMutablePointer<Value>,
  _ frame: Frame
) -> Bool {
  for index in 0..<count {
    let value = terms[index]._withUnsafeGuaranteedRef { $0.value(frame) }
    if value.isUndefined { return false }
    values[index] = value
  }
  return true
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
    let mark = machine.pointee.mark
    guard let values = machine.pointee.enter(count) else { return .undefined }
    var result = Value.undefined
    if evaluate(operands, count, into: values, frame) {
      if let overrides = machine.pointee.world.overrides,
        let replacement = overrides.functions[ObjectIdentifier(document)]
      {
        result = replacement.call(values, count, machine, location)
      } else {
        result = document.call(machine, values, count)
      }
    }
    machine.pointee.leave(values, count, mark)
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
    let left = left.value(frame)
    if left.isUndefined { return .undefined }
    let right = right.value(frame)
    if right.isUndefined { return .undefined }
    switch comparison {
    case .equal: return .boolean(left == right)
    case .neq: return .boolean(left != right)
    case .lt: return .boolean(left.compare(right) < 0)
    case .lte: return .boolean(left.compare(right) <= 0)
    case .gt: return .boolean(left.compare(right) > 0)
    case .gte: return .boolean(left.compare(right) >= 0)
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
    let keyValue = key?.value(frame) ?? .null
    if keyValue.isUndefined { return .undefined }
    let value = element.value(frame)
    if value.isUndefined { return .undefined }
    let domain = domain.value(frame)
    if domain.isUndefined { return .undefined }
    if key != nil {
      let found = domain.lookUp(keyValue)
      return .boolean(!found.isUndefined && found == value)
    }
    switch domain {
    case .set(let set): return .boolean(set.contains(value))
    case .array(let array):
      guard frame.machine.pointee.chargeInstructions(array.count / 4) else { return .undefined }
      for index in 0..<array.count where array[index] == value { return true }
      return false
    case .object(let object):
      guard frame.machine.pointee.chargeInstructions(object.count / 4) else { return .undefined }
      for index in 0..<object.count where object.values[index] == value { return true }
      return false
    default: return false
    }
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
