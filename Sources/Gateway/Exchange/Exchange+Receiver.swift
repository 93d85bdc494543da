import Backend
import HTTPWire
import NIOCore
import S3Model

/// What comes back from the store for a request that is passed through.
extension Exchange: BackendReceiver {
  func backendIsWritable(_ isWritable: Bool) {
    switch body.destination {
    case .stream, .form: connection?.setBodyReading(isWritable)
    case .none, .collect: break
    }
  }

  func backendDidRespond(_ response: BackendResponse) {
    upstreamFirstByte = .now() - upstreamStart
    if body.form != nil {
      body.form?.etag = response.fields.value(.etag) ?? ""
      return
    }
    var fields = response.fields
    if request?.operation == .headBucket, fields.value(.xAmzBucketRegion) == nil {
      fields.append(.xAmzBucketRegion, snapshot.region.bytes)
    }
    beginResponse(status: response.status, fields: fields.bytes, contentLength: response.contentLength)
  }

  func backendDidReceive(_ bytes: ByteBuffer) {
    if body.form != nil { return }
    writeBody(bytes)
    // What has come is sent now, except the end, which goes with the end of the response.
    if response.remaining != 0 { connection?.flush() }
  }

  func backendDidFinish() {
    call = nil
    didServe()
    if body.form != nil { respondToForm() } else { endResponse() }
  }

  func backendDidFail(_ failure: BackendFailure) {
    call = nil
    if upstreamFirstByte == nil { upstreamFirstByte = .now() - upstreamStart }
    if asksWhetherHidden(failure) { return }
    if hidesMissingKey(failure) {
      fail(.missingKey)
    } else {
      fail(.backend(failure))
    }
  }
}
