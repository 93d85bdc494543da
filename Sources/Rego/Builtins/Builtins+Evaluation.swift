/// What the evaluator does itself: its nodes stand for these calls, and the functions here are for what reaches them in
/// another way. `walk` yields many values and `print` must not stop at an undefined operand.
enum EvaluationBuiltins {
  static let all: [Builtin] = [
    Builtin(
      "walk", [.any], .array(fixed: [.array(of: .any), .any], rest: nil)
    ) { _, _ throws(BuiltinError) in throw .failed("a relation has no single value") },
    Builtin("internal.print", [.array(of: .set(of: .any))], .boolean, nondeterministic: true) { _, _ in true },
    Builtin("trace", [.string], .boolean, nondeterministic: true) { operands, context throws(BuiltinError) in
      context.note(try operands.text(0).string)
      return true
    },
  ]
}
