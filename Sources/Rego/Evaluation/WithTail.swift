import JSON

/// Runs an expression in a world with replacements, and what follows it in the world outside.
final class WithTail: Tail, @unchecked Sendable {
  enum Target {
    case input([Value])
    case data([Value])
    case builtin(String)
    case function(Document)
  }

  enum Replacement {
    case term(TermNode)
    case callee(CalleePlan)
  }

  let replacements: [(target: Target, replacement: Replacement)]
  /// Ends in a `LeaveWithTail`.
  let inner: Block

  init(_ replacements: [(target: Target, replacement: Replacement)], inner: Block) {
    self.replacements = replacements
    self.inner = inner
  }

  override func run(_ frame: Frame) -> Flow {
    let machine = frame.machine
    if stackAddress() < machine.pointee.stackLimit {
      machine.pointee.fail(EvaluationError(.cancelled, "stack budget exceeded"))
      return .failed
    }
    // All of them are evaluated outside.
    var values: [Value] = []
    for (_, replacement) in replacements {
      guard case .term(let term) = replacement else {
        values.append(.undefined)
        continue
      }
      let value = term.value(frame)
      if value.isUndefined { return machine.pointee.undefinedFlow }
      values.append(value)
    }
    let memory = machine.pointee.worldPool.popLast() ?? WorldMemory(machine.pointee.layout)
    let outer = machine.pointee.world
    var world = World(outer, memory: memory)
    for (index, (target, replacement)) in replacements.enumerated() {
      switch target {
      case .input(let path):
        var whole = Value.undefined
        if !path.isEmpty {
          do throws(JSONError) {
            whole = try world.input.document()
          } catch {
            machine.pointee.fail(EvaluationError(.internal, "input holds a number that is too big"))
            return .failed
          }
        }
        world.input = .value(Self.patched(whole, path[...], values[index]))
        world.fields = nil
      case .data(let path):
        world.base = Self.patched(world.base, path[...], values[index])
        world.replaced = .adding(path[...], to: world.replaced)
      case .builtin(let name):
        let overrides = FunctionOverrides(copying: world.overrides)
        overrides.builtins[name] = self.replacement(replacement, values[index])
        world.overrides = overrides
      case .function(let document):
        let overrides = FunctionOverrides(copying: world.overrides)
        overrides.functions[ObjectIdentifier(document)] = self.replacement(replacement, values[index])
        world.overrides = overrides
      }
    }
    machine.pointee.outerWorlds.append(outer)
    machine.pointee.world = world
    let flow = inner.run(frame)
    machine.pointee.world = outer
    machine.pointee.outerWorlds.removeLast()
    memory.forget()
    machine.pointee.worldPool.append(memory)
    return flow
  }

  private func replacement(_ replacement: Replacement, _ value: Value) -> FunctionOverrides.Replacement {
    switch replacement {
    case .term: .value(value)
    case .callee(let callee): .callee(callee)
    }
  }

  /// The document with the value at the path; what stands in the way is replaced by an object.
  private static func patched(_ document: Value, _ path: ArraySlice<Value>, _ value: Value) -> Value {
    guard let key = path.first else { return value }
    var builder = ValueObjectBuilder()
    if case .object(let object) = document {
      for index in 0..<object.count { builder[object.keys[index]] = object.values[index] }
    }
    builder[key] = patched(document.lookUp(key), path.dropFirst(), value)
    return .object(ValueObject(builder))
  }
}

/// Where an expression with `with` ends.
final class LeaveWithTail: Tail, @unchecked Sendable {
  let next: Block
  init(_ next: Block) { self.next = next }

  override func run(_ frame: Frame) -> Flow {
    let machine = frame.machine
    let inner = machine.pointee.world
    let outer = machine.pointee.outerWorlds.removeLast()
    machine.pointee.world = outer
    let flow = next.run(frame)
    machine.pointee.outerWorlds.append(outer)
    machine.pointee.world = inner
    return flow
  }
}
