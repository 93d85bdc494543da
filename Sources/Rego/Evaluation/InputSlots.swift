import JSON

/// What is known about a slot of the input.
enum InputState {
  static let hasValue: UInt8 = 1
  /// Its place on the tape is known.
  static let hasNode: UInt8 = 2
}

/// The value of an input slot, remembered.
func inputValue(_ slot: Int, _ machine: UnsafeMutablePointer<Machine>) -> Value {
  if machine.pointee.world.inputStates[slot] & InputState.hasValue != 0 { return machine.pointee.world.inputs[slot] }
  let value: Value
  switch machine.pointee.world.input {
  case .none: value = .undefined
  case .value(let document):
    value = slot == 0 ? document : inputMember(slot, machine)
  case .lazy(let input):
    if slot == 0 {
      value = input.document()
    } else if let fields = machine.pointee.world.fields, fields[slot] >= 0 {
      value = input.value(field: Int(fields[slot]))
    } else {
      value = inputMember(slot, machine)
    }
  case .json(let tape, let bytes):
    let node = inputNode(slot, tape, bytes, machine)
    if node < 0 {
      value = .undefined
    } else {
      do throws(JSONError) {
        value = try Value(tape, node, in: bytes)
      } catch {
        machine.pointee.fail(EvaluationError(.internal, "input holds a number that is too big"))
        return .undefined
      }
    }
  }
  if machine.pointee.world.inputStates[slot] == 0 { machine.pointee.world.memory.touchInput(slot) }
  machine.pointee.world.inputs[slot] = value
  machine.pointee.world.inputStates[slot] |= InputState.hasValue
  return value
}

private func inputMember(_ slot: Int, _ machine: UnsafeMutablePointer<Machine>) -> Value {
  let parent = inputValue(machine.pointee.inputParents[slot], machine)
  return parent.isUndefined ? .undefined : parent.lookUp(machine.pointee.inputKeys[slot])
}

/// Where a slot's value stands on the tape, -1 when it is absent.
private func inputNode(
  _ slot: Int, _ tape: borrowing JSONTape, _ bytes: UnsafeRawBufferPointer, _ machine: UnsafeMutablePointer<Machine>
) -> Int {
  if slot == 0 { return 0 }
  if machine.pointee.world.inputStates[slot] & InputState.hasNode != 0 {
    return Int(machine.pointee.world.inputNodes[slot])
  }
  let parent = inputNode(machine.pointee.inputParents[slot], tape, bytes, machine)
  var node = -1
  if parent >= 0 {
    switch (tape.nodes[parent].kind, machine.pointee.inputKeys[slot]) {
    case (.object, .string(let key)):
      node = key.withBytes { tape.member($0, of: parent, in: bytes) } ?? -1
    case (.array, .integer(let index)) where index >= 0:
      node = tape.element(Int(index), of: parent) ?? -1
    default: break
    }
  }
  if machine.pointee.world.inputStates[slot] == 0 { machine.pointee.world.memory.touchInput(slot) }
  machine.pointee.world.inputNodes[slot] = Int32(truncatingIfNeeded: node)
  machine.pointee.world.inputStates[slot] |= InputState.hasNode
  return node
}
