import Rego
import Testing

/// `# METADATA` blocks before a rule, with what `rego.metadata.rule()` of OPA gives for them, or its refusal.
@Suite struct AnnotationTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var block: String
    var annotation = ""
    var error = ""
    var testDescription: String { block }
  }

  @Test(arguments: examples)
  func readsAsOPA(_ example: Example) throws {
    let text = "package t\n" + example.block + "\np := rego.metadata.rule()\n"
    let module: Module
    do throws(RegoErrors) {
      module = try RegoParser.parseModule(Source(name: "", text: text))
    } catch {
      #expect(error.errors.map(\.message) == [example.error])
      return
    }
    #expect(example.error.isEmpty)
    let expected = example.annotation.filter { $0 != "\n" }
    #expect(module.annotations.last?.value == (try Value(json: expected)))
    #expect(module.annotations.last?.rule == 0)
  }

  @Test func readsThemOnlyWhenAsked() throws {
    let source = Source(name: "", text: "# METADATA\n# scope: nowhere\npackage t\n")
    #expect(throws: RegoErrors.self) { try RegoParser.parseModule(source) }
    #expect(try RegoParser.parseModule(source, readsAnnotations: false).annotations.isEmpty)
  }

  static let examples = [
    Example(
      block: #"""
        # METADATA
        # title: hi
        # custom:
        #  k: 12345678901234567890123
        #  d: 2024-01-01
        #  e: 014
        #  f: 1_000
        #  g: yes
        #  h: on
        #  i: 1e3
        #  j: 0.10
        #  l: 0b11
        #  n: [1, {a: ~}]
        #  o: '1'
        #  p: 1.5
        """#,
      annotation: #"""
        {"custom":{"d":"2024-01-01T00:00:00Z","e":12,"f":1000,"g":"yes","h":"on","i":1000,"j":0.1,"k":1.2345
        678901234568e+22,"l":3,"n":[1,{"a":null}],"o":"1","p":1.5},"scope":"rule","title":"hi"}
        """#),
    Example(
      block: #"""
        # METADATA
        # authors:
        # - John <j@x>
        # - name: A
        #   email: e
        # related_resources:
        # - https://a.b/c
        # - ref: http://x
        #   description: foo
        # schemas:
        # - input.x: schema.y
        # organizations: [a, 1]
        # description: |
        #  foo
        #  bar
        """#,
      annotation: #"""
        {"authors":[{"email":"j@x","name":"John"},{"email":"e","name":"A"}],"description":"foo\nbar\n",
        "organizations":["a","1"],"related_resources":[{"ref":"https://a.b/c"},{"description":"foo","ref":
        "http://x"}],"schemas":[{"path":["input","x"],"schema":["schema","y"]}],"scope":"rule"}
        """#),
    Example(
      block: #"""
        # METADATA
        # scope: foo
        """#,
      error: #"""
        invalid annotation scope 'foo'. Use one of 'rule', 'document', 'package', or 'subpackages'
        """#),
    Example(
      block: #"""
        # METADATA
        # scope: package
        """#,
      error: #"""
        annotation scope 'package' must be applied to package (have rule)
        """#),
    Example(
      block: #"""
        # METADATA
        """#,
      error: #"""
        expected METADATA block, found whitespace
        """#),
    Example(
      block: #"""
        # METADATA
        # entrypoint: 3
        """#,
      error: #"""
        yaml: unmarshal errors:
          line 1: cannot unmarshal !!int `3` into bool
        """#),
    Example(
      block: #"""
        # METADATA
        # organizations: 3
        """#,
      error: #"""
        yaml: unmarshal errors:
          line 1: cannot unmarshal !!int `3` into []string
        """#),
    Example(
      block: #"""
        # METADATA
        # - a
        """#,
      error: #"""
        yaml: unmarshal errors:
          line 1: cannot unmarshal !!seq into ast.rawAnnotation
        """#),
    Example(
      block: #"""
        # METADATA
        # title: [1]
        """#,
      error: #"""
        yaml: unmarshal errors:
          line 1: cannot unmarshal !!seq into string
        """#),
    Example(
      block: #"""
        # METADATA
        # unknown: [1]
        # scope: rule
        # entrypoint: true
        """#,
      error: #"""
        annotation entrypoint applied to non-document or package scope 'rule'
        """#),
    Example(
      block: #"""
        # METADATA
        # title: x
        import data.foo
        """#,
      error: #"""
        invalid annotation scope 'import'. Use one of 'rule', 'document', 'package', or 'subpackages'
        """#),
    Example(
      block: #"""
        # METADATA
        # title:	x
        # custom: {a: 1, 3: 4}
        """#,
      annotation: #"""
        {"custom":{"3":4,"a":1},"scope":"rule","title":"x"}
        """#),
    Example(
      block: #"""
        # METADATA
        # title: x
        # custom: {3: 4}
        """#,
      annotation: #"""
        {"custom":{"3":4},"scope":"rule","title":"x"}
        """#),
    Example(
      block: #"""
        # METADATA: foo
        # title: x
        """#,
      annotation: #"""
        {"scope":"rule","title":"x"}
        """#),
    Example(
      block: #"""
        # METADATA
        #title: x
        """#,
      annotation: #"""
        {"scope":"rule","title":"x"}
        """#),
    Example(
      block: #"""
        # METADATA
        # title:x
        # foo
        """#,
      error: #"""
        yaml: unmarshal errors:
          line 1: cannot unmarshal !!str `title:x...` into ast.rawAnnotation
          Hint: on line 3, symbol(s) ['x'] immediately following a key/value separator ':' is not a legal yaml space character
        """#),
    Example(
      block: #"""
        # METADATA
        # schemas:
        # - input: schema
        # - data.x: foo
        """#,
      error: #"""
        invalid schema reference
        """#),
    Example(
      block: #"""
        # METADATA
        # title: 'a
        """#,
      error: #"""
        yaml: line 2: found unexpected end of stream
        """#),
    Example(
      block: #"""
        # METADATA
        # description: 1
        # title: true
        """#,
      annotation: #"""
        {"description":"1","scope":"rule","title":"true"}
        """#),
    Example(
      block: #"""
        # METADATA
        # title: a
        #
        # description: b
        """#,
      annotation: #"""
        {"description":"b","scope":"rule","title":"a"}
        """#),
    Example(
      block: #"""
        # METADATA
        # authors:
        # - <x>
        # - ''
        """#,
      error: #"""
        invalid author definition : author is an empty string
        """#),
    Example(
      block: #"""
        # METADATA
        # scope: subpackages
        """#,
      error: #"""
        annotation scope 'subpackages' must be applied to package (have rule)
        """#),
    Example(
      block: #"""
        # METADATA
        # custom: 3
        """#,
      error: #"""
        yaml: unmarshal errors:
          line 1: cannot unmarshal !!int `3` into map[string]interface {}
        """#),
    Example(
      block: #"""
        # METADATA
        # schemas: 3
        """#,
      error: #"""
        yaml: unmarshal errors:
          line 1: cannot unmarshal !!int `3` into []map[string]interface {}
        """#),
    Example(
      block: #"""
        # METADATA
        # title: ~
        # description: ""
        """#,
      annotation: #"""
        {"scope":"rule"}
        """#),
  ]

  @Test func whatClosesNothingGivesNoCredit() {
    func read(_ text: String) throws { _ = try RegoParser.parseModule(Source(name: "", text: text)) }
    let deep = String(repeating: "[", count: 101) + String(repeating: "]", count: 101)
    let credit = String(repeating: "]", count: 200)
    #expect(throws: Never.self) { try read("# METADATA\n# title: a\(credit)\npackage t\n") }
    #expect(throws: RegoErrors.self) {
      try read("# METADATA\n# title: a\(credit)\n# custom: {x: \(deep)}\npackage t\n")
    }
  }
}
