@_spi(Testing) import Authorization
import Backend
import HTTPWire
import Logging
import NIOCore
import NIOPosix
import S3Backend
import S3Model
import S3Wire
import SigV4

/// What a gateway saw of one request.
struct Outcome: Sendable {
  var response: BackendResponse?
  var body: [UInt8] = []
  var isFinished = false
  var failure: BackendFailure?
  var unwritableCount = 0

  var text: String { String(decoding: body, as: UTF8.self) }
  var refused: StoreError? {
    if case .refused(let error)? = failure { return error }
    return nil
  }
}

/// Plays the gateway for one request.
final class Gateway: BackendReceiver {
  private let promise: EventLoopPromise<Outcome>
  private(set) var outcome = Outcome()
  /// Called on the response head, before anything else arrives.
  var onRespond: (Gateway) -> Void = { _ in }
  var onBody: (Gateway) -> Void = { _ in }
  var call: (any BackendCall)?
  private(set) var isWritable = true
  var onWritable: (Gateway) -> Void = { _ in }
  var loop: (any EventLoop)? { promise.futureResult.eventLoop }

  init(_ promise: EventLoopPromise<Outcome>) { self.promise = promise }

  func backendIsWritable(_ isWritable: Bool) {
    self.isWritable = isWritable
    if isWritable { onWritable(self) } else { outcome.unwritableCount += 1 }
  }

  func backendDidRespond(_ response: BackendResponse) {
    outcome.response = response
    onRespond(self)
  }

  func backendDidReceive(_ bytes: ByteBuffer) {
    outcome.body.append(contentsOf: bytes.readableBytesView)
    onBody(self)
  }

  func backendDidFinish() {
    outcome.isFinished = true
    promise.succeed(outcome)
  }

  func backendDidFail(_ failure: BackendFailure) {
    outcome.failure = failure
    promise.succeed(outcome)
  }

  func giveUp() { promise.succeed(outcome) }
}

@available(*, unavailable)
extension Gateway: Sendable {}

/// One event loop's client of one backend, driven from async tests.
struct Exchange: Sendable {
  let backend: S3Backend
  let eventLoop: any EventLoop
  private let client: NIOLoopBoundBox<any BackendClient>

  init(_ configuration: S3BackendConfiguration, on group: any EventLoopGroup) async throws {
    let backend = try S3Backend(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let loop = group.next()
    self.backend = backend
    eventLoop = loop
    client = try await loop.submit { NIOLoopBoundBox(backend.makeClient(on: loop), eventLoop: loop) }.get()
  }

  func shutdown() async throws {
    try await eventLoop.submit { client.value.shutdown() }.get()
  }

  /// A request as the S3 parser makes it.
  static func request(_ line: String, _ headers: [String: String] = [:]) throws -> S3Request {
    var text = "\(line) HTTP/1.1\r\nHost: gateway\r\n"
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
    text += "\r\n"
    var head = RequestHead()
    var parser = RequestHeadParser(limits: HeadLimits())
    let bytes = Array(text.utf8)
    let result = bytes.withUnsafeBytes { bytes -> Result<Int?, HTTPParseError> in
      do throws(HTTPParseError) { return .success(try parser.parse(bytes, into: &head)) } catch {
        return .failure(error)
      }
    }
    guard try result.get() == bytes.count else { throw HTTPParseError.malformedStartLine }
    return try S3RequestParser().parse(head)
  }

  /// Runs one request to its end.
  /// - Parameter drive: how the gateway behaves; sends the body and finishes by default.
  func run(
    _ line: String, headers: [String: String] = [:], body: [UInt8]? = nil, document: [UInt8]? = nil,
    length: UInt64? = nil,
    drive: (@Sendable (Gateway) -> Void)? = nil
  ) async throws -> Outcome {
    try await run(
      Self.request(line, headers), body: body, document: document, length: length, drive: drive)
  }

  func run(
    _ request: S3Request, body: [UInt8]? = nil, document: [UInt8]? = nil, length: UInt64? = nil,
    drive: (@Sendable (Gateway) -> Void)? = nil
  ) async throws -> Outcome {
    let backendRequest = BackendRequest(
      AuthorizedRequest(undecided: request), contentLength: length ?? body.map { UInt64($0.count) }, document: document,
      clientEndpoint: "https://gateway:9000")
    return try await eventLoop.flatSubmit {
      let promise = eventLoop.makePromise(of: Outcome.self)
      let gateway = Gateway(promise)
      gateway.call = client.value.start(backendRequest, receiver: gateway)
      if let drive {
        drive(gateway)
      } else {
        if let body { gateway.call?.send(ByteBuffer(bytes: body)) }
        gateway.call?.finish()
      }
      return promise.futureResult
    }.get()
  }
}

extension S3BackendConfiguration {
  /// The store on loopback, with limits that a busy machine keeps; ``impatient`` for those that a test waits for.
  static func test(port: Int, scheme: Scheme = .http) -> S3BackendConfiguration {
    var configuration = S3BackendConfiguration(
      name: "test", scheme: scheme, host: "127.0.0.1", port: port,
      secret: SigningSecret(accessKeyID: "BACKENDKEY", secretAccessKey: Array("backend-secret".utf8), revision: 1))
    configuration.limits.connectTimeout = .seconds(30)
    configuration.limits.responseTimeout = .seconds(30)
    configuration.limits.idleTimeout = .seconds(30)
    configuration.limits.continueTimeout = .milliseconds(200)
    configuration.limits.queueTimeout = .seconds(30)
    return configuration
  }

  var impatient: Self {
    var configuration = self
    configuration.limits.connectTimeout = .seconds(2)
    configuration.limits.responseTimeout = .milliseconds(400)
    configuration.limits.idleTimeout = .milliseconds(400)
    return configuration
  }
}

let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func errorDocument(_ status: Int, _ code: String, _ more: String = "") -> String {
  let xml = "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>store's own words</Message>\(more)</Error>"
  return "HTTP/1.1 \(status) X\r\nContent-Type: application/xml\r\nContent-Length: \(xml.utf8.count)\r\n\r\n\(xml)"
}
