import JSON
import Testing

@Suite struct JSONTapeTests {
  @Test(arguments: [
    "0", "-0", "1.5e-3", "\"\"", "null", "true", " [ ] ", "{}", #"{"a":[1,{"b":null}],"c":"\u00e9\ud83d\ude00"}"#,
    "\"é€😀\"",
    #"["\"\\\/\b\f\n\r\t"]"#, "\r\n\t 1 \n",
  ])
  func accepts(_ text: String) throws { _ = try JSONTape(scanning: Array(text.utf8)) }

  @Test(arguments: [
    ("", JSONError.Fault.truncated), ("[", .truncated), ("[1,", .truncated), ("[1,]", .syntax), ("{\"a\"}", .syntax),
    ("{\"a\":1,}", .syntax), ("{a:1}", .syntax), ("01", .trailingData), ("-", .truncated), ("1.", .truncated),
    ("1.x", .syntax), (".5", .syntax), ("1e", .truncated), ("+1", .syntax), ("tru", .truncated), ("trux", .syntax),
    ("1 2", .trailingData), ("\"a", .truncated), ("\"\n\"", .syntax), (#""\x""#, .syntax), (#""\u12"#, .truncated),
    (#""\u12g4""#, .syntax), (#""\ud800""#, .syntax), (#""\udc00""#, .syntax), (#""\ud800\u0041""#, .syntax),
    ("[1}", .syntax), ("{\"a\":1]", .syntax), ("]", .syntax), ("\u{FEFF}1", .syntax), ("NaN", .syntax),
    ("'a'", .syntax),
    (#"{"a":1,"a":2}"#, .duplicateName), (#"{"a":1,"\u0061":2}"#, .duplicateName), ("[1 2]", .syntax),
    ("// x\n1", .syntax),
  ])
  func refuses(_ text: String, _ fault: JSONError.Fault) {
    do {
      _ = try JSONTape(scanning: Array(text.utf8))
      Issue.record("accepted \(text)")
    } catch JSONError.malformed(let found, _) {
      #expect(found == fault, "\(text)")
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test(
    arguments: [
      [0x22, 0x80, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xE0, 0x80, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0x22, 0xFF, 0x22],
    ] as [[UInt8]])
  func refusesInvalidUTF8(_ bytes: [UInt8]) throws {
    #expect(throws: JSONError.self) { try JSONTape(scanning: bytes) }
    var lenient = JSONTape.Options()
    lenient.refusesInvalidText = false
    let tape = try JSONTape(scanning: bytes, options: lenient)
    let text = bytes.withUnsafeBytes { tape.withString(tape.nodes[0], in: $0) { Array($0) } }
    #expect(String(decoding: text, as: UTF8.self).unicodeScalars.contains("\u{FFFD}"))
    #expect(String(validating: text, as: UTF8.self) != nil)
  }

  @Test func bounds() throws {
    let limits = JSONTape.Options(limits: JSONLimits(bytesMax: 100, depthMax: 3))
    _ = try JSONTape(scanning: Array("[[[1]]]".utf8), options: limits)
    #expect(throws: JSONError.tooDeep(depthMax: 3)) { try JSONTape(scanning: Array("[[[[1]]]]".utf8), options: limits) }
    #expect(throws: JSONError.tooLarge(bytes: 101, bytesMax: 100)) {
      try JSONTape(scanning: Array(repeating: 0x20, count: 101), options: limits)
    }
  }

  /// One name twice among many, found by hash and by comparing alike.
  @Test(arguments: [2, 5, 16, 17, 200])
  func findsRepetitions(_ count: Int) throws {
    let members = (0..<count).map { "\"name-\($0)\":\($0)" }
    let good = "{" + members.joined(separator: ",") + "}"
    let bad = "{" + (members + ["\"name-1\":0"]).joined(separator: ",") + "}"
    _ = try JSONTape(scanning: Array(good.utf8))
    #expect(throws: JSONError.self) { try JSONTape(scanning: Array(bad.utf8)) }
    let lenient = JSONTape.Options(refusesDuplicates: false)
    let bytes = Array(bad.utf8)
    let tape = try JSONTape(scanning: bytes, options: lenient)
    let found = bytes.withUnsafeBytes { bytes in
      Array("name-1".utf8).withUnsafeBytes { tape.member($0, of: 0, in: bytes) }
    }
    let node = tape.nodes[try #require(found)]
    #expect(bytes[node.range].elementsEqual("0".utf8))
  }

  @Test func skipsToMembersAndElements() throws {
    let bytes = Array(#"{"skip":{"deep":[1,[2]]},"wanted":["a",{"x":1},true],"\u006cast":3}"#.utf8)
    let tape = try JSONTape(scanning: bytes)
    bytes.withUnsafeBytes { bytes in
      func member(_ name: String, of object: Int) -> Int? {
        Array(name.utf8).withUnsafeBytes { tape.member($0, of: object, in: bytes) }
      }
      let wanted = member("wanted", of: 0)
      #expect(wanted.flatMap { tape.element(2, of: $0) }.map { tape.nodes[$0].kind } == .true)
      #expect(wanted.flatMap { tape.element(3, of: $0) } == nil)
      #expect(member("last", of: 0).map { tape.nodes[$0].kind } == .number)
      #expect(member("absent", of: 0) == nil)
      #expect(member("deep", of: 0) == nil)
    }
  }

  @Test func tellsWhere() {
    #expect(throws: JSONError.malformed(.syntax, JSONError.Position(line: 2, column: 7, offset: 11))) {
      try JSONTape(scanning: Array("{\n\"é€\": x}".utf8))
    }
  }
}
