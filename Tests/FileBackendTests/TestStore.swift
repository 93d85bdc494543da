@_spi(Testing) import Authorization
import Backend
import HTTPWire
import NIOCore
import NIOPosix
import S3Model
import S3Wire

@testable import FileBackend

/// What a gateway saw of one request.
struct Outcome: Sendable {
  var response: BackendResponse?
  var body: [UInt8] = []
  var isFinished = false
  var failure: BackendFailure?
  var unwritableCount = 0
  var pieceBytesMax = 0

  var status: UInt16 { response?.status ?? refused?.status ?? 0 }
  var text: String { String(decoding: body, as: UTF8.self) }
  var refused: StoreError? {
    if case .refused(let error)? = failure { return error }
    return nil
  }
  var code: S3ErrorCode? { refused?.code }
  var isNotImplemented: Bool {
    if case .notImplemented? = failure { return true }
    return false
  }
  func header(_ name: FieldName) -> String? { response?.fields.value(name) }

  /// The text of the first element of that name.
  func element(_ name: String) -> String? { elements(name).first }

  func elements(_ name: String) -> [String] {
    text.components(between: "<\(name)>", and: "</\(name)>")
  }
}

extension String {
  func components(between start: String, and end: String) -> [String] {
    var found: [String] = []
    var rest = self[...]
    while let from = rest.firstRange(of: start) {
      rest = rest[from.upperBound...]
      guard let to = rest.firstRange(of: end) else { break }
      found.append(String(rest[..<to.lowerBound]))
      rest = rest[to.upperBound...]
    }
    return found
  }
}

/// Plays the gateway for one request.
final class Gateway: BackendReceiver {
  private let promise: EventLoopPromise<Outcome>
  private(set) var outcome = Outcome()
  var call: (any BackendCall)?
  private(set) var isWritable = true
  var onWritable: (Gateway) -> Void = { _ in }
  var onBody: (Gateway) -> Void = { _ in }

  init(_ promise: EventLoopPromise<Outcome>) { self.promise = promise }

  func backendIsWritable(_ isWritable: Bool) {
    self.isWritable = isWritable
    if isWritable { onWritable(self) } else { outcome.unwritableCount += 1 }
  }

  func backendDidRespond(_ response: BackendResponse) { outcome.response = response }

  func backendDidReceive(_ bytes: ByteBuffer) {
    outcome.pieceBytesMax = max(outcome.pieceBytesMax, bytes.readableBytes)
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

  /// Goes on later, on the same loop.
  func later(_ milliseconds: Int64, _ body: @escaping (Gateway) -> Void) {
    _ = promise.futureResult.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { body(self) }
  }

  func giveUp() { promise.succeed(outcome) }
}

@available(*, unavailable)
extension Gateway: Sendable {}

/// A store in a folder of its own, driven as the gateway drives it.
final class TestStore: Sendable {
  static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

  let folder = TemporaryFolder()
  let backend: FileBackend
  let loop: any EventLoop
  private let client: NIOLoopBoundBox<any BackendClient>

  init(_ change: (inout FileBackend.Options) -> Void = { _ in }) async throws {
    var options = folder.options
    change(&options)
    let backend = try FileBackend(options)
    let loop = Self.group.next()
    self.backend = backend
    self.loop = loop
    client = try await loop.submit { NIOLoopBoundBox(backend.makeClient(on: loop), eventLoop: loop) }.get()
  }

  /// With a bucket `bucket`.
  static func withBucket(_ change: (inout FileBackend.Options) -> Void = { _ in }) async throws -> TestStore {
    let store = try await TestStore(change)
    _ = try await store.run("PUT /bucket")
    return store
  }

  static func request(_ line: String, _ headers: [(String, String)] = []) throws -> S3Request {
    var text = "\(line) HTTP/1.1\r\nHost: gateway\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
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

  /// A key's path, encoded as SDKs do.
  static func path(_ key: String, bucket: String = "bucket") -> String {
    "/\(bucket)/" + String(decoding: PercentEncoding.path(key.utf8), as: UTF8.self)
  }

  /// Runs one request to its end.
  /// - Parameter drive: how the gateway behaves; sends the body and finishes by default.
  func run(
    _ line: String, _ headers: [(String, String)] = [], body: [UInt8]? = nil, document: String? = nil,
    length: UInt64? = nil, drive: (@Sendable (Gateway) -> Void)? = nil
  ) async throws -> Outcome {
    let request = BackendRequest(
      AuthorizedRequest(undecided: try Self.request(line, headers)),
      contentLength: length ?? body.map { UInt64($0.count) }, document: document.map { Array($0.utf8) },
      clientEndpoint: "https://gateway:9000")
    let loop = loop
    let client = client
    return try await loop.flatSubmit {
      let promise = loop.makePromise(of: Outcome.self)
      let gateway = Gateway(promise)
      gateway.call = client.value.start(request, receiver: gateway)
      if let drive {
        drive(gateway)
      } else {
        if let body { gateway.call?.send(ByteBuffer(bytes: body)) }
        gateway.call?.finish()
      }
      return promise.futureResult
    }.get()
  }

  @discardableResult
  func put(_ key: String, _ body: [UInt8], _ headers: [(String, String)] = []) async throws -> Outcome {
    try await run("PUT \(Self.path(key))", headers, body: body)
  }

  func get(_ key: String, _ headers: [(String, String)] = []) async throws -> Outcome {
    try await run("GET \(Self.path(key))", headers)
  }

  /// Files being written.
  var temporaryNames: [[UInt8]] {
    get throws { try FileCalls.names(in: backend.store.temporary) }
  }
}

/// Bytes that differ everywhere, the same for a seed.
func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var random = Seeded(state: seed)
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count + 8)
  while bytes.count < count { withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) } }
  return Array(bytes.prefix(count))
}
