import Rego
import Testing

/// What the compiler refuses, in OPA's words.
@Suite struct CompilerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var modules: [String]
    var errors: [String]
    var testDescription: String { name }
  }

  static let cases: [Case] = {
    var cases: [Case] = []
    var lines = CompilerCases.text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while let line = lines.popFirst() {
      if line.hasPrefix("=== ") {
        cases.append(Case(name: String(line.dropFirst(4)), modules: [""], errors: []))
      } else if let last = cases.indices.last {
        if line.hasPrefix(">>> ") {
          cases[last].errors.append(String(line.dropFirst(4)))
        } else if let error = cases[last].errors.indices.last {
          cases[last].errors[error] += "\n" + line
        } else if line == "---" {
          cases[last].modules.append("")
        } else {
          cases[last].modules[cases[last].modules.count - 1] += line + "\n"
        }
      }
    }
    return cases
  }()

  @Test func tableIsRead() {
    #expect(Self.cases.count > 150)
    #expect(Self.cases.contains { $0.errors.isEmpty })
    #expect(Self.cases.contains { $0.modules.count == 3 } || Self.cases.contains { $0.modules.count == 2 })
  }

  @Test(arguments: cases)
  func refusesWhatOPARefuses(test: Case) {
    #expect(Self.compile(test.modules).sorted() == test.errors.sorted())
  }

  private static func compile(_ texts: [String], options: CompilerOptions = CompilerOptions()) -> [String] {
    let sources = texts.enumerated().map { Source(name: "m\($0.offset).rego", text: $0.element) }
    do throws(RegoErrors) {
      var modules: [Module] = []
      for (index, source) in sources.enumerated() {
        modules.append(try RegoParser.parseModule(source, file: Int32(index)))
      }
      _ = try RegoCompiler(options: options).compile(modules, sources: sources)
      return []
    } catch {
      return error.errors.map { error in
        let place = "\(sources[Int(error.location.file)].name):\(error.location.row)"
        let details = error.details.filter { !$0.hasPrefix("want: (") }
        return "\(place): \(error.code.rawValue): \(error.message)" + details.map { "\n\t" + $0 }.joined()
      }
    }
  }

  // MARK: Strict mode

  @Test(
    arguments: [
      ("p if { x := 1 }", "assigned var x unused"),
      ("p := [1 | x := 2]", "assigned var x unused"),
      ("f(x) := 1", "unused argument x. (hint: use _ (wildcard variable) instead)"),
      ("import data.foo\np := 1", "import data.foo unused"),
      ("p if { x := 1; x > 0 }", nil),
      ("f(x) := x", nil),
      ("f(_) := 1", nil),
      ("f(x) := 1 if { x } else := 2", nil),
      ("import data.foo\np := foo", nil),
    ] as [(String, String?)])
  func strictModeRefusesWhatIsUnused(text: String, expected: String?) {
    let module = "package t\n" + text
    #expect(Self.compile([module]).isEmpty)
    let errors = Self.compile([module], options: CompilerOptions(strict: true))
    #expect(errors.count == (expected == nil ? 0 : 1))
    if let expected { #expect(errors.first?.hasSuffix(": rego_compile_error: " + expected) == true) }
  }

  // MARK: Base documents

  @Test func refusesRulesWhereDataIs() throws {
    let source = Source(name: "m.rego", text: "package a.b\nc := 1\n")
    let module = try RegoParser.parseModule(source)
    let compiler = RegoCompiler()
    let clash: Value = .object(ValueObject([("a", .object(ValueObject([("b", .object(ValueObject([("c", 1)])))])))]))
    #expect(throws: RegoErrors.self) { try compiler.compile([module], sources: [source], data: clash) }
    let beside: Value = .object(ValueObject([("a", .object(ValueObject([("b", .object(ValueObject([("d", 1)])))])))]))
    _ = try compiler.compile([module], sources: [source], data: beside)
  }

  // MARK: Capabilities

  @Test(arguments: [
    ("p := http.send({})", ["http.send"]),
    ("p := 1", []),
    ("q := http.send({})\np if { q with http.send as 1 }", ["http.send"]),
    ("p if { http.send({}) == {} with http.send as 1 }", []),
    ("p := [x | x := net.lookup_ip_addr(\"a\")]", ["net.lookup_ip_addr"]),
  ])
  func listsBuiltinsThatNeverRun(text: String, expected: [String]) throws {
    let source = Source(name: "m.rego", text: "package t\n" + text)
    let module = try RegoParser.parseModule(source)
    let policy = try RegoCompiler().compile([module], sources: [source])
    #expect(policy.unsupportedBuiltins.map(\.name) == expected)
  }

  @Test func knowsOnlyAllowedBuiltins() throws {
    let source = Source(name: "m.rego", text: "package t\np := count([1])\n")
    let module = try RegoParser.parseModule(source)
    _ = try RegoCompiler(options: CompilerOptions(allowedBuiltins: ["count"])).compile([module], sources: [source])
    #expect(throws: RegoErrors.self) {
      try RegoCompiler(options: CompilerOptions(allowedBuiltins: ["sum"])).compile([module], sources: [source])
    }
  }
}

/// Whatever the parser lets through, the compiler takes without exhausting the stack of a small thread.
@Suite struct CompilerDepthTests {
  @Test(arguments: [
    ("p := ", "[input.x, ", "1", "]"), ("p := ", "abs(", "input.x", ")"), ("p := ", "[x | x := ", "1", "]"),
    ("p := ", "{x | some x in ", "[1]", "}"), ("p := ", "input.a[", "1", "]"),
    ("p := 1", " + input.x", "", ""),
  ])
  func takesNestedTerms(start: String, open: String, middle: String, close: String) throws {
    let nested = String(repeating: open, count: 50) + middle + String(repeating: close, count: 50)
    let source = Source(name: "m.rego", text: "package t\n" + start + nested + "\n")
    let module = try RegoParser.parseModule(source)
    let policy = try RegoCompiler().compile([module], sources: [source])
    #expect(policy.rules.count == 1)
  }
}
