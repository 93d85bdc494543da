import Bundles
public import Rego

extension EvaluationSettings {
  /// For a person who waits: now, the system's zones where a policy may want them, and more room than a request gets.
  public static func interactive(sources: [Source], strictBuiltinErrors: Bool = false) -> EvaluationSettings {
    // Reading hundreds of files of zones takes longer than most evaluations.
    let usesTime = sources.contains { source in
      let needle = Array("time.".utf8)
      return source.text.indices.contains { source.text[$0...].starts(with: needle) }
    }
    return EvaluationSettings(
      instructionsMax: 20_000_000_000, memoryBytesMax: 4 << 30, nowNanoseconds: Clock.nowNanoseconds,
      strictBuiltinErrors: strictBuiltinErrors, zones: usesTime ? ZoneFiles.load() : .utcOnly)
  }
}
