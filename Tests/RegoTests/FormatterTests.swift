import Testing

@testable import Rego

@Suite struct FormatterTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var source: String
    var expected: String
    var version = Module.Version.v1
    var testDescription: String { source }
  }

  static let examples = [
    Example(source: "package a.b\nimport   data.x\np:=1", expected: "package a.b\n\nimport data.x\n\np := 1\n"),
    Example(source: "package a\np = 1", expected: "package a\n\np := 1\n"),
    Example(source: "package a\np = 1", expected: "package a\n\np = 1\n", version: .v0),
    Example(
      source: "package a\nallow if {input.x==1;input.y}",
      expected: "package a\n\nallow if {\n\tinput.x == 1\n\tinput.y\n}\n"),
    Example(source: "package a\nallow if input.x", expected: "package a\n\nallow if input.x\n"),
    Example(source: "package a\nallow if { input.x }", expected: "package a\n\nallow if input.x\n"),
    Example(source: "package a\nallow if {\n{input.x}}", expected: "package a\n\nallow if {\n\t{input.x}\n}\n"),
    Example(source: "package a\np if { true }", expected: "package a\n\np := true\n"),
    Example(source: "package a\np contains 1", expected: "package a\n\np contains 1\n"),
    Example(
      source: "package a\np := [1,\n2,3]",
      expected: "package a\n\np := [\n\t1,\n\t2, 3,\n]\n"),
    Example(source: "package a\np := {\"a\":1,\"b\":[1,2]}", expected: "package a\n\np := {\"a\": 1, \"b\": [1, 2]}\n"),
    Example(source: "package a\np := 1+2*3", expected: "package a\n\np := 1 + (2 * 3)\n"),
    Example(source: "package a\np := -x", expected: "package a\n\np := -x\n"),
    Example(source: "package a\np := (a|b)&c", expected: "package a\n\np := (a | b) & c\n"),
    Example(source: "package a\np := {x|some x in y}", expected: "package a\n\np := {x | some x in y}\n"),
    Example(source: "package a\np := [(a|b)]", expected: "package a\n\np := [(a | b)]\n"),
    Example(source: "package a\np[\"x y\"].z := 1", expected: "package a\n\np[\"x y\"].z := 1\n"),
    Example(source: "package a\np.q := 1", expected: "package a\n\np[\"q\"] := 1\n"),
    Example(source: "package a\np := `a\nb`", expected: "package a\n\np := `a\nb`\n"),
    Example(source: "package a\np := $\"a{ x }b\"", expected: "package a\n\np := $\"a{x}b\"\n"),
    Example(
      source: "package a\np if {\n not x\n\n\n every k,v in y { v>1 }\n}",
      expected: "package a\n\np if {\n\tnot x\n\n\tevery k, v in y { v > 1 }\n}\n"),
    Example(
      source: "package a\np := 1 if x\nelse := 2 if { y }",
      expected: "package a\n\np := 1 if x\n\nelse := 2 if y\n"),
    Example(
      source: "package a\np := 1 if {\nx\n} else := 2 if {\ny\n}",
      expected: "package a\n\np := 1 if {\n\tx\n} else := 2 if {\n\ty\n}\n"),
    Example(
      source: "# top\npackage a # beside\n# above\np := 1 # one\n# end",
      expected: "# top\npackage a # beside\n\n# above\np := 1 # one\n\n# end\n"),
    Example(
      source: "package a\np if {\n  # inside\n  x # right\n  # last\n}",
      expected: "package a\n\np if {\n\t# inside\n\tx # right\n\t# last\n}\n"),
    Example(
      source: "package a\nimport data.b\nimport data.a # first",
      expected: "package a\n\nimport data.a # first\nimport data.b\n"),
    Example(
      source: "package a\np { x } { y }", expected: "package a\n\np {\n\tx\n}\n\np {\n\ty\n}\n", version: .v0),
    Example(source: "package a\np[x] { x := 1 }", expected: "package a\n\np[x] {\n\tx := 1\n}\n", version: .v0),
    Example(
      source: "package a\nimport rego.v1\nimport future.keywords.in\np contains x if { x := 1 }",
      expected: "package a\n\nimport rego.v1\n\np contains x if x := 1\n", version: .v0),
    Example(source: "package a\nf(x,y):=x+y", expected: "package a\n\nf(x, y) := x + y\n"),
    Example(source: "package a\ndefault f(_):=1", expected: "package a\n\ndefault f(_) := 1\n"),
    Example(
      source: "package a\np if x with input as 1\n  with data.y as 2",
      expected: "package a\n\np if x with input as 1\n\twith data.y as 2\n"),
  ]

  @Test(arguments: examples)
  func laysOut(_ example: Example) throws {
    let result = try RegoFormatter.format(Source(name: "", text: example.source), version: example.version)
    #expect(String(decoding: result, as: UTF8.self) == example.expected)
    let again = try RegoFormatter.format(Source(name: "", text: result), version: example.version)
    #expect(again == result)
  }

  @Test func refusesWhatDoesNotParse() {
    #expect(throws: RegoErrors.self) { try RegoFormatter.format(Source(name: "", text: "package a\np if {")) }
  }

  /// A comment that the layout would lose leaves the module as it was.
  @Test func keepsCommentsInOddPlaces() throws {
    let text = "package a\n\np := [ # one\n  1, 2 # two\n  # three\n  ]\n\nq if { x # four\n  ; y # five\n}\n"
    let result = String(decoding: try RegoFormatter.format(Source(name: "", text: text)), as: UTF8.self)
    for word in ["one", "two", "three", "four", "five"] { #expect(result.contains("# \(word)")) }
    let again = try RegoFormatter.format(Source(name: "", text: result))
    #expect(String(decoding: again, as: UTF8.self) == result)
  }

  /// Every module of the conformance data: one pass says the same, and a second one changes nothing.
  @Test func conformanceModulesStayTheSame() throws {
    var (passed, failed) = (0, [String]())
    for entry in try ConformanceModules.all() {
      for version in [Module.Version.v1, .v0] {
        let source = Source(name: "test.rego", text: entry.text)
        guard let module = try? RegoParser.parseModule(source, version: version, readsAnnotations: false) else {
          continue
        }
        let text = RegoFormatter.layOut(source.text, module, version: version)
        let formatted = Source(name: "test.rego", text: text)
        guard let again = try? RegoParser.parseModule(formatted, version: version, readsAnnotations: false),
          RegoFormatter.keeps(module, again), RegoFormatter.layOut(text, again, version: version) == text
        else {
          failed.append("\(entry.name)\n\(String(decoding: text, as: UTF8.self))")
          continue
        }
        passed += 1
      }
    }
    print("rego modules formatted: \(passed) passed, \(failed.count) failed, 0 skipped")
    for failure in failed { Issue.record("\(failure)") }
  }
}
