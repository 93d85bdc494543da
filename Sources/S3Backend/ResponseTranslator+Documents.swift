import Backend
import HTTPWire
import S3Model
import S3Wire

extension ResponseTranslator {
  /// The document of an operation that may fail after it has answered 200, rebuilt where it names the store.
  static func document(
    _ bytes: [UInt8], head: ResponseHead, for request: BackendRequest
  ) -> Result<[UInt8], BackendFailure> {
    // Some stores send spaces while they work, to keep the connection.
    let bytes = Array(bytes.drop(while: ErrorDocument.isSpace))
    do throws(XMLFault) {
      var reader = try XMLReader(bytes)
      try reader.enterRoot()
      if reader.isElement("Error") {
        guard let error = ErrorDocument(bytes) else { return .failure(.malformedResponse(reason: "an error document")) }
        return .failure(ErrorResponse.failure(error, head: head, request: request))
      }
      guard request.request.operation == .completeMultipartUpload else {
        try reader.skip()
        try reader.finish()
        return .success(bytes)
      }
      // Whatever its root is called: stores differ, and no SDK looks at it.
      return .success(try completed(&reader, request))
    } catch {
      return .failure(.malformedResponse(reason: "the answer's document: \(error)"))
    }
  }

  /// Source: Amazon S3 API Reference, CompleteMultipartUpload, "Response Elements".
  private static func completed(_ reader: inout XMLReader, _ request: BackendRequest) throws(XMLFault) -> [UInt8] {
    var values: [(name: StaticString, value: [UInt8])] = []
    while try reader.nextChild() {
      if let name = completedElements.first(where: { reader.isElement($0) }) {
        values.append((name, try reader.text()))
      } else {
        try reader.skip()
      }
    }
    try reader.finish()
    var writer = XMLWriter()
    writer.open("CompleteMultipartUploadResult", namespace: XMLWriter.s3Namespace)
    writer.element("Location", location(request))
    for (name, value) in values { writer.element(name, value) }
    writer.close("CompleteMultipartUploadResult")
    return writer.bytes
  }

  private static let completedElements: [StaticString] = [
    "Bucket", "Key", "ETag", "ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1", "ChecksumSHA256",
    "ChecksumSHA512", "ChecksumMD5", "ChecksumXXHASH64", "ChecksumXXHASH3", "ChecksumXXHASH128", "ChecksumType",
  ]

  /// Where the client finds the object: at the gateway.
  private static func location(_ request: BackendRequest) -> [UInt8] {
    var location = Array(request.clientEndpoint.utf8)
    location.append(0x2F)
    location.append(contentsOf: PercentEncoding.path((request.request.bucket ?? "").utf8))
    location.append(0x2F)
    location.append(contentsOf: PercentEncoding.path(request.request.key?.bytes ?? []))
    return location
  }
}
