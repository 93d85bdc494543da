/// Cases that are not expected to pass, with the reason.
enum KnownDifferences {
  static func reason(for test: ConformanceCase) -> String? {
    guard let note = test.text("note") else { return nil }
    for (category, prefix, reason) in reasons where test.category.hasPrefix(category) && note.hasPrefix(prefix) {
      return reason
    }
    return nil
  }

  /// By category and the beginning of the note.
  static let reasons: [(String, String, String)] = [
    ("invalidkeyerror", "", "sends HTTP, which policies may not"),
    ("graphql", "", "known to the compiler, never run"),
    ("netlookupipaddr", "", "known to the compiler, never run: policies do no IO"),
    ("time", "time/time caching", "calls test.sleep, which only OPA's own tests have"),
    ("rego-cpp", "bigint/", "divides integers; in OPA, and here, / gives a fraction"),
    ("rego-cpp", "cts/policy0", "a module without a package"),
    ("rego-cpp", "regocpp/jwt-sub-mismatch", "OPA has no constraint sub: unknown ones are errors"),
    ("rego-cpp", "regocpp/sprintf-unknown-verb-", "OPA shows Go's complaints about bad verbs"),
    ("regorus", "integral float too large", "OPA takes the remainder of integers however they are written"),
    ("regorus", "others", "OPA tells the time of UUIDs of versions 1 and 2 only"),
    ("regorus", "unicode string", "OPA maps code points one by one: no final sigma"),
    ("regorus", "overload error does not leak callee", "OPA reports the conflict of the two values of m"),
    ("regorus", "trailing expressions in query", "OPA's parser takes both expressions"),
  ]
}
