import Glibc
import Rego

// Answers one case a line: {"modules": [text], "data": {}, "input"?: any, "queries": [text], "lenient"?, "indexed"?} on
// standard input, a list of {"rows": [{name: value}]} or {"error": [code], "message": text} on standard output. Builtins
// are strict unless "lenient" is there; with "indexed" every rule asks for its references first.

func answers(_ test: Value) throws -> [Value] {
  var sources: [Source] = []
  var modules: [Module] = []
  guard case .array(let texts) = test.lookUp("modules"), case .array(let queries) = test.lookUp("queries") else {
    throw RegoErrors([])
  }
  for (index, text) in texts.elements.enumerated() {
    guard case .string(let text) = text else { continue }
    let source = Source(name: "m\(index).rego", text: text.string)
    var module = try RegoParser.parseModule(source, file: Int32(index))
    if !test.lookUp("indexed").isUndefined { module.rules = module.rules.map(IndexedRules.indexed) }
    modules.append(module)
    sources.append(source)
  }
  let compiler = RegoCompiler()
  let resolved = try compiler.compile(modules, sources: sources)
  let policy = try Policy(resolved, data: test.lookUp("data"))
  let input = test.lookUp("input")
  let settings = EvaluationSettings(strictBuiltinErrors: test.lookUp("lenient").isUndefined)
  return queries.elements.map { query in
    guard case .string(let query) = query else { return failure(["case"], ["no text"]) }
    return caught {
      let parsed = try RegoParser.parseQuery(Source(name: "query", text: query.string))
      let rows = try policy.prepare(try compiler.compileQuery(parsed, in: resolved)).evaluate(
        input: input.isUndefined ? .none : .value(input), settings: settings)
      let values = rows.map { row in
        Value.object(ValueObject(zip(row.names, row.values).map { (.string(Text($0)), $1) }))
      }
      return .object(ValueObject([("rows", .array(ValueArray(values)))]))
    }
  }
}

func caught(_ body: () throws -> Value) -> Value {
  do {
    return try body()
  } catch let errors as RegoErrors {
    return failure(
      errors.errors.map(\.code.rawValue),
      errors.errors.map { "\($0.location.row): \(([$0.message] + $0.details).joined(separator: " | "))" })
  } catch let error as EvaluationError {
    return failure([error.code.rawValue], ["\(error.location.row): \(error.message)"])
  } catch {
    return failure(["case"], ["\(error)"])
  }
}

func failure(_ codes: [String], _ messages: [String]) -> Value {
  .object(
    ValueObject([
      ("error", .array(ValueArray(codes.map { .string(Text($0)) }))),
      ("message", .string(Text(messages.joined(separator: "; ")))),
    ]))
}

while let line = readLine() {
  print(caught { .array(ValueArray(try answers(try Value(json: Array(line.utf8))))) }.jsonText.string)
  // Each answer is read before the next case is written.
  fflush(nil)
}
