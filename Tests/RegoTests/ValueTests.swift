import Rego
import Testing

@Suite struct ValueTests {
  @Test func fitsSixteenBytes() {
    #expect(MemoryLayout<Value>.size == 16)
  }

  @Test func ordersAcrossTypes() {
    let ordered: [Value] = [
      .null, false, true, -1, 2, "", "a", "ab", "b", [], [1], [1, 2], [2], .object(.empty),
      .object(ValueObject([("a", 1)])),
      .set(.empty), .set(ValueSet([1])),
    ]
    #expect(ordered.shuffled().sorted() == ordered)
  }

  @Test func findsKeysInLargeObjects() {
    let object = ValueObject((0..<1000).map { (Value.string(Text("key-of-some-length-\($0)")), Value.integer($0)) })
    for number in 0..<1000 {
      #expect(object[.string(Text("key-of-some-length-\(number)"))] == .integer(Int64(number)))
    }
    #expect(object["key-of-some-length-1000"].isUndefined)
  }

  /// A composed and a decomposed letter are two strings to OPA and one to Swift.
  @Test func comparesTextAsBytes() {
    #expect(Value.string(Text("caf\u{e9}")) != Value.string(Text("cafe\u{301}")))
  }
}
