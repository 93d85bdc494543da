/// The steps of a compilation in OPA's order. OPA stops after the first step that found mistakes, so only the mistakes
/// of one step are reported together. Source: OPA v1/ast/compile.go, `NewCompiler`.
enum CompilationStage: Int, Comparable {
  case references, keywords, imports, locals, templates, voidCalls, print, metadata, replacements, conflicts
  case undefinedFunctions, headSafety, bodySafety, recursion, types, deprecated

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Mistakes with the step that finds them.
struct StagedErrors {
  private(set) var entries: [(stage: CompilationStage, error: RegoError)] = []

  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ stage: CompilationStage, _ error: RegoError) { entries.append((stage, error)) }

  mutating func add(_ stage: CompilationStage, _ errors: [RegoError]) { for error in errors { add(stage, error) } }

  mutating func add(_ other: StagedErrors) { entries.append(contentsOf: other.entries) }

  func contains(atOrBefore stage: CompilationStage) -> Bool { entries.contains { $0.stage <= stage } }

  func contains(before stage: CompilationStage) -> Bool { entries.contains { $0.stage < stage } }

  /// Those of the first step that found any, by place.
  var reported: [RegoError] {
    guard let first = entries.map(\.stage).min() else { return [] }
    var errors = entries.filter { $0.stage == first }.map(\.error)
    errors.sort {
      ($0.location.file, $0.location.offset, $0.message) < ($1.location.file, $1.location.offset, $1.message)
    }
    return errors
  }
}
