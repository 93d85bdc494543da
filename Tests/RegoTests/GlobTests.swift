import Testing

@testable import Rego

@Suite struct GlobTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var pattern: String
    var delimiters: String
    var text: String
    var matches: Bool
    var testDescription: String { "\(pattern) [\(delimiters)] \(text)" }
  }

  /// As OPA answers.
  static let cases: [Case] = [
    Case(pattern: "s3:Get*", delimiters: "", text: "s3:GetObject", matches: true),
    Case(pattern: "s3:Get*", delimiters: "", text: "s3:PutObject", matches: false),
    Case(pattern: "*.example.com", delimiters: ".", text: "api.example.com", matches: true),
    Case(pattern: "*.example.com", delimiters: ".", text: "a.b.example.com", matches: false),
    Case(pattern: "**.example.com", delimiters: ".", text: "a.b.example.com", matches: true),
    Case(pattern: "a*b*c", delimiters: "", text: "aXbYbZc", matches: true),
    Case(pattern: "a*b*c", delimiters: "", text: "aXbYbZ", matches: false),
    Case(pattern: "a*b*c", delimiters: "/", text: "aX/bc", matches: false),
    Case(pattern: "a**b*c", delimiters: "/", text: "aX/Y/bZc", matches: true),
    Case(pattern: "{a,bc}d", delimiters: "", text: "bcd", matches: true),
    Case(pattern: "{a,bc}d", delimiters: "", text: "abcd", matches: false),
    Case(pattern: "{a*,b?}z", delimiters: "", text: "axyz", matches: true),
    Case(pattern: "{a,{b,c}}", delimiters: "", text: "c", matches: true),
    Case(pattern: "[a-c]x", delimiters: "", text: "bx", matches: true),
    Case(pattern: "[!a-c]x", delimiters: "", text: "bx", matches: false),
    Case(pattern: "\\*x", delimiters: "", text: "*x", matches: true),
    Case(pattern: "\\*x", delimiters: "", text: "ax", matches: false),
    Case(pattern: "?", delimiters: "", text: "é", matches: true),
    Case(pattern: "", delimiters: "", text: "", matches: true),
    Case(pattern: "", delimiters: "", text: "a", matches: false),
    Case(pattern: "ab*ba", delimiters: "", text: "aba", matches: false),
  ]

  @Test(arguments: cases) func decides(_ example: Case) throws {
    let glob = try Glob(Text(example.pattern), delimiters: example.delimiters.unicodeScalars.map(\.value))
    #expect(glob.matches(Text(example.text)) == example.matches)
  }

  @Test(arguments: ["[a", "{a,b", "[z-a]", "[]"]) func refuses(_ pattern: String) {
    #expect(throws: BuiltinError.self) { try Glob(Text(pattern), delimiters: []) }
  }

  /// A backtracking matcher would need longer than the universe has.
  @Test(.timeLimit(.minutes(1))) func takesLinearTimeOnHostileText() throws {
    let glob = try Glob(Text(String(repeating: "*a", count: 40) + "{b,?c}"), delimiters: [])
    #expect(!glob.matches(Text(String(repeating: "a", count: 20_000))))
    #expect(glob.matches(Text(String(repeating: "a", count: 200) + "b")))
  }

  @Test func findsCommonTexts() throws {
    #expect(try GlobIntersection.isNonEmpty("a.a.[0-9]+z", ".b.b2359825792*594823z"))
    #expect(try !GlobIntersection.isNonEmpty("[a-z]+", "[0-9]*"))
    #expect(try GlobIntersection.isNonEmpty("[a-z]*", "[0-9]*"))
    #expect(throws: BuiltinError.self) { try GlobIntersection.isNonEmpty("[a", "a") }
  }
}
