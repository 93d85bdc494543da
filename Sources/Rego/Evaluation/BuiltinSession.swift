/// What builtins see of the evaluation.
final class BuiltinSession: BuiltinContext {
  var nowNanoseconds: Int64 = 0
  var random: @Sendable (Int) -> [UInt8] = EvaluationSettings.systemRandom
  let cache = BuiltinCache()
  var zones = ZoneDatabase.utcOnly
  /// Lines of `print` and `trace`, nil where nobody listens.
  var onNote: ((String) -> Void)?
  private var memory: [MemoryKey: Value] = [:]
  var machine: UnsafeMutablePointer<Machine>?

  struct MemoryKey: Hashable {
    var builtin: String
    var key: Value
  }

  func begin(_ settings: EvaluationSettings) {
    nowNanoseconds = settings.nowNanoseconds
    random = settings.random
    zones = settings.zones
    if !memory.isEmpty { memory.removeAll() }
  }

  func randomBytes(_ count: Int) -> [UInt8] { random(count) }

  func memoized(_ builtin: StaticString, _ key: Value) -> Value? {
    memory[MemoryKey(builtin: builtin.description, key: key)]
  }

  func memoize(_ builtin: StaticString, _ key: Value, _ value: Value) {
    memory[MemoryKey(builtin: builtin.description, key: key)] = value
  }

  func charge(instructions: Int, bytes: Int) throws(BuiltinError) {
    guard let machine else { return }
    if !machine.pointee.chargeInstructions(max(0, instructions)) { throw .halt(.instructionBudget) }
    if !machine.pointee.chargeBytes(max(0, bytes)) { throw .halt(.memoryBudget) }
  }

  func note(_ line: String) { onNote?(line) }

  var input: Value {
    get throws(BuiltinError) {
      guard let machine else { return .undefined }
      return inputValue(0, machine)
    }
  }
}
