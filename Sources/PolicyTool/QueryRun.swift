public import Bundles
public import Rego

/// One query against a policy, with the value of each of its expressions, as `opa eval` answers.
public struct QueryRun: Sendable {
  public struct Answer: Sendable {
    public struct Expression: Sendable {
      public var value: Value
      public var text: String
      public var location: SourceLocation
    }

    public var expressions: [Expression]
    /// In order of the names.
    public var bindings: [(name: String, value: Value)]
  }

  public let query: PreparedQuery
  /// The modules, then the query.
  public let sources: [Source]
  private let expressions: [Expression]
  private let source: Source
  private let shown: [Int]

  /// - Parameters:
  ///   - package: path whose rules may be named without it, such as `data.authz` or `authz`.
  ///   - imports: what would follow `import`.
  public init(
    _ text: String, against bundle: CompiledBundle, package: String? = nil, imports: [String] = [],
    compiler: CompilerOptions = CompilerOptions()
  ) throws(ToolError) {
    source = Source(name: "", text: text)
    let known = bundle.resolved.sources
    sources = known + [source]
    let parsed: [Expression]
    do throws(RegoErrors) {
      let header = try Self.header(package, imports)
      parsed = try RegoParser.parseQuery(source, file: Int32(known.count))
      expressions = parsed
      let resolved = try RegoCompiler(options: compiler).compileQuery(
        ExpressionCapture.rewrite(parsed), in: bundle.resolved, package: header?.package ?? [],
        imports: header?.imports ?? [])
      query = try bundle.policy.prepare(resolved)
    } catch {
      throw .rego(Self.withoutCaptures(error), sources: sources)
    }
    if parsed.isEmpty { throw .usage("the query is empty") }
    // A declaration has no value.
    shown = parsed.indices.filter {
      if case .someDeclaration = parsed[$0].node { false } else { true }
    }
  }

  /// A variable for the value of an expression is unsafe where that expression's own are, which are named too.
  private static func withoutCaptures(_ errors: RegoErrors) -> RegoErrors {
    let own = errors.errors.filter { error in
      guard error.code == .unsafeVariable else { return true }
      return !error.message.split(separator: " ").contains { ExpressionCapture.isCapture(String($0)) }
    }
    return own.isEmpty ? errors : RegoErrors(own)
  }

  /// A module that says what the query may leave out, nil where nothing is said.
  private static func header(_ package: String?, _ imports: [String]) throws(RegoErrors) -> Module? {
    if package == nil && imports.isEmpty { return nil }
    var name = package ?? "query"
    if name.hasPrefix("data.") { name.removeFirst(5) }
    let text = "package \(name)\n" + imports.map { "import \($0)\n" }.joined()
    var module = try RegoParser.parseModule(Source(name: "", text: text), file: -1)
    if package == nil { module.package = [] }
    return module
  }

  public func answers(
    input: PolicyInput, settings: EvaluationSettings, onNote: ((String) -> Void)? = nil
  ) throws(ToolError) -> [Answer] {
    let context = query.makeContext()
    context.onNote = onNote
    do throws(EvaluationError) {
      return try query.evaluate(input: input, settings: settings, in: context).map(answer)
    } catch {
      throw .evaluation(error, sources: sources)
    }
  }

  private func answer(_ row: Bindings) -> Answer {
    let values = ExpressionCapture.values(row, expressionCount: expressions.count)
    let bindings = zip(row.names, row.values)
      .filter { !ExpressionCapture.isCapture($0.0) }
      .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    return Answer(
      expressions: shown.map { .init(value: values[$0], text: text($0), location: expressions[$0].location) },
      bindings: bindings.map { (name: $0.0, value: $0.1) })
  }

  private func text(_ index: Int) -> String {
    let location = expressions[index].location
    let range = Int(location.offset)..<Int(location.end)
    guard range.lowerBound >= 0, range.upperBound <= source.text.count else { return "" }
    return String(decoding: source.text[range], as: UTF8.self)
  }
}

extension QueryRun {
  /// Answers the query again and again.
  public func measure(
    input: PolicyInput, settings: EvaluationSettings, count: Int?
  ) throws(ToolError) -> Measurement {
    let context = query.makeContext()
    do throws(EvaluationError) {
      return try Measurement.take(count: count) { () throws(EvaluationError) in
        _ = try query.evaluate(input: input, settings: settings, in: context)
      }
    } catch {
      throw .evaluation(error, sources: sources)
    }
  }
}
