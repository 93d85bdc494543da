import Bundles
import Foundation
import JSON
import Rego

/// Runs one case: nil when it passes, else what went wrong.
struct ConformanceRun {
  let test: ConformanceCase

  private static let zones = ZoneFiles.load()

  func failure() -> String? {
    let outcome: Result<Rows, Failure>
    do throws(Failure) {
      outcome = .success(try run())
    } catch {
      outcome = .failure(error)
    }
    let expectsError = ["want_error", "want_error_code", "error"].contains { !test.field($0).isUndefined }
    switch outcome {
    case .failure(let failure):
      guard expectsError else { return failure.text }
      if test.isExpression { return nil }
      if let code = test.text("want_error_code"), !failure.codes.contains(code) {
        return "code \(failure.codes), not \(code): \(failure.text)"
      }
      // Messages of rego-cpp are its own.
      if let message = test.text("want_error"), !message.isEmpty, test.category != "rego-cpp",
        !failure.text.contains(message)
      {
        return "message \(failure.text), not \(message)"
      }
      return nil
    case .success(let rows):
      return expectsError ? "no error but \(rows)" : compare(rows)
    }
  }

  typealias Rows = [[(String, Value)]]

  private func compare(_ rows: Rows) -> String? {
    if test.isExpression { return compareExpression(rows) }
    if test.field("want_defined") == false { return rows.isEmpty ? nil : "defined: \(rows)" }
    guard case .array(let wanted) = test.field("want_result") else {
      if test.field("want_result").isUndefined { return nil }
      return rows.isEmpty ? nil : "got \(rows), wanted nothing"
    }
    let sorts = test.flag("sort_bindings")
    let found = ValueSet(rows.map { row in object(row.map { ($0.0, Self.json($0.1, sorts: sorts)) }) })
    let expected = ValueSet(
      wanted.elements.map { row in
        guard case .object(let row) = row else { return row }
        return .object(ValueObject(zip(row.keys, row.values).map { ($0, Self.json($1, sorts: sorts)) }))
      })
    if found == expected { return nil }
    if test.category == "rego-cpp",
      found == ValueSet(expected.elements.map(Self.spelledOut).map { Self.json($0, sorts: sorts) })
    {
      return nil
    }
    // rego-cpp lists the bindings of one solution one by one.
    if test.category == "rego-cpp", rows.count == 1 {
      var merged: [(Value, Value)] = []
      for case .object(let row) in expected.elements { merged += zip(row.keys, row.values).map { ($0, $1) } }
      if found.elements == [.object(ValueObject(merged))] { return nil }
    }
    return "got \(Value.set(found)), wanted \(Value.set(expected))"
  }

  /// Pairs without a name are values of expressions. As there, a false one among several ends the solution.
  private func compareExpression(_ rows: Rows) -> String? {
    var rows = rows.map { (values: $0.filter { $0.0.isEmpty }.map(\.1), bindings: $0.filter { !$0.0.isEmpty }) }
    rows = rows.filter { $0.values.count < 2 || !$0.values.contains(false) }
    let wanted = test.field("want_result")
    if test.flag("no_result") || wanted.isUndefined {
      return rows.isEmpty ? nil : "got \(rows), wanted no result"
    }
    let values = rows.map { $0.values.last ?? .undefined }
    if case .object(let results) = wanted, case .array(let list) = results["many!"] {
      let expected = list.elements.map(Self.spelledOut)
      let all = rows.map { Value.array(ValueArray($0.values)) }
      return all == expected || values == expected ? nil : "got \(all), wanted \(list.elements)"
    }
    if values == [Self.spelledOut(wanted)] { return nil }
    if rows.map({ object($0.bindings) }) == [Self.spelledOut(wanted)] { return nil }
    return "got \(values), wanted \(wanted)"
  }

  private func object(_ members: [(String, Value)]) -> Value {
    .object(ValueObject(members.map { (.string(Text($0.0)), $0.1) }))
  }

  /// As JSON: sets are arrays, keys are strings.
  static func json(_ value: Value, sorts: Bool) -> Value {
    switch value {
    case .set(let set): return .array(ValueArray(set.elements.map { json($0, sorts: false) }))
    case .array(let array):
      let elements = array.elements.map { json($0, sorts: false) }
      return .array(ValueArray(sorts ? elements.sorted() : elements))
    case .object(let object):
      var members: [(Value, Value)] = []
      for index in 0..<object.count {
        var key = object.keys[index]
        if case .string = key {} else { key = .string(json(key, sorts: false).jsonText) }
        members.append((key, json(object.values[index], sorts: false)))
      }
      return .object(ValueObject(members))
    default: return value
    }
  }

