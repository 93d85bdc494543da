// Expectations are what OPA 1.20.2 answers.
extension BuiltinTests {
  static let encodings: [(call: String, expected: String)] = [
    (#"base64.decode("YQ==")"#, #""a""#),
    (#"base64.decode("YQ")"#, #"! eval_builtin_error: base64.decode: illegal base64 data at input byte 0"#),
    (#"base64.decode("Y Q==")"#, #"! eval_builtin_error: base64.decode: illegal base64 data at input byte 1"#),
    (#"base64.decode("Y\nQ==")"#, #""a""#),
    (#"base64.decode("YQ=")"#, #"! eval_builtin_error: base64.decode: illegal base64 data at input byte 3"#),
    (#"base64.decode("YQ==x")"#, #"! eval_builtin_error: base64.decode: illegal base64 data at input byte 4"#),
    (#"base64.decode("!!!!")"#, #"! eval_builtin_error: base64.decode: illegal base64 data at input byte 0"#),
    (#"base64.encode("aé")"#, #""YcOp""#),
    (#"base64.is_valid("YQ==")"#, #"true"#),
    (#"base64.is_valid("YQ")"#, #"false"#),
    (#"base64url.decode("_-8")"#, #""\xff\xef""#),
    (#"base64url.decode("_-8=")"#, #""\xff\xef""#),
    (#"base64url.decode("a")"#, #"! eval_builtin_error: base64url.decode: illegal base64url string: a"#),
    (#"base64url.encode("\u00ff\u00fe?")"#, #""w7_Dvj8=""#),
    (#"base64url.encode_no_pad("a?")"#, #""YT8""#),
    (#"hex.encode("aé")"#, #""61c3a9""#),
    (#"hex.decode("616")"#, #"! eval_builtin_error: hex.decode: encoding/hex: odd length hex string"#),
    (#"hex.decode("6g")"#, #"! eval_builtin_error: hex.decode: encoding/hex: invalid byte: U+0067 'g'"#),
    (#"hex.decode("6142")"#, #""aB""#),
    (#"urlquery.encode("a b&é~/")"#, #""a+b%26%C3%A9~%2F""#),
    (#"urlquery.decode("a+b%26%C3%A9")"#, #""a b&é""#),
    (#"urlquery.decode("%zz")"#, #"! eval_builtin_error: urlquery.decode: invalid URL escape "%zz""#),
    (#"urlquery.decode("%2")"#, #"! eval_builtin_error: urlquery.decode: invalid URL escape "%2""#),
    (#"urlquery.encode_object({"a": "b", "c": ["d","e"], "f": {"h","g"}})"#, #""a=b&c=d&c=e&f=g&f=h""#),
    (#"urlquery.decode_object("a=1&b=2&a=3&c&=d")"#, #"{"": ["d"], "a": ["1", "3"], "b": ["2"], "c": [""]}"#),
    (#"urlquery.decode_object("a=%zz")"#, #"! eval_builtin_error: urlquery.decode_object: invalid URL escape "%zz""#),
    (
      #"urlquery.decode_object("a=1;b=2")"#,
      #"! eval_builtin_error: urlquery.decode_object: invalid semicolon separator in query"#
    ),
    (#"json.unmarshal("{\"a\":1.0,\"a\":2}")"#, #"{"a": 2}"#),
    (#"json.unmarshal("{")"#, #"! eval_builtin_error: json.unmarshal: unexpected EOF"#),
    (#"json.unmarshal("\"\\ud800\"")"#, #""�""#),
    (#"json.unmarshal("1e5")"#, #"1e5"#),
    (#"json.unmarshal(" [1, {\"b\": null}] ")"#, #"[1, {"b": null}]"#),
    (#"json.is_valid("{")"#, #"false"#),
    (#"json.is_valid("[1]")"#, #"true"#),
    (#"json.is_valid("[1] 2")"#, #"false"#),
    (#"json.marshal({"a": [1,{2}], "<": "é\n"})"#, #""{\"\\u003c\":\"é\\n\",\"a\":[1,[2]]}""#),
    (
      #"json.marshal_with_options({"a": [1,2], "b": {}, "c": []}, {"pretty": true})"#,
      #""{\n\t\"a\": [\n\t\t1,\n\t\t2\n\t],\n\t\"b\": {},\n\t\"c\": []\n}""#
    ),
    (
      #"json.marshal_with_options({"a": [1,2]}, {"indent": "  ", "prefix": ">"})"#,
      #"">{\n>  \"a\": [\n>    1,\n>    2\n>  ]\n>}""#
    ),
    (#"json.marshal_with_options({"a": 1}, {"indent": "  ", "pretty": false})"#, #""{\"a\":1}""#),
    (#"json.marshal_with_options({"a": 1}, {})"#, #""{\"a\":1}""#),
    (#"json.filter({"a": {"b": 1, "c": 2}, "d": [1,2,3]}, ["a/b", "d/1"])"#, #"{"a": {"b": 1}, "d": [2]}"#),
    (#"json.filter({"a": {"b": 1, "c": 2}}, {["a","c"]})"#, #"{"a": {"c": 2}}"#),
    (#"json.filter({"a": 1}, [""])"#, #"{}"#),
    (#"json.filter({"a": {"b": 1}}, ["a/b/c", "a"])"#, #"{"a": {"b": 1}}"#),
    (#"json.remove({"a": {"b": 1, "c": 2}, "d": [1,2,3]}, ["a/b", "d/1"])"#, #"{"a": {"c": 2}, "d": [1, 3]}"#),
    (#"json.remove({"a": 1}, ["a"])"#, #"{}"#),
    (#"json.remove({"a": {"x~y": 1, "p/q": 2}}, ["a/x~0y", "a/p~1q"])"#, #"{"a": {}}"#),
    (#"json.patch({"a": 1}, [{"op": "add", "path": "b", "value": 2}])"#, #"{"a": 1, "b": 2}"#),
    (#"json.patch({"a": [1,2]}, [{"op": "add", "path": "/a/-", "value": 3}])"#, #"{"a": [1, 2, 3]}"#),
    (#"json.patch({"a": [1,2]}, [{"op": "add", "path": "/a/0", "value": 3}])"#, #"{"a": [3, 1, 2]}"#),
    (#"json.patch({"a": [1,2]}, [{"op": "add", "path": ["a", 1], "value": 3}])"#, #"{"a": [1, 3, 2]}"#),
    (#"json.patch({"a": [1,2]}, [{"op": "remove", "path": "/a/0"}])"#, #"{"a": [2]}"#),
    (#"json.patch({"a": [1,2]}, [{"op": "replace", "path": "/a/1", "value": 9}])"#, #"{"a": [1, 9]}"#),
    (#"json.patch({"a": 1}, [{"op": "move", "from": "/a", "path": "/b"}])"#, #"{"b": 1}"#),
    (#"json.patch({"a": {"c": 1}}, [{"op": "copy", "from": "/a", "path": "/b"}])"#, #"{"a": {"c": 1}, "b": {"c": 1}}"#),
    (#"json.patch({"a": 1}, [{"op": "test", "path": "/a", "value": 1}])"#, #"{"a": 1}"#),
    (
      #"json.patch({"a": 1}, [{"op": "test", "path": "/a", "value": 2}])"#,
      #"! eval_builtin_error: json.patch: value from EditTree != patch value.\#n\#nExpected: 2\#n\#nFound: 1"#
    ),
    (
      #"json.patch({"a": 1}, [{"op": "remove", "path": "/b"}])"#,
      #"! eval_builtin_error: json.patch: cannot delete child key "b" that does not exist"#
    ),
    (
      #"json.patch({"a": 1}, [{"op": "bad", "path": "/b"}])"#,
      #"! eval_builtin_error: json.patch: unrecognized op: 'bad'"#
    ),
    (
      #"json.patch({"a": 1}, [{"op": "add", "path": "/b"}])"#,
      #"! eval_builtin_error: json.patch: missing required attribute 'value'"#
    ),
    (#"json.patch({"a": 1}, [{"op": "add", "path": "", "value": [1]}])"#, #"[1]"#),
    (#"json.patch({"a": {1,2}}, [{"op": "add", "path": ["a", 3], "value": 3}])"#, #"{"a": {1, 2, 3}}"#),
    (#"json.patch({"a": {1,2}}, [{"op": "remove", "path": ["a", 1]}])"#, #"{"a": {2}}"#),
    (
      #"json.patch({"a": [1]}, [{"op": "add", "path": "/a/5", "value": 3}])"#,
      #"! eval_builtin_error: json.patch: index for array insertion out of bounds"#
    ),
    (
      #"json.patch({"a": [1]}, [{"op": "add", "path": "/a/01", "value": 3}])"#,
      #"! eval_builtin_error: json.patch: leading zeros are not allowed in JSON paths"#
    ),
    (#"json.patch([1,2], [{"op": "replace", "path": "/0", "value": 5}])"#, #"[5, 2]"#),
    (
      #"json.patch({"a": 1}, [{"op": "replace", "path": "/b", "value": 5}])"#,
      #"! eval_builtin_error: json.patch: cannot delete child key "b" that does not exist"#
    ),
    (
      #"json.patch({"a": {"b": 1}}, [{"op": "add", "path": "/x/y", "value": 5}])"#,
      #"! eval_builtin_error: json.patch: path "x" does not exist in object term {"a": {"b": 1}}"#
    ),
    (#"json.patch({"a": 1}, [{"op": "replace", "path": "", "value": 5}])"#, #"5"#),
    (#"json.patch({{"a": 1}}, [{"op": "add", "path": [{"a": 1}, "b"], "value": 5}])"#, #"{{"a": 1, "b": 5}}"#),
    (#"graph.reachable({"a": ["b"], "b": ["c","x"], "c": []}, ["a"])"#, #"{"a", "b", "c"}"#),
    (#"graph.reachable({"a": {"b"}, "b": {"a"}}, {"a"})"#, #"{"a", "b"}"#),
    (
      #"graph.reachable_paths({"a": ["b","c"], "b": ["d"], "c": [], "d": []}, ["a"])"#,
      #"{["a", "b", "d"], ["a", "c"]}"#
    ),
    (#"graph.reachable_paths({"a": ["b"], "b": ["a"]}, ["a"])"#, #"{["a", "b"]}"#),
    (#"graph.reachable_paths({"a": ["b"]}, ["a"])"#, #"{["a"]}"#),
    (#"graph.reachable_paths({"a": []}, ["a", "z"])"#, #"{["a"]}"#),
    (#"units.parse("10K")"#, #"10000"#),
    (#"units.parse("10m")"#, #"0.0100000000"#),
    (#"units.parse("1500m")"#, #"1.5000000000"#),
    (#"units.parse("1.5Mi")"#, #"1572864"#),
    (
      #"units.parse("10 K")"#,
      #"! eval_builtin_error: units.parse: units.parse: spaces not allowed in resource strings"#
    ),
    (#"units.parse("K")"#, #"! eval_builtin_error: units.parse: units.parse: no amount provided"#),
    (#"units.parse("10x")"#, #"! eval_builtin_error: units.parse: units.parse: unit x not recognized"#),
    (#"units.parse("\"5k\"")"#, #"5000"#),
    (#"units.parse("1e3k")"#, #"1000000"#),
    (#"units.parse("1e1000000")"#, #"! eval_builtin_error: units.parse: units.parse: exponent too large"#),
    (#"units.parse("1.2.3")"#, #"! eval_builtin_error: units.parse: units.parse: could not parse amount to a number"#),
    (#"units.parse(".5k")"#, #"500"#),
    (#"units.parse("-3")"#, #"-3"#),
    (#"units.parse("5E")"#, #"5000000000000000000"#),
    (#"units.parse("0.00000000001")"#, #"0.0000000000"#),
    (#"units.parse("1/2")"#, #"! eval_builtin_error: units.parse: units.parse: unit /2 not recognized"#),
    (#"units.parse_bytes("10KB")"#, #"10000"#),
    (#"units.parse_bytes("1.5GiB")"#, #"1610612736"#),
    (#"units.parse_bytes("10")"#, #"10"#),
    (#"units.parse_bytes("0.3KiB")"#, #"307"#),
    (
      #"units.parse_bytes("kb")"#,
      #"! eval_builtin_error: units.parse_bytes: units.parse_bytes: no byte amount provided"#
    ),
    (
      #"units.parse_bytes("10 kb")"#,
      #"! eval_builtin_error: units.parse_bytes: units.parse_bytes: spaces not allowed in resource strings"#
    ),
    (
      #"units.parse_bytes("10zz")"#,
      #"! eval_builtin_error: units.parse_bytes: units.parse_bytes: byte unit zz not recognized"#
    ),
    (
      #"units.parse_bytes("1.1.1kb")"#,
      #"! eval_builtin_error: units.parse_bytes: units.parse_bytes: could not parse byte amount to a number"#
    ),
    (#"units.parse_bytes("1e3")"#, #"1000"#),
    (
      #"units.parse_bytes("1e1234567")"#,
      #"! eval_builtin_error: units.parse_bytes: units.parse_bytes: exponent too large"#
    ),
    (#"semver.compare("1.2.3", "1.2.4")"#, #"-1"#),
    (#"semver.compare("1.0.0-alpha.1", "1.0.0-alpha.beta")"#, #"-1"#),
    (#"semver.compare("1.0.0-alpha", "1.0.0")"#, #"-1"#),
    (#"semver.compare("1.0.0-rc.1+b", "1.0.0-rc.1")"#, #"0"#),
    (
      #"semver.compare("1.0", "1.0.0")"#,
      #"! eval_builtin_error: semver.compare: operand 1: string "1.0" is not a valid SemVer"#
    ),
    (#"semver.compare("v1.0.0", "1.0.0")"#, #"0"#),
    (#"semver.compare("1.0.0-2", "1.0.0-10")"#, #"-1"#),
    (#"semver.is_valid("1.2.3")"#, #"true"#),
    (#"semver.is_valid("1.2.03")"#, #"true"#),
    (#"semver.is_valid("1.2.3-")"#, #"true"#),
    (#"semver.is_valid("1.2.3-é")"#, #"false"#),
    (#"semver.is_valid("1.2.3+a..b")"#, #"false"#),
    (#"semver.is_valid(1)"#, #"false"#),
    (#"semver.is_valid("-1.2.3")"#, #"false"#),
    (#"semver.is_valid("1.+2.3")"#, #"false"#),
    (#"[p | walk({"a": [1]}, p)]"#, #"[[[], {"a": [1]}], [["a"], [1]], [["a", 0], 1]]"#),
    (#"[v | walk({"a": {1}}, [_, v])]"#, #"[{"a": {1}}, {1}, 1]"#),
    (#"walk(1)"#, #"[[], 1]"#),
  ]
}
