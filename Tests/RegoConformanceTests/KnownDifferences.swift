/// Cases that are not expected to pass, with the reason.
enum KnownDifferences {
  static func reason(for test: ConformanceCase) -> String? {
    guard let note = test.text("note") else { return nil }
    let file = test.text("file") ?? ""
    for (place, beginning, reason) in reasons {
      // Files have several cases, told apart by the whole note.
      if "\(test.category):\(file)" == place, note == beginning { return reason }
      if test.category.hasPrefix(place), note.hasPrefix(beginning) { return reason }
    }
    return nil
  }

  /// By category and the beginning of the note, or by category and the file a case stood in and the note.
  static let reasons: [(String, String, String)] = [
    ("invalidkeyerror", "", "sends HTTP, which policies may not"),
    ("graphql", "", "known to the compiler, never run"),
    ("netlookupipaddr", "", "known to the compiler, never run: policies do no IO"),
    ("time", "time/time caching", "calls test.sleep, which only OPA's own tests have"),
    ("rego-cpp", "bigint/", "divides integers; in OPA, and here, / gives a fraction"),
    ("rego-cpp", "cts/policy0", "a module without a package"),
    ("rego-cpp", "regocpp/jwt-sub-mismatch", "OPA has no constraint sub: unknown ones are errors"),
    ("rego-cpp", "regocpp/sprintf-unknown-verb-", "OPA shows Go's complaints about bad verbs"),
    ("rego-cpp", "regocpp/regex-zero-match-utf8", "OPA, and here, find the empty match behind the last character too"),
    ("rego-cpp", "regocpp/glob-match-trailing-backslash", "OPA ignores a backslash at the end of a pattern"),
    ("regorus:builtins/numbers/div", "div", "a double's digits, 5.1000000000000005; OPA's 15.3 / 3 is 5.1"),
    ("regorus:builtins/strings/indexof", "base", "in OPA an empty text to look for is an error"),
    (
      "regorus:builtins/time/format", "without-timezone-and-format",
      "OPA's layout drops zeros at the end of the fraction"
    ),
    ("regorus:builtins/units/parse", "all", "units that OPA does not know"),
    ("regorus:rego.v1/tests", "conflict rego after future", "OPA takes both imports in either order"),
    ("regorus", "integral float too large", "OPA takes the remainder of integers however they are written"),
    ("regorus", "others", "OPA tells the time of UUIDs of versions 1 and 2 only"),
    ("regorus", "unicode string", "OPA maps code points one by one: no final sigma"),
    ("regorus", "overload error does not leak callee", "OPA reports the conflict of the two values of m"),
    ("regorus", "trailing expressions in query", "OPA's parser takes both expressions"),
  ]
}