  /// `{"set!": […]}` and `{"object!": […]}` as what they mean.
  static func spelledOut(_ value: Value) -> Value {
    switch value {
    case .array(let array): return .array(ValueArray(array.elements.map(spelledOut)))
    case .object(let object):
      if object.count == 1, case .array(let elements) = object["set!"] {
        return .set(ValueSet(elements.elements.map(spelledOut)))
      }
      if object.count == 1, case .array(let members) = object["object!"] {
        return .object(
          ValueObject(members.elements.map { (spelledOut($0.lookUp("key")), spelledOut($0.lookUp("value"))) }))
      }
      return .object(ValueObject(zip(object.keys, object.values).map { ($0, spelledOut($1)) }))
    default: return value
    }
  }

  struct Failure: Error {
    var codes: [String]
    var text: String
  }

  private func run() throws(Failure) -> Rows {
    do {
      let (compiler, resolved) = try compile()
      var data = test.field("data")
      if data.isUndefined || data == .null { data = .object(.empty) }
      if test.isExpression { data = Self.spelledOut(data) }
      let policy = try Policy(resolved, data: data)
      let settings = EvaluationSettings(
        stackBytesMax: 192 << 10, nowNanoseconds: Int64(Date().timeIntervalSince1970 * 1e9),
        strictBuiltinErrors: test.flag("strict_error") || (test.isExpression && !test.field("error").isUndefined),
        zones: Self.zones)
      var inputs: [PolicyInput] = []
      if let term = test.text("input_term") {
        inputs = [.value(try Self.value(term, compiler, settings))]
      } else if case .array(let many) = test.field("input").lookUp("many!") {
        inputs = many.elements.map { .value(Self.spelledOut($0)) }
      } else if test.field("input").isUndefined {
        inputs = [.none]
      } else {
        inputs = [.value(test.isExpression ? Self.spelledOut(test.field("input")) : test.field("input"))]
      }
      let query = test.text("query") ?? "true"
      var parsed = try RegoParser.parseQuery(Source(name: "query", text: query))
      if test.isExpression { parsed = ExpressionCapture.rewrite(parsed) }
      let prepared = try policy.prepare(try compiler.compileQuery(parsed, in: resolved))
      var rows: Rows = []
      for input in inputs {
        for row in try prepared.evaluate(input: input, settings: settings) {
          let bindings = zip(row.names, row.values).filter { !ExpressionCapture.isCapture($0.0) }.map { ($0, $1) }
          guard test.isExpression else {
            rows.append(bindings)
            continue
          }
          rows.append(ExpressionCapture.values(row, expressionCount: parsed.count).map { ("", $0) } + bindings)
        }
      }
      return rows
    } catch let errors as RegoErrors {
      throw Failure(
        codes: errors.errors.map(\.code.rawValue),
        text: errors.errors.map { "\($0.code.rawValue): \($0.message)" }.joined(separator: "; "))
    } catch let error as EvaluationError {
      let file = error.location.file < 0 ? "" : "test-\(error.location.file).rego:\(error.location.row): "
      throw Failure(codes: [error.code.rawValue], text: "\(file)\(error.code.rawValue): \(error.message)")
    } catch {
      throw Failure(codes: [], text: String(describing: error))
    }
  }

  /// Modules of other engines are of mixed age, and Regorus has no type checker: some of its cases expect undefined
  /// where OPA refuses the module.
  private func compile() throws -> (RegoCompiler, ResolvedPolicy) {
    var failure: (any Error)?
    let isRegorus = test.category == "regorus" && test.field("error").isUndefined
    for checksTypes in isRegorus ? [true, false] : [true] {
      let compiler = RegoCompiler(options: CompilerOptions(checksTypes: checksTypes))
      for version in test.versions {
        do {
          var sources: [Source] = []
          var modules: [Module] = []
          for (index, text) in test.modules.enumerated() {
            let source = Source(name: "test-\(index).rego", text: text)
            modules.append(try parse(source, Int32(index), version))
            sources.append(source)
          }
          return (compiler, try compiler.compile(modules, sources: sources))
        } catch {
          failure = failure ?? error
        }
      }
    }
    throw failure ?? CocoaError(.coderInvalidValue)
  }

  private func parse(_ source: Source, _ file: Int32, _ first: Module.Version) throws -> Module {
    var failure: (any Error)?
    for version in [first] + test.versions.filter({ $0 != first }) {
      do {
        return try RegoParser.parseModule(source, file: file, version: version)
      } catch {
        failure = failure ?? error
      }
    }
    throw failure ?? CocoaError(.coderInvalidValue)
  }

  private static func value(
    _ term: String, _ compiler: RegoCompiler, _ settings: EvaluationSettings
  ) throws -> Value {
    let query = try RegoParser.parseQuery(Source(name: "term", text: "x = \(term)"))
    let resolved = try compiler.compile([], sources: [])
    let prepared = try Policy(resolved).prepare(try compiler.compileQuery(query, in: resolved))
    return try prepared.evaluate(input: .none, settings: settings).first?["x"] ?? .undefined
  }
}
