import Rego
import Testing

@Suite struct NumberTests {
  static func number(_ text: String) throws -> Value { try #require(Value(numberLiteral: Text(text))) }

  @Test(arguments: [
    ("0", 0), ("-1", -1), ("9223372036854775807", Int64.max), ("-9223372036854775808", .min), ("42", 42),
  ])
  func readsPlainIntegers(_ text: String, _ expected: Int64) throws {
    guard case .integer(let value) = try Self.number(text) else { throw TestError.wrongCase }
    #expect(value == expected)
  }

  @Test(arguments: ["1.0", "1e2", "-0", "9223372036854775808", "0.10", "1E-2", "123456789012345678901234567890.5"])
  func keepsOtherLiterals(_ text: String) throws {
    guard case .number = try Self.number(text) else { throw TestError.wrongCase }
    #expect(try Self.number(text).numberText == Text(text))
  }

  @Test(arguments: ["", "-", ".5", "5.", "1e", "1e+", "0x10", " 1", "1 ", "1e1000000000", "1e40000", "1e-40000", "--1"])
  func refuses(_ text: String) { #expect(Value(numberLiteral: Text(text)) == nil) }

  @Test(arguments: [
    ("1", "1.0"), ("1e2", "100"), ("-0", "0"), ("0.0", "0e5"), ("1.50", "15e-1"),
    ("9223372036854775807.0", "9223372036854775807"),
    ("-9223372036854775808.0", "-9223372036854775808"), ("1e400", "10e399"), ("100000000000000000000", "1e20"),
  ])
  func equalAcrossForms(_ left: String, _ right: String) throws {
    let (left, right) = (try Self.number(left), try Self.number(right))
    #expect(left == right)
    #expect(left.compare(right) == 0)
    #expect(left.tableHash == right.tableHash)
    #expect(ValueSet([left, right]).count == 1)
  }

  /// Strictly ascending.
  @Test func orders() throws {
    let texts = [
      "-1e400", "-9223372036854775809", "-9223372036854775808", "-10.5", "-10.25", "-1", "-1e-400", "0", "1e-400",
      "0.3",
      "0.300000000000000004", "0.5", "1", "1.5", "2", "9007199254740993.25", "9007199254740993.5",
      "9223372036854775806.5",
      "9223372036854775807", "9223372036854775808", "1e400", "1e401",
    ]
    let values = try texts.map(Self.number)
    for (position, left) in values.enumerated() {
      for (other, right) in values.enumerated() {
        #expect(left.compare(right).signum() == (position - other).signum(), "\(texts[position]) \(texts[other])")
        #expect((left == right) == (position == other))
      }
    }
  }

  enum TestError: Error { case wrongCase }
}
