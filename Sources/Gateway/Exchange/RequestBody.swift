import NIOCore
import SigV4

/// Where an exchange's request body goes, and what has been seen of it.
struct RequestBody {
  enum Destination {
    /// Not wanted: drained by the connection once the response is out.
    case none
    /// Into ``RequestBody/collected``, bounded; the stage that waits goes on when it is complete and verified.
    case collect(bytesMax: Int, then: Exchange.Stage)
    /// To the store, the last piece withheld until the body is verified.
    case stream
    /// Into ``RequestBody/form``, and its file to the store.
    case form
  }

  var destination = Destination.none
  var form: FormUpload?
  /// Checks digest, chunk signatures, trailers and length while the bytes pass.
  var decoder: PayloadDecoder?
  /// Wire bytes of the body so far.
  var received: UInt64 = 0
  var collected: [UInt8] = []
  /// The last piece of a streamed body: not sent before everything is verified.
  var withheld: ByteBuffer?
  var isComplete = false
}
