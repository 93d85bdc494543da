import Backend
import HTTPWire
import Testing

@Suite struct ResponseFieldsTests {
  @Test func serializesLines() {
    var fields = ResponseFields()
    fields.append(.etag, "\"abc\"")
    fields.append(name: "x-amz-meta-color".utf8, value: "blue".utf8)
    #expect(String(decoding: fields.bytes, as: UTF8.self) == "etag: \"abc\"\r\nx-amz-meta-color: blue\r\n")
    #expect(fields.value(.etag) == "\"abc\"")
    #expect(fields.value(.contentType) == nil)
  }

  @Test func noLineBreakEntersAValue() {
    var fields = ResponseFields()
    fields.append(.contentType, "text/plain\r\nset-cookie: stolen\u{0}")
    #expect(String(decoding: fields.bytes, as: UTF8.self) == "content-type: text/plain  set-cookie: stolen \r\n")
  }
}
