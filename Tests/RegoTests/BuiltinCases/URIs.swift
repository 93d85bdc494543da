// Expectations are what OPA 1.20.2 answers.
extension BuiltinTests {
  static let uris: [(call: String, expected: String)] = [
    (
      #"uri.parse("https://u:p@h.example:80/p/a?q=1&r=2#f")"#,
      #"{"fragment": "f", "hostname": "h.example", "path": "/p/a", "port": "80", "raw_path": "/p/a", "raw_query": "q=1&r=2", "scheme": "https"}"#
    ),
    (#"uri.parse("mailto:a@b")"#, #"{"scheme": "mailto"}"#),
    (#"uri.parse("/a/b?x")"#, #"{"path": "/a/b", "raw_path": "/a/b", "raw_query": "x"}"#),
    (
      #"uri.parse("http://[::1%25en0]:80/")"#,
      #"{"hostname": "::1%en0", "path": "/", "port": "80", "raw_path": "/", "scheme": "http"}"#
    ),
    (
      #"uri.parse("http://[::1]/a%20b?c%20d#e%20f")"#,
      #"{"fragment": "e f", "hostname": "::1", "path": "/a b", "raw_path": "/a b", "raw_query": "c%20d", "scheme": "http"}"#
    ),
    (#"uri.parse("%zz")"#, #"! eval_builtin_error: uri.parse: parse "%zz": invalid URL escape "%zz""#),
    (
      #"uri.parse("http://a b/")"#,
      #"! eval_builtin_error: uri.parse: parse "http://a b/": invalid character " " in host name"#
    ),
    (#"uri.parse("")"#, #"{}"#),
    (#"uri.parse("//h/x")"#, #"{"hostname": "h", "path": "/x", "raw_path": "/x"}"#),
    (#"uri.parse("a:b:c")"#, #"{"scheme": "a"}"#),
    (
      #"uri.parse("http://h:port/")"#,
      #"! eval_builtin_error: uri.parse: parse "http://h:port/": invalid port ":port" after host"#
    ),
    (#"uri.is_valid("http://h/")"#, #"true"#),
    (#"uri.is_valid("%zz")"#, #"false"#),
    (#"uri.is_valid("")"#, #"false"#),
    (#"uri.is_valid(":")"#, #"false"#),
    (#"uri.is_valid("a b")"#, #"true"#),
    (#"uri.is_valid("http://a b/")"#, #"false"#),
    (#"uri.is_valid("http://[::1")"#, #"false"#),
    (#"uri.is_valid("1a:b")"#, #"false"#),
    (#"uri.is_valid("h\u0001")"#, #"false"#),
    (
      #"uri.parse("http://H.EX/ä?ö#ü")"#,
      #"{"fragment": "ü", "hostname": "H.EX", "path": "/ä", "raw_path": "/ä", "raw_query": "ö", "scheme": "http"}"#
    ),
    (#"uri.parse("http://u@h")"#, #"{"hostname": "h", "scheme": "http"}"#),
    (#"uri.parse("urn:isbn:123?x=1#y")"#, #"{"fragment": "y", "raw_query": "x=1", "scheme": "urn"}"#),
    (#"uri.parse("HTTP://h?")"#, #"{"hostname": "h", "scheme": "http"}"#),
  ]
}
