import S3Model
import S3Wire

/// An error as the client sees it, whatever document it is written into.
struct ErrorReply {
  var code: S3ErrorCode
  /// A store's own code that AWS does not have.
  var foreignCode: String?
  var status: UInt16
  var message: String
  /// Further elements of the S3 error document, in order.
  var details: [(name: String, value: String)] = []

  init(
    _ code: S3ErrorCode, _ message: String? = nil, status: UInt16? = nil, details: [(name: String, value: String)] = []
  ) {
    self.code = code
    self.status = status ?? code.status
    self.message = message ?? String(describing: code.message)
    self.details = details
  }

  var codeName: String { foreignCode ?? String(describing: code.name) }

  /// The document for the service that was asked.
  /// - Parameter resource: the path as sent.
  func document(_ service: Service, resource: ByteString, requestID: RequestID, hostID: String) -> [UInt8] {
    switch service {
    case .s3:
      var document = S3ErrorDocument(
        code: codeName, message: message, details: details.map { .init($0.name, ByteString($0.value)) })
      document.resource = resource
      document.requestID = requestID.text
      document.hostID = hostID
      return document.document
    case .sts, .iam:
      return QueryErrorDocument(
        service: service == .sts ? .sts : .iam, code: codeName, message: message, isSendersFault: status < 500,
        requestID: requestID.text
      ).document
    }
  }
}
