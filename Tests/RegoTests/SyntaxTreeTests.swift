import Rego
import Testing

/// Trees as OPA's `rego.parse_module` gives them.
@Suite struct SyntaxTreeTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var module: String
    var tree: String
    var testDescription: String { module }
  }

  @Test(arguments: examples)
  func isAsOPAGivesIt(_ example: Example) throws {
    let module = try RegoParser.parseModule(Source(name: "a.rego", text: example.module), readsAnnotations: false)
    let tree = SyntaxTree.value(of: module, fileName: "a.rego")
    let text = example.tree.filter { $0 != "\n" }
    #expect(tree == (try Value(json: Array(text.utf8))))
  }

  static let examples = [
    Example(
      module: #"""
        package a.b
        import data.x as y
        p := input.q[_].r
        """#,
      tree: #"""
        {"imports":[{"alias":"y","path":{"type":"ref","value":[{"type":"var","value":"data"},{"type":"string",
        "value":"x"}]}}],"package":{"path":[{"type":"var","value":"data"},{"type":"string","value":"a"},{"type":
        "string","value":"b"}]},"rules":[{"body":[{"index":0,"terms":{"type":"boolean","value":true}}],"head":{
        "assign":true,"name":"p","ref":[{"type":"var","value":"p"}],"value":{"type":"ref","value":[{"type":"var",
        "value":"input"},{"type":"string","value":"q"},{"type":"var","value":"$0"},{"type":"string","value":"r"}]
        }}}]}
        """#),
    Example(
      module: #"""
        package a
        p contains k if { some k, v in {1: `x`}; not v == 2 with input.z as [] }
        """#,
      tree: #"""
        {"package":{"path":[{"type":"var","value":"data"},{"type":"string","value":"a"}]},"rules":[{"body":[{
        "index":0,"terms":{"symbols":[{"type":"call","value":[{"type":"ref","value":[{"type":"var","value":
        "internal"},{"type":"string","value":"member_3"}]},{"type":"var","value":"k"},{"type":"var","value":"v"},
        {"type":"object","value":[[{"type":"number","value":1},{"type":"string","value":"x"}]]}]}]}},{"index":1,
        "negated":true,"terms":[{"type":"ref","value":[{"type":"var","value":"equal"}]},{"type":"var","value":"v"
        },{"type":"number","value":2}],"with":[{"target":{"type":"ref","value":[{"type":"var","value":"input"},{
        "type":"string","value":"z"}]},"value":{"type":"array","value":[]}}]}],"head":{"key":{"type":"var",
        "value":"k"},"name":"p","ref":[{"type":"var","value":"p"}]}}]}
        """#),
    Example(
      module: #"""
        package a
        f(_, _) := {x | x := {3, 1, 1}[_]} if every k, v in [] { k > -v }
        else := {"b": 1, "a": set()}
        """#,
      tree: #"""
        {"package":{"path":[{"type":"var","value":"data"},{"type":"string","value":"a"}]},"rules":[{"body":[{
        "index":0,"terms":{"body":[{"index":0,"terms":[{"type":"ref","value":[{"type":"var","value":"gt"}]},{
        "type":"var","value":"k"},{"type":"call","value":[{"type":"ref","value":[{"type":"var","value":"minus"}]}
        ,{"type":"number","value":0},{"type":"var","value":"v"}]}]}],"domain":{"type":"array","value":[]},"key":{
        "type":"var","value":"k"},"value":{"type":"var","value":"v"}}}],"else":{"body":[{"index":0,"terms":{
        "type":"boolean","value":true}}],"head":{"args":[{"type":"var","value":"$3"},{"type":"var","value":"$4"}]
        ,"assign":true,"name":"f","ref":[{"type":"var","value":"f"}],"value":{"type":"object","value":[[{"type":
        "string","value":"a"},{"type":"set","value":[]}],[{"type":"string","value":"b"},{"type":"number","value":
        1}]]}}},"head":{"args":[{"type":"var","value":"$0"},{"type":"var","value":"$1"}],"assign":true,"name":"f"
        ,"ref":[{"type":"var","value":"f"}],"value":{"type":"setcomprehension","value":{"body":[{"index":0,
        "terms":[{"type":"ref","value":[{"type":"var","value":"assign"}]},{"type":"var","value":"x"},{"type":
        "ref","value":[{"type":"set","value":[{"type":"number","value":1},{"type":"number","value":3}]},{"type":
        "var","value":"$2"}]}]}],"term":{"type":"var","value":"x"}}}}}]}
        """#),
    Example(
      module: #"""
        package a
        p[x].y = 1.50 if x = a.b(c).d
        """#,
      tree: #"""
        {"package":{"path":[{"type":"var","value":"data"},{"type":"string","value":"a"}]},"rules":[{"body":[{
        "index":0,"terms":[{"type":"ref","value":[{"type":"var","value":"eq"}]},{"type":"var","value":"x"},{
        "type":"ref","value":[{"type":"call","value":[{"type":"ref","value":[{"type":"var","value":"a"},{"type":
        "string","value":"b"}]},{"type":"var","value":"c"}]},{"type":"string","value":"d"}]}]}],"head":{"ref":[{
        "type":"var","value":"p"},{"type":"var","value":"x"},{"type":"string","value":"y"}],"value":{"type":
        "number","value":1.5}}}]}
        """#),
    Example(
      module: #"""
        package a
        default p.q := null # c
        """#,
      tree: #"""
        {"comments":[{"Location":{"col":21,"file":"a.rego","row":2},"Text":"IGM="}],"package":{"path":[{"type":
        "var","value":"data"},{"type":"string","value":"a"}]},"rules":[{"body":[{"index":0,"terms":{"type":
        "boolean","value":true}}],"default":true,"head":{"assign":true,"ref":[{"type":"var","value":"p"},{"type":
        "string","value":"q"}],"value":{"type":"null","value":{}}}}]}
        """#),
    Example(
      module: #"""
        package a
        p := $"x{y}z" if { [a | b]; {a: b | c}; a, b in c }
        """#,
      tree: #"""
        {"package":{"path":[{"type":"var","value":"data"},{"type":"string","value":"a"}]},"rules":[{"body":[{
        "index":0,"terms":{"type":"arraycomprehension","value":{"body":[{"index":0,"terms":{"type":"var","value":
        "b"}}],"term":{"type":"var","value":"a"}}}},{"index":1,"terms":{"type":"objectcomprehension","value":{
        "body":[{"index":0,"terms":{"type":"var","value":"c"}}],"key":{"type":"var","value":"a"},"value":{"type":
        "var","value":"b"}}}},{"index":2,"terms":[{"type":"ref","value":[{"type":"var","value":"internal"},{
        "type":"string","value":"member_3"}]},{"type":"var","value":"a"},{"type":"var","value":"b"},{"type":"var"
        ,"value":"c"}]}],"head":{"assign":true,"name":"p","ref":[{"type":"var","value":"p"}],"value":{"type":
        "templatestring","value":{"multi_line":false,"parts":[{"type":"string","value":"x"},{"index":0,"terms":{
        "type":"var","value":"y"}},{"type":"string","value":"z"}]}}}}]}
        """#),
    Example(
      module: #"""
        package a
        p.q if true
        q[x] if r[x]
        """#,
      tree: #"""
        {"package":{"path":[{"type":"var","value":"data"},{"type":"string","value":"a"}]},"rules":[{"body":[{
        "index":0,"terms":{"type":"boolean","value":true}}],"head":{"ref":[{"type":"var","value":"p"},{"type":
        "string","value":"q"}],"value":{"type":"boolean","value":true}}},{"body":[{"index":0,"terms":{"type":
        "ref","value":[{"type":"var","value":"r"},{"type":"var","value":"x"}]}}],"head":{"key":{"type":"var",
        "value":"x"},"ref":[{"type":"var","value":"q"},{"type":"var","value":"x"}],"value":{"type":"boolean",
        "value":true}}}]}
        """#),
  ]
}
