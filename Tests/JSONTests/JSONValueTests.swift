import JSON
import Testing

@Suite struct JSONValueTests {
  @Test(arguments: [
    ("null", JSONValue.null), ("true", .bool(true)), (" 12 ", .integer(12)), ("-0.5", .real(-0.5)),
    ("9223372036854775807", .integer(.max)), (#""aA\"""#, .string("aA\"")), ("[]", .array([])),
    ("[1,[2]]", .array([.integer(1), .array([.integer(2)])])), ("1e2", .real(100)),
  ])
  func parses(text: String, expected: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == expected)
  }

  @Test func membersKeepTheirOrderAndBytes() throws {
    let value = try JSONValue(parsing: "{\"b\":1,\"a\":2,\"caf\u{E9}\":3,\"cafe\u{301}\":4}")
    let object = try #require(value.object)
    #expect(object.members.map(\.name).map { Array($0.utf8) }.prefix(2) == [Array("b".utf8), Array("a".utf8)])
    #expect(object["caf\u{E9}"] == .integer(3))
    #expect(object["cafe\u{301}"] == .integer(4))
    #expect(object["c"] == nil)
  }

  @Test(arguments: [
    ("{\"a\":1,\"a\":2}", JSONError.Fault.duplicateName), ("{\"a\":1,}", .syntax), ("{\"a\":1", .truncated),
    ("1 2", .trailingData), ("\"\\u0000\"", .nullCharacter), ("9223372036854775808", .numberOverflow),
    ("\"\\ud800\"", .syntax), ("", .syntax), ("nul", .syntax), ("[01]", .syntax), ("{'a':1}", .syntax),
  ])
  func refuses(text: String, fault: JSONError.Fault) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    guard case .malformed(let found, let position)? = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(found == fault || text.isEmpty)
    #expect(position.line == 1)
  }

  @Test func refusesInvalidUTF8() {
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xC0, 0x80, 0x22]) }
  }

  @Test func errorsNameLineAndColumn() {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "{\n  \"a\": x\n}") }
    guard case .malformed(.syntax, let position)? = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(position.line == 2)
    #expect(position.column > 1)
  }

  @Test func sizeAndDepthAreBounded() throws {
    let limits = JSONLimits(bytesMax: 16, depthMax: 3)
    #expect(try JSONValue(parsing: "[[[1]]]", limits: limits).kind == .array)
    #expect(throws: JSONError.tooDeep(depthMax: 3)) { try JSONValue(parsing: "[[[[1]]]]", limits: limits) }
    #expect(throws: JSONError.tooLarge(bytes: 17, bytesMax: 16)) {
      try JSONValue(parsing: "[1,2,3,4,5,6,7,8]", limits: limits)
    }
    // Brackets inside strings are text.
    #expect(try JSONValue(parsing: #"["[[[[\"[["]"#, limits: limits).kind == .array)
    let bomb = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 19)
    #expect(throws: JSONError.tooDeep(depthMax: 64)) { try JSONValue(parsing: bomb) }
  }

  @Test(arguments: [
    #"{"a":[1,2.5,true,null,"x\"\\\n"],"b":{}}"#, "\"\\u0001\\u007f\\t\\r\"", "[]", "\"é€\"",
  ])
  func writesWhatItReads(text: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(String(decoding: value.compact, as: UTF8.self) == text)
    #expect(try JSONValue(parsing: value.compact) == value)
  }

  @Test func membersCanBeSetAndRemoved() {
    var object = JSONObject()
    object["a"] = .integer(1)
    object["b"] = .null
    object["a"] = .integer(2)
    object["b"] = nil
    #expect(String(decoding: JSONValue.object(object).compact, as: UTF8.self) == #"{"a":2}"#)
  }
}
