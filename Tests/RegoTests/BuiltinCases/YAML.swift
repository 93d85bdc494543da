// Expectations are what OPA 1.20.2 answers.
extension BuiltinTests {
  static let yaml: [(call: String, expected: String)] = [
    (
      #"yaml.marshal({"a": [1,"x",true,null], "b": {"c": "yes"}})"#,
      #""a:\n- 1\n- x\n- true\n- null\nb:\n  c: \"yes\"\n""#
    ),
    (#"yaml.marshal("a: b")"#, #""'a: b'\n""#),
    (#"yaml.marshal([])"#, #""[]\n""#),
    (
      #"yaml.marshal({"a": {}, "b": [], "c": "multi\nline", "d": "1", "e": 1.5, "f": ""})"#,
      #""a: {}\nb: []\nc: |-\n  multi\n  line\nd: \"1\"\ne: 1.5\nf: \"\"\n""#
    ),
    (
      #"yaml.unmarshal("a: 1\nb: [x, 2.0, yes, null, ~]\nc:\n  - d: e\n")"#,
      #"{"a": 1, "b": ["x", 2, true, null, null], "c": [{"d": "e"}]}"#
    ),
    (#"yaml.unmarshal("a: &x {b: 1}\nc: *x")"#, #"{"a": {"b": 1}, "c": {"b": 1}}"#),
    (#"yaml.unmarshal("0x10")"#, #"16"#),
    (#"yaml.unmarshal("0o17")"#, #"15"#),
    (#"yaml.unmarshal("017")"#, #"15"#),
    (#"yaml.unmarshal("1_000")"#, #"1000"#),
    (#"yaml.unmarshal("1e3")"#, #"1000"#),
    (#"yaml.unmarshal("2001-01-01")"#, #""2001-01-01""#),
    (#"yaml.unmarshal("!!str 1")"#, #""1""#),
    (#"yaml.unmarshal("1: a\ntrue: b")"#, #"{"1": "a", "true": "b"}"#),
    (#"yaml.unmarshal("a: |\n  x\n  y\n")"#, #"{"a": "x\ny\n"}"#),
    (#"yaml.unmarshal("")"#, #"null"#),
    (#"yaml.unmarshal("on")"#, #"true"#),
    (#"yaml.unmarshal("y")"#, #"true"#),
    (#"yaml.unmarshal("<<: {a: 1}\nb: 2")"#, #"{"a": 1, "b": 2}"#),
    (#"yaml.unmarshal("123456789012345678901234567890")"#, #"1.2345678901234568e+29"#),
    (#"yaml.unmarshal("!!binary aGk=")"#, #""hi""#),
    (#"yaml.is_valid("a: b")"#, #"true"#),
    (#"yaml.is_valid("a: b: c")"#, #"false"#),
    (
      #"yaml.marshal(["a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g"])"#,
      #""- a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n\n  o p q r s t u v w x y z a b c d e f g\n""#
    ),
    (
      ##"yaml.marshal({"k": "é\tx", "q": "it's", "d": "\"", "n": "a\n", "nn": "a\n\nb\n\n", "sp": " lead", "h": "#x", "c": "x: y", "dash": "- x", "t": "true", "nul": "null", "til": "~", "num": "1e3", "hex": "0x1f", "date": "2001-01-01", "col": "a:b", "ctl": "\u0001", "yes": "y", "bin": "0b1", "oct": "017", "us": "1_000", "b60": "1:30", "colon": "a:", "amp": "&a", "excl": "!a", "star": "*a", "at": "@a", "pct": "%a", "q1": "?", "bar": "|", "gt": ">", "ex": "=", "mrg": "<<", "inf": ".inf"})"##,
      #""amp: '&a'\nat: '@a'\nb60: \"1:30\"\nbar: '|'\nbin: \"0b1\"\nc: 'x: y'\ncol: a:b\ncolon: 'a:'\nctl: \"\\x01\"\nd: '\"'\ndash: '- x'\ndate: \"2001-01-01\"\nex: =\nexcl: '!a'\ngt: '>'\nh: '#x'\nhex: \"0x1f\"\ninf: \".inf\"\nk: \"é\\tx\"\nmrg: <<\n\"n\": |\n  a\nnn: |+\n  a\n\n  b\n\nnul: \"null\"\nnum: \"1e3\"\noct: \"017\"\npct: '%a'\nq: it's\nq1: '?'\nsp: ' lead'\nstar: '*a'\nt: \"true\"\ntil: \"~\"\nus: \"1_000\"\n\"yes\": \"y\"\n""#
    ),
    (
      #"yaml.marshal([[1,[2]],{"a":[{"b":1,"c":2}]}, 1.5, 1e400, 1e30, 123456789012345678901234567890])"#,
      #""- - 1\n  - - 2\n- a:\n  - b: 1\n    c: 2\n- 1.5\n- 1e400\n- 1e+30\n- 1.2345678901234568e+29\n""#
    ),
    (#"yaml.marshal({1: 2, "é": 3, "true": 4, "1": 5})"#, #""\"1\": 5\n\"true\": 4\né: 3\n""#),
    (
      #"yaml.unmarshal("a: 1.50\nb: 1e400\nc: 0.1\nd: 1e21\ne: 1e20\nf: -0\ng: +1\nh: 1.\ni: .5\nj: 1e-7\nk: 18446744073709551616\nl: 9223372036854775808\nm: -9223372036854775809\nn: 0b11\no: -0x1F\np: 1:30\nq: '1'\nr: 1__0\ns: _1\nt: 08\nu: 0.10")"#,
      #"{"a": 1.5, "b": "1e400", "c": 0.1, "d": 1e+21, "e": 100000000000000000000, "f": 0, "false": 3, "g": 1, "h": 1, "i": 0.5, "j": 1e-7, "k": 18446744073709552000, "l": 9223372036854775808, "m": -9223372036854776000, "o": -31, "p": "1:30", "q": "1", "r": 10, "s": "_1", "t": 8, "u": 0.1}"#
    ),
    (
      #"yaml.unmarshal("- &a [1]\n- *a\n- {<<: {x: 1, y: 2}, x: 3}\n- {<<: [{x: 1}, {x: 2, z: 3}]}")"#,
      #"[[1], [1], {"true": 2, "x": 3}, {"x": 1, "z": 3}]"#
    ),
    (#"yaml.unmarshal("!!float 1")"#, #"1"#),
    (#"yaml.unmarshal("!!int '5'")"#, #"5"#),
    (#"yaml.unmarshal("!foo bar")"#, #""bar""#),
    (#"yaml.unmarshal("a: 1\n---\nb: 2")"#, #"{"a": 1}"#),
    (#"yaml.unmarshal("---\na: 1\n...\n")"#, #"{"a": 1}"#),
    (#"yaml.unmarshal("1.5: x\n0x10: z\n2001-01-01: d")"#, #"{"1.5": "x", "16": "z", "2001-01-01": "d"}"#),
  ]
}
