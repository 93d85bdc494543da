import NIOCore
import S3Model
import S3Wire
import SigV4

/// A browser's POST upload on its way: fields first, then the file, which becomes a PutObject.
struct FormUpload {
  var parser: PostFormParser
  var form = PostObjectForm()
  /// Body bytes given to the parser.
  var received: UInt64 = 0
  /// Set when the form was signed; anonymous forms are bounded by the gateway's limit alone.
  var verified: VerifiedPostForm?
  /// What the request's Content-Length leaves for the file.
  var fileLength: UInt64 = 0
  var fileBytes: UInt64 = 0
  /// The fields are complete and it is being decided whether the file may come.
  var isDeciding = false
  /// ETag of what was written, for the answer.
  var etag = ""

  init(contentType: ByteString) throws(S3WireError) {
    parser = try PostFormParser(contentType: contentType.bytes)
  }
}
