import NIOCore
import S3Model

/// What has been written of an exchange's response.
struct ResponseState {
  var status: UInt16 = 0
  var hasBegun = false
  var isOver = false
  var isChunked = false
  /// Body bytes announced and not yet written; nil when not announced.
  var remaining: UInt64?
  var bytesSent: UInt64 = 0
  /// The head, waiting for the first body piece so that both leave in one record.
  var pending: ByteBuffer?
  var errorCode: S3ErrorCode?
  /// The head is sent, and nothing of the document but its declaration and white space.
  var isShowingLife = false
  var signOfLife: Scheduled<Void>?
  /// Lines the gateway adds to whatever comes back, such as CORS headers.
  var extraFields: [UInt8] = []
}
