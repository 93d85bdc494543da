import HTTPWire
public import S3Model

/// The `<Error>` document of S3.
///
/// Source: Amazon S3 API Reference, "REST error responses".
public struct S3ErrorDocument: Sendable {
  /// A further element, such as `Region` or `CanonicalRequest`.
  public struct Detail: Hashable, Sendable {
    public var name: String
    public var value: ByteString

    public init(_ name: String, _ value: ByteString) {
      self.name = name
      self.value = value
    }
  }

  /// Such as `NoSuchKey`; a store's own code where AWS has none.
  public var code: String
  public var message: String
  /// Written between Message and RequestId, in order.
  public var details: [Detail] = []
  /// The path that was asked for, as sent; left out where empty.
  public var resource: ByteString = ""
  public var requestID = ""
  /// `x-amz-id-2`.
  public var hostID = ""

  public init(code: String, message: String, details: [Detail] = []) {
    self.code = code
    self.message = message
    self.details = details
  }

  public init(_ code: S3ErrorCode, message: String? = nil, details: [Detail] = []) {
    self.init(
      code: String(describing: code.name), message: message ?? String(describing: code.message), details: details)
  }

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 512)
    writer.open("Error")
    writer.element("Code", code)
    writer.element("Message", message)
    for detail in details where Self.isName(detail.name) {
      writer.append(Array("<\(detail.name)>".utf8))
      writer.text(detail.value.bytes)
      writer.append(Array("</\(detail.name)>".utf8))
    }
    if !resource.isEmpty { writer.element("Resource", resource) }
    writer.element("RequestId", requestID)
    writer.element("HostId", hostID)
    writer.close("Error")
    return writer.bytes
  }

  /// Reads a store's error document; nil when the bytes are none.
  public init?(document: [UInt8]) {
    var error = S3ErrorDocument(code: "", message: "")
    do throws(XMLFault) {
      var reader = try XMLReader(document, limits: XMLLimits(documentBytesMax: 1_048_576, elementsMax: 1000))
      try reader.enter("Error")
      while try reader.nextChild() {
        let name = reader.name
        switch name {
        case "Code": error.code = String(decoding: try reader.text(), as: UTF8.self)
        case "Message": error.message = String(decoding: try reader.text(), as: UTF8.self)
        case "Resource": error.resource = ByteString(try reader.text())
        case "RequestId": error.requestID = String(decoding: try reader.text(), as: UTF8.self)
        case "HostId": error.hostID = String(decoding: try reader.text(), as: UTF8.self)
        default:
          guard error.details.count < 64 else { throw .tooManyElements }
          error.details.append(Detail(name, ByteString(try reader.text())))
        }
      }
      try reader.finish()
    } catch {
      return nil
    }
    guard !error.code.isEmpty else { return nil }
    self = error
  }

  private static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, (first | 0x20) &- 0x61 < 26 else { return false }
    return name.utf8.count <= 64 && name.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || ASCII.isDigit($0) }
  }
}
