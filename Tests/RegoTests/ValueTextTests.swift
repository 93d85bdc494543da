import JSON
import Rego
import Testing

@Suite struct ValueTextTests {
  /// What OPA 1.20 prints for json.marshal and sprintf("%v").
  @Test func writesAsOPA() throws {
    let value = Value.object(
      ValueObject([
        ("a", "<>&\u{2028}\u{7f}\u{1}\u{8}\u{c}"), ("z", .set(ValueSet([3, 1]))), (1, 2), ([1], .set(ValueSet(["x"]))),
      ]))
    #expect(
      value.jsonText
        == Text(#"{"1":2,"[1]":["x"],"a":"\u003c\u003e\u0026\u2028"# + "\u{7f}" + #"\u0001\b\f","z":[1,3]}"#))
    let json = #"{"a":1.0,"b":[1,{},[],null,"x\ny\u2028é"],"c":1e2}"#
    #expect(try Value(json: json).termText == Text(#"{"a": 1.0, "b": [1, {}, [], null, "x\ny\u2028é"], "c": 1e2}"#))
    #expect(Value.set(.empty).description == "set()")
    #expect(Value.string(Text(bytes: [0xFF, 0x07, 0x7F, 0x22])).description == #""\xff\a\x7f\"""#)
  }

  @Test(arguments: [
    #"{"a":[1,-2,3.50,1E5],"b":{"c":null,"d":[true,false]},"e":""}"#, "[]", "{}", "\"é\"",
    "123456789012345678901234567890",
  ])
  func roundTrips(_ text: String) throws { #expect(try Value(json: text).jsonText == Text(text)) }

  @Test func sortsMembersHoweverWritten() throws {
    let names = (0..<100).map { "k\($0 * 37 % 100)" }
    for count in [2, 10, 24, 25, 100] {
      let text = "{" + names.prefix(count).map { "\"\($0)\":\"\($0)\"" }.joined(separator: ",") + "}"
      guard case .object(let object) = try Value(json: text) else { throw JSONError.tooDeep(depthMax: 0) }
      #expect(object.keys == object.keys.sorted())
      #expect(object.keys == object.values)
      #expect(object.count == count)
    }
  }

  @Test func lastOfOneNameCountsWhenAskedTo() throws {
    let options = JSONTape.Options(refusesDuplicates: false)
    #expect(try Value(json: #"{"a":1,"b":2,"a":3}"#, options: options).jsonText == Text(#"{"a":3,"b":2}"#))
    #expect(throws: JSONError.self) { try Value(json: #"{"a":1,"b":2,"a":3}"#) }
  }

  @Test func refusesNumbersThatAreTooBig() {
    #expect(throws: JSONError.malformed(.numberOverflow, JSONError.Position(line: 1, column: 2, offset: 1))) {
      try Value(json: "[1e1000000000]")
    }
  }
}
