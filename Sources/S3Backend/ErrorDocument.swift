import HTTPWire
import S3Wire

/// A store's `<Error>` document, as much of it as may be told to a client.
struct ErrorDocument {
  /// A name: letters, digits, dots; at most 64.
  var code: String
  /// Nil when the store gave none.
  var message: String?
  var details: [(name: String, value: String)] = []
  /// Where the store would have the request sent; for the log.
  var region: String?
  var endpoint: String?

  /// Nil when the bytes are no error document.
  init?(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return nil }
    do throws(XMLFault) {
      // Some stores send spaces while they work, to keep the connection.
      var reader = try XMLReader(Array(bytes.drop(while: Self.isSpace)), limits: Self.limits)
      try reader.enter("Error")
      code = ""
      while try reader.nextChild() { try readChild(&reader) }
      try reader.finish()
    } catch {
      return nil
    }
    guard Self.isName(code) else { return nil }
  }

  private static let limits = XMLLimits(documentBytesMax: 1_048_576, elementsMax: 1000)
  private static let textBytesMax = 1024

  private mutating func readChild(_ reader: inout XMLReader) throws(XMLFault) {
    let name = reader.name
    switch name {
    case "Code": code = String(decoding: try reader.text(), as: UTF8.self)
    case "Message": message = Self.printable(try reader.text())
    case "Region": region = Self.printable(try reader.text())
    case "Endpoint": endpoint = Self.printable(try reader.text())
    // What else S3 says about an error, and nothing that names the store, its request or its caller.
    case "ActualObjectSize", "ArgumentName", "ArgumentValue", "BucketName", "Condition", "ETag", "Header", "Key",
      "MaxMessageLengthBytes", "MaxSizeAllowed", "Method", "MinSizeAllowed", "PartNumber", "ProposedSize",
      "RangeRequested", "ResourceType", "UploadId", "VersionId":
      details.append((name, Self.printable(try reader.text())))
    default: try reader.skip()
    }
  }

  private static func printable(_ text: [UInt8]) -> String {
    String(decoding: text.prefix(textBytesMax).map { ASCII.isFieldValue($0) ? $0 : 0x20 }, as: UTF8.self)
  }

  static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || ASCII.isDigit($0) || $0 == 0x2E || $0 == 0x5F }
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
