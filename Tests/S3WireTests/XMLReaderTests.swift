import S3Wire
import Testing

@Suite struct XMLReaderTests {
  /// The text of `<a>`'s only child `<b>`.
  private func text(_ document: String, limits: XMLLimits = XMLLimits()) throws(XMLFault) -> String {
    var reader = try XMLReader(Array(document.utf8), limits: limits)
    try reader.enter("a")
    guard try reader.nextChild(), reader.isElement("b") else { throw .missingElement }
    let text = try reader.text()
    guard try !reader.nextChild() else { throw .unexpectedElement }
    try reader.finish()
    return String(decoding: text, as: UTF8.self)
  }

  @Test(arguments: [
    ("<a><b>x</b></a>", "x"), ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n <b> x </b>\n</a>\n", " x "),
    ("<a xmlns='http://s3.amazonaws.com/doc/2006-03-01/'><b/></a>", ""), ("<n:a xmlns:n=\"u\"><n:b>x</n:b></n:a>", "x"),
    ("<a><b>&lt;&amp;&gt;&quot;&apos;</b></a>", "<&>\"'"), ("<a><b>&#65;&#x42;&#x20AC;</b></a>", "AB€"),
    ("<a><b>&#x1;</b></a>", "\u{1}"), ("<a><b><![CDATA[<&]]>z</b></a>", "<&z"),
    ("<a><!-- c --><b>x<!-- d -->y</b></a>", "xy"),
    ("<a><b>1\r\n2\r3</b></a>", "1\n2\n3"), ("<a><b>1&#13;2</b></a>", "1\r2"), ("\u{FEFF}<a><b>x</b></a>", "x"),
    ("<a><b attribute = 'v&amp;w' other=\"\" >x</b ></a>", "x"),
  ])
  func reads(document: String, expected: String) throws {
    #expect(try text(document) == expected)
  }

  @Test(arguments: [
    ("<!DOCTYPE a><a><b/></a>", XMLFault.documentType),
    ("<!DOCTYPE a [<!ENTITY e 'x'>]><a><b>&e;</b></a>", .documentType),
    ("<a><b>&e;</b></a>", .unknownEntity), ("<a><b>&#0;</b></a>", .invalidCharacter),
    ("<a><b>&#xD800;</b></a>", .invalidCharacter),
    ("<a><b>&#x110000;</b></a>", .invalidCharacter), ("<a><?php x?><b/></a>", .processingInstruction),
    ("<?xml-stylesheet href='x'?><a><b/></a>", .processingInstruction), ("<a><b></a></b>", .malformed),
    ("<a><b>x</b>", .unexpectedEnd), ("<a><b>x</b></a><a/>", .malformed), ("<a><b>x</b></a>x", .unexpectedText),
    ("<a>x<b/></a>", .unexpectedText), ("<a><b x='1' x='2'/></a>", .malformed), ("<a><b x=1/></a>", .malformed),
    ("<a><b>\u{1}</b></a>", .invalidCharacter), ("<a><b>x]]>y</b></a>", .malformed), ("", .missingElement),
    ("x", .unexpectedText),
    ("<a><b>&lt</b></a>", .malformed), ("<a><b>&#x;</b></a>", .malformed), ("<a><b>&</b></a>", .malformed),
    ("<?xml version='1.0' encoding='UTF-16'?><a><b/></a>", .unsupportedEncoding),
    ("<a><b><c/></b></a>", .unexpectedElement),
    ("<a><b x='<'/></a>", .malformed), ("<a><b><![CDATA[x</b></a>", .unexpectedEnd),
    ("<a><!-- -- --><b/></a>", .malformed),
  ])
  func refuses(document: String, fault: XMLFault) {
    #expect(throws: fault) { try text(document) }
  }

  @Test func refusesInvalidUTF8() {
    #expect(throws: XMLFault.notUTF8) { try XMLReader([0x3C, 0x61, 0x3E, 0xFF, 0x3C, 0x2F, 0x61, 0x3E]) }
  }

  @Test func isBounded() {
    var limits = XMLLimits(documentBytesMax: 64, elementsMax: 3)
    #expect(throws: XMLFault.tooLarge) {
      try text("<a><b>" + String(repeating: "x", count: 64) + "</b></a>", limits: limits)
    }
    limits.documentBytesMax = 4096
    limits.textBytesMax = 8
    #expect(throws: XMLFault.textTooLong) { try text("<a><b>123456789</b></a>", limits: limits) }
    limits.depthMax = 2
    #expect(throws: XMLFault.tooDeep) { try text("<a><b><c/></b></a>", limits: limits) }
    limits.depthMax = 8
    #expect(throws: XMLFault.tooManyElements) {
      var reader = try XMLReader(Array("<a><b/><b/><b/></a>".utf8), limits: limits)
      try reader.enterRoot()
      try reader.skip()
    }
  }

  /// What the writer writes, the reader reads, whatever the bytes.
  @Test func keysRoundTrip() throws {
    for key in ["a&b<c>\"'", "tab\tline\nreturn\r", "\u{1}\u{1F}\u{7F}", "é€😀", " spaces  ", "]]>"] {
      var writer = XMLWriter()
      writer.open("a")
      writer.element("b", key)
      writer.close("a")
      #expect(try text(String(decoding: writer.bytes, as: UTF8.self)) == key)
    }
  }

  /// Every prefix and every one-byte change of a document is read or refused, and nothing else.
  @Test func survivesDamage() {
    let document = Array("<?xml version=\"1.0\"?><a x='1'><b>&#65;&amp;<![CDATA[z]]></b><!--c--></a>".utf8)
    var read = 0
    for end in 0...document.count {
      if (try? walk(Array(document[..<end]))) != nil { read += 1 }
    }
    #expect(read == 1)
    for index in document.indices {
      for byte in [0x00, 0x26, 0x3C, 0x3E, 0x2F, 0x5D, 0xFF] as [UInt8] {
        var damaged = document
        damaged[index] = byte
        _ = try? walk(damaged)
      }
    }
  }

  private func walk(_ bytes: [UInt8]) throws(XMLFault) {
    var reader = try XMLReader(bytes)
    try reader.enterRoot()
    try reader.skip()
    try reader.finish()
  }
}
