// Expectations are what OPA 1.20.2 answers.
extension BuiltinTests {
  static let templates: [(call: String, expected: String)] = [
    (#"strings.render_template("{{printf \"%v-%s\" .a .c}}", {"a": 1, "c": "x"})"#, #""1-x""#),
    (
      #"strings.render_template("{{with .a}}{{.}}{{else}}none{{end}} {{with .z}}z{{else}}none{{end}}", {"a": "v"})"#,
      #""v none""#
    ),
    (
      #"strings.render_template("{{range .xs}}{{.}},{{else}}empty{{end}}|{{range .ys}}{{.}}{{else}}empty{{end}}", {"xs": [1,2], "ys": []})"#,
      #""1,2,|empty""#
    ),
    (
      #"strings.render_template("{{range $k, $v := .m}}{{$k}}={{$v}};{{end}}", {"m": {"b": 1, "a": 2}})"#,
      #""a=2;b=1;""#
    ),
    (
      #"strings.render_template("{{if and .a .b}}both{{else if or .a .b}}one{{else}}none{{end}}", {"a": true, "b": false})"#,
      #""one""#
    ),
    (
      #"strings.render_template("{{if eq .a \"x\"}}eq{{end}}{{if ne .a \"y\"}}ne{{end}}{{if lt .a \"y\"}}lt{{end}}", {"a": "x"})"#,
      #""eqnelt""#
    ),
    (#"strings.render_template("a  {{- .a -}}  b", {"a": 1})"#, #""a1b""#),
    (#"strings.render_template("{{/* comment */}}x", {})"#, #""x""#),
    (#"strings.render_template("{{$x := .a}}{{$x}}{{$x = 5}}{{$x}}", {"a": 1})"#, #""15""#),
    (#"strings.render_template("{{.a.b.c}}", {"a": {}})"#, #""<undefined>""#),
    (#"strings.render_template("{{.a | len}}", {"a": "héllo"})"#, #""6""#),
    (
      #"strings.render_template("{{range .xs}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}", {"xs": ["a","b","c"]})"#,
      #""a""#
    ),
    (#"strings.render_template("{{not .a}} {{print .a .b}} {{println .a}}", {"a": 1, "b": "x"})"#, #""false 1x 1\n""#),
    (
      #"strings.render_template("{{index .m \"k\"}} {{index .m \"z\"}} {{slice .s 1 2}}", {"m": {"k": 1}, "s": "abc"})"#,
      #""1 <undefined> b""#
    ),
    (#"strings.render_template("{{(index .xs 1).n}}", {"xs": [{"n": 1}, {"n": 2}]})"#, #""2""#),
    (
      #"strings.render_template("{{.}}", {"b": 1, "a": [true, null, "x", {"c": 1.50}]})"#,
      #""map[a:[true <nil> x map[c:1.50]] b:1]""#
    ),
    (#"strings.render_template("{{$}}{{range .xs}}{{$.p}}{{end}}", {"xs": [1], "p": "q"})"#, #""map[p:q xs:[1]]q""#),
    (#"strings.render_template("{{len .n}}", {"n": 5})"#, #""1""#),
    (#"strings.render_template("{{range 3}}{{.}}{{end}}", {})"#, #""012""#),
    (#"strings.render_template("a {{.b}} {{ .c.d }}", {"b": 1, "c": {"d": "x"}})"#, #""a 1 x""#),
    (
      #"strings.render_template("{{range $i, $e := .xs}}{{$i}}={{$e}},{{end}}{{if .y}}Y{{else}}N{{end}}", {"xs": ["a","b"], "y": false})"#,
      #""0=a,1=b,N""#
    ),
    (#"strings.render_template("{{.missing}}", {})"#, #""<undefined>""#),
    (
      #"strings.render_template("{{.a}} {{.b}} {{.c}} {{.d}} {{.e}}", {"a": 1.5, "b": [1,"x"], "c": {"k": 1}, "d": null, "e": true})"#,
      #""1.5 [1 x] map[k:1] <undefined> true""#
    ),
  ]
}
