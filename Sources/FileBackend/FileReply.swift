import Backend
import HTTPWire
import NIOCore

/// What a job on the pool hands back: the head, the first piece of the body, and where the rest comes from.
struct FileReply: Sendable {
  var response: BackendResponse
  var body: ByteBuffer?
  var reader: ObjectReader?

  init(_ response: BackendResponse, body: ByteBuffer? = nil, reader: ObjectReader? = nil) {
    self.response = response
    self.body = body
    self.reader = reader
  }

  /// A complete answer.
  init(status: UInt16 = 200, fields: ResponseFields = ResponseFields(), body: [UInt8] = []) {
    response = BackendResponse(status: status, fields: fields, contentLength: UInt64(body.count))
    self.body = body.isEmpty ? nil : ByteBuffer(bytes: body)
  }
}

/// What a request takes, as jobs for the pool.
enum FileWork: Sendable {
  /// Runs until it replies; nil asks for another turn after others had theirs.
  /// - Parameter abandon: removes what a call that ended early leaves; runs on the pool too.
  case steps(@Sendable () throws(BackendFailure) -> FileReply?, abandon: (@Sendable () -> Void)? = nil)
  /// Takes a body of known length.
  case upload(length: UInt64, prepare: @Sendable () throws(BackendFailure) -> PreparedUpload)
}

/// A file that takes a body, and what makes it an object or a part.
struct PreparedUpload: Sendable {
  let writer: ObjectWriter
  let commit: @Sendable (ObjectWriter) throws(BackendFailure) -> FileReply
}

extension FileReply {
  /// An XML document.
  init(document: [UInt8], fields: ResponseFields = ResponseFields()) {
    var fields = fields
    fields.append(.contentType, "application/xml")
    self.init(fields: fields, body: document)
  }
}
