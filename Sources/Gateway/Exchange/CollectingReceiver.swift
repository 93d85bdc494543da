import Backend
import NIOCore

/// Collects a store's bounded answer for something the gateway does itself: merging lists, reading tags or CORS rules.
final class CollectingReceiver: BackendReceiver {
  typealias Completion = (Result<(response: BackendResponse, body: [UInt8]), BackendFailure>) -> Void

  private let bytesMax: Int
  private var response: BackendResponse?
  private var body: [UInt8] = []
  private var completion: Completion?
  private var call: (any BackendCall)?

  /// - Parameter completion: called once, unless cancelled.
  init(bytesMax: Int, completion: @escaping Completion) {
    self.bytesMax = bytesMax
    self.completion = completion
  }

  /// Starts a request without a streamed body.
  func start(_ request: BackendRequest, on client: any BackendClient) -> any BackendCall {
    let call = client.start(request, receiver: self)
    self.call = call
    call.finish()
    return call
  }

  private func complete(_ result: Result<(response: BackendResponse, body: [UInt8]), BackendFailure>) {
    call = nil
    let completion = self.completion
    self.completion = nil
    completion?(result)
  }

  func backendIsWritable(_ isWritable: Bool) {}

  func backendDidRespond(_ response: BackendResponse) {
    self.response = response
  }

  func backendDidReceive(_ bytes: ByteBuffer) {
    guard body.count + bytes.readableBytes <= bytesMax else {
      call?.cancel()
      complete(.failure(.malformedResponse(reason: "the answer is longer than \(bytesMax) bytes")))
      return
    }
    body.append(contentsOf: bytes.readableBytesView)
  }

  func backendDidFinish() {
    guard let response else {
      complete(.failure(.malformedResponse(reason: "no response")))
      return
    }
    complete(.success((response, body)))
  }

  func backendDidFail(_ failure: BackendFailure) {
    complete(.failure(failure))
  }
}
