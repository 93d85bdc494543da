/// How a body ended: all solutions seen, enough seen, or an error.
enum Flow: UInt8 {
  case exhausted, enough, failed
}

/// Where code of a plan runs: the machine and the slots of one rule, function or query.
struct Frame {
  let machine: UnsafeMutablePointer<Machine>
  let locals: UnsafeMutablePointer<Value>
}

/// The state of one evaluation, reused for the next.
///
/// Slots of the arena at and above `top` always hold `.undefined`.
struct Machine {
  /// `.failed` once there is a failure: what a step that found nothing answers.
  var undefinedFlow: Flow = .exhausted
  var instructionsLeft: Int = 0
  var bytesLeft: Int = 0
  var top: UnsafeMutablePointer<Value>
  var end: UnsafeMutablePointer<Value>
  /// Lowest address of the native stack that code may reach.
  var stackLimit: UInt = 0
  var world: World
  /// Where the innermost comprehension or set collects.
  var collector: UnsafeMutablePointer<[Value]>?
  var members: UnsafeMutablePointer<PartialObject>?
  /// Counters by expression, for plans that count.
  var hits: UnsafeMutablePointer<UInt64>?
  /// The outer worlds, innermost last.
  var outerWorlds: [World] = []
  var failure: EvaluationError?
  /// The first error of a builtin.
  var builtinFailure: EvaluationError?
  let session: BuiltinSession
  var chunks: [UnsafeMutableBufferPointer<Value>]
  var chunkIndex = 0
  var worldPool: [WorldMemory] = []
  let layout: MemoryLayoutOfPlan
  let inputParents: UnsafeMutablePointer<Int>
  let inputKeys: UnsafeMutablePointer<Value>
  private let rootMemory: WorldMemory

  static let chunkSlots = 2048

  init(layout: MemoryLayoutOfPlan, session: BuiltinSession, memory: WorldMemory) {
    let chunk = UnsafeMutableBufferPointer<Value>.allocate(capacity: Self.chunkSlots)
    chunk.initialize(repeating: .undefined)
    chunks = [chunk]
    top = chunk.baseAddress!
    end = top + Self.chunkSlots
    self.layout = layout
    inputParents = .allocate(capacity: layout.inputs.count)
    inputParents.initialize(from: layout.inputs.parents, count: layout.inputs.count)
    inputKeys = .allocate(capacity: layout.inputs.count)
    inputKeys.initialize(from: layout.inputs.keys, count: layout.inputs.count)
    rootMemory = memory
    self.session = session
    world = World(memory: memory)
  }

  func deallocate() {
    inputParents.deallocate()
    inputKeys.deinitialize(count: layout.inputs.count)
    inputKeys.deallocate()
    for chunk in chunks {
      chunk.deinitialize()
      chunk.deallocate()
    }
  }

  /// Slots for a frame, all `.undefined`; nil, and a failure, when the native stack is used up.
  @inline(__always)
  mutating func enter(_ count: Int) -> UnsafeMutablePointer<Value>? {
    if stackAddress() < stackLimit {
      fail(EvaluationError(.cancelled, "stack budget exceeded"))
      return nil
    }
    if end - top < count { grow(count) }
    let locals = top
    top += count
    return locals
  }

  /// Frees what `enter` gave; `mark` is the top and the end before.
  @inline(__always)
  mutating func leave(_ locals: UnsafeMutablePointer<Value>, _ count: Int, _ mark: ArenaMark) {
    for slot in 0..<count where !locals[slot].isUndefined { locals[slot] = .undefined }
    top = mark.top
    if mark.end != end {
      end = mark.end
      chunkIndex -= 1
    }
  }

  @inline(__always)
  var mark: ArenaMark { ArenaMark(top: top, end: end) }

  @inline(never)
  private mutating func grow(_ count: Int) {
    chunkIndex += 1
    if chunkIndex == chunks.count || chunks[chunkIndex].count < count {
      let chunk = UnsafeMutableBufferPointer<Value>.allocate(capacity: max(count, Self.chunkSlots * 4))
      chunk.initialize(repeating: .undefined)
      chunks.insert(chunk, at: chunkIndex)
    }
    top = chunks[chunkIndex].baseAddress!
    end = top + chunks[chunkIndex].count
  }

  /// Keeps the first error; everything that runs ends.
  @inline(never)
  mutating func fail(_ error: EvaluationError) {
    if failure == nil { failure = error }
    undefinedFlow = .failed
  }

  @inline(__always)
  mutating func chargeInstructions(_ count: Int) -> Bool {
    instructionsLeft &-= count
    if instructionsLeft >= 0 { return true }
    fail(EvaluationError(.cancelled, "instruction budget exceeded"))
    return false
  }

  @inline(__always)
  mutating func chargeBytes(_ count: Int) -> Bool {
    bytesLeft &-= count
    if bytesLeft >= 0 { return true }
    fail(EvaluationError(.cancelled, "memory budget exceeded"))
    return false
  }
}

struct ArenaMark {
  let top: UnsafeMutablePointer<Value>
  let end: UnsafeMutablePointer<Value>
}

/// About where the native stack stands.
@inline(__always)
func stackAddress() -> UInt {
  var here: UInt8 = 0
  return withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
}

/// How many slots a plan needs in the memory of a world.
struct MemoryLayoutOfPlan: Sendable {
  var documents: Int
  var inputs: InputPaths
}
