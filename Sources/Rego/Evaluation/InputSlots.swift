import JSON

/// What is known about a slot of the input.
enum InputState {
  static let hasValue: UInt8 = 1
  /// Its place on the tape is known.
  static let hasNode: UInt8 = 2
}

/// The value of an input slot, remembered.
func inputValue(_ slot: Int, _ machine: UnsafeMutablePointer<Machine>) -> Value {
  if machine.pointee.world.inputStates[slot] & InputState.hasValue == 0 { makeInput(slot, machine) }
  return machine.pointee.world.inputs[slot]
}

/// Fills an input slot.
func makeInput(_ slot: Int, _ machine: UnsafeMutablePointer<Machine>) {
  if machine.pointee.world.isInputValue, slot > 0 {
    let parent = machine.pointee.inputParents[slot]
    if machine.pointee.world.inputStates[parent] & InputState.hasValue == 0 { makeInput(parent, machine) }
    let value = withScratch { scratch in
      member(
        UnsafePointer(machine.pointee.world.inputs + parent), UnsafePointer(machine.pointee.inputKeys + slot), scratch
      ).pointee
    }
    keepInput(slot, value, machine)
    return
  }
  keepInput(slot, madeInput(slot, machine), machine)
}

@inline(__always)
private func keepInput(_ slot: Int, _ value: consuming Value, _ machine: UnsafeMutablePointer<Machine>) {
  if machine.pointee.world.inputStates[slot] == 0 { machine.pointee.world.memory.touchInput(slot) }
  machine.pointee.world.inputs[slot] = value
  machine.pointee.world.inputStates[slot] |= InputState.hasValue
}

@inline(never)
private func madeInput(_ slot: Int, _ machine: UnsafeMutablePointer<Machine>) -> Value {
  switch machine.pointee.world.input {
  case .none: return .undefined
  case .value(let document): return slot == 0 ? document : inputMember(slot, machine)
  case .lazy(let input):
    if slot == 0 { return input.document() }
    if let fields = machine.pointee.world.fields, fields[slot] >= 0 { return input.value(field: Int(fields[slot])) }
    return inputMember(slot, machine)
  case .json(let tape, let bytes):
    let node = inputNode(slot, tape, bytes, machine)
    if node < 0 { return .undefined }
    do throws(JSONError) {
      return try Value(tape, node, in: bytes)
    } catch {
      machine.pointee.fail(EvaluationError(.internal, "input holds a number that is too big"))
      return .undefined
    }
  }
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
