import Audit
import Backend
import GatewayTesting
import HTTPWire
import Identity
import Logging
import NIOCore
import NIOEmbedded
import S3Model
import STS
import Settings
import SigV4
import Testing

@testable import Gateway

/// The wall clock of a test.
final class TestClock {
  var now = UnixTime(seconds: 1_780_000_000)
}

/// A client's connection to a gateway whose clock and store the test holds in its hands. The client is root.
final class ClientConnection {
  let clock = TestClock()
  let store = RecordingStore()
  let worker: Worker
  private let folder: TemporaryFolder
  private let channel: EmbeddedChannel
  private let root: SigningSecret
  private let ring: KeyRing

  /// - Parameter settings: further lines of YAML.
  init(settings lines: String = "") throws {
    folder = try TemporaryFolder()
    let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let settings = try GatewaySettings(
      yaml: """
        data: \(folder.path)
        audit: {output: off}
        default_backend: store
        backends: {store: {type: file, path: \(folder.path)}}
        \(lines)
        """)
    let credentials = try RootCredentials.loadOrCreate(
      dataDirectory: folder.path,
      environment: ["MARTLET_ROOT_ACCESS_KEY": "ROOTROOTROOTROOT", "MARTLET_ROOT_SECRET_KEY": Self.rootSecret])
    root = SigningSecret(
      accessKeyID: credentials.accessKeyID, secretAccessKey: Array(Self.rootSecret.utf8), revision: 1)
    ring = try KeyRing.loadOrCreate(path: folder.path + "/ring.json", now: 0)
    let identities = try IdentityDirectory(settings, root: credentials, sealer: ring.sealer)
    let snapshot = Snapshot(
      revision: 1, settings: settings, identities: identities, authorization: identities.authorization, keyRing: ring,
      routes: BackendRoutes(settings: settings, backends: [store]))
    let keeper = SnapshotKeeper(
      snapshot: snapshot, rules: BucketRules(), folders: BucketRuleFolders(data: folder.path), log: log)
    let eventLoop = EmbeddedEventLoop()
    let clock = self.clock
    worker = Worker(
      eventLoop: eventLoop, keeper: keeper, audit: try AuditSink(settings.audit, log: log),
      limiter: ConnectionLimiter(), hostID: [], seed: 1, log: log, clock: { clock.now })
    let facts = ConnectionFacts(peer: IPAddress("192.0.2.1"), peerText: "192.0.2.1", isTrustedProxy: false)
    facts.tlsVersion = "1.3"
    channel = EmbeddedChannel(handler: HTTPConnectionHandler(worker: worker, facts: facts) {}, loop: eventLoop)
    try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
  }

  private static let rootSecret = "K7q2mZ9xW4vB8nT1rY6uP3sD5fG0hJ2kL4aQ"

  /// A session of root.
  func session(seconds: Int64) throws -> SealedSession {
    let seed = try #require(SessionSeed((0..<SessionSeed.byteCount).map { UInt8(truncatingIfNeeded: $0) }))
    let account = worker.snapshot.accountID
    return try SealedSession(
      SessionToken(
        kind: .userSession, accessKeyID: seed.accessKeyID, principalID: account, issuingKeyID: root.accessKeyID,
        issuedMilliseconds: clock.now.milliseconds, expirySeconds: clock.now.seconds + seconds),
      seed: seed, keyID: ring.sealing.id, key: ring.sealing.key)
  }

  /// Sends a signed head; the body follows in ``send(_:)``.
  /// - Parameter headers: signed ones; sorted.
  func begin(
    _ method: StaticString, _ path: String, query: String = "", contentLength: Int, session: SealedSession? = nil,
    headers: [SignedHeader] = []
  ) throws {
    let secret =
      session.map { SigningSecret(accessKeyID: $0.accessKeyID, secretAccessKey: $0.secretAccessKey.bytes, revision: 2) }
      ?? root
    let signer = RequestSigner(secret: secret, region: "us-east-1", sessionToken: session?.token)
    let target = query.isEmpty ? path : "\(path)?\(query)"
    var lines = Array("\(method) \(target) HTTP/1.1\r\nhost: localhost\r\ncontent-length: \(contentLength)\r\n".utf8)
    for header in headers { lines += header.name.bytes + [0x3A] + header.value.bytes + [0x0D, 0x0A] }
    try Array(path.utf8).withUnsafeBufferPointer { path in
      try Array(query.utf8).withUnsafeBufferPointer { query in
        try signer.sign(
          method: method, path: path, query: query, headers: [SignedHeader("host", "localhost")] + headers,
          payload: .unsigned, date: SigningDate(unixSeconds: clock.now.seconds), scratch: SigningScratch(), to: &lines)
      }
    }
    try send(String(decoding: lines, as: UTF8.self) + "\r\n")
  }

  func send(_ text: String) throws {
    try channel.writeInbound(ByteBuffer(string: text))
    channel.embeddedEventLoop.run()
  }

  /// Time goes by on the event loop.
  func wait(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }

  func close() { channel.pipeline.fireChannelInactive() }

  var isOpen: Bool { channel.isActive }

  /// What the gateway has answered since the last call.
  func answer() throws -> String {
    var text = ""
    while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
    return text
  }
}

/// A store that notes what it is told and answers 200 when a request is finished.
final class RecordingStore: StorageBackend, @unchecked Sendable {
  // Unchecked: one test, one thread.
  enum Event: Equatable {
    case started(S3Operation), sent(bytes: Int), finished, cancelled
  }

  let name = "store"
  let isByteExact = true
  fileprivate(set) var events: [Event] = []
  /// Whether requests that are finished wait for ``answer(_:)`` or ``refuse(_:)``.
  var holdsAnswers = false
  fileprivate var held: Call?

  func answer(_ document: String) { held?.answer(document) }
  func refuse(_ failure: BackendFailure) { held?.refuse(failure) }

  func makeClient(on eventLoop: any EventLoop) -> any BackendClient { Client(self, eventLoop) }
  func isReady() -> Bool { true }

  fileprivate final class Client: BackendClient {
    let store: RecordingStore
    let eventLoop: any EventLoop

    init(_ store: RecordingStore, _ eventLoop: any EventLoop) {
      self.store = store
      self.eventLoop = eventLoop
    }

    func start(_ request: BackendRequest, receiver: any BackendReceiver) -> any BackendCall {
      store.events.append(.started(request.request.operation))
      return Call(self, receiver)
    }

    func shutdown() {}
  }

  fileprivate final class Call: BackendCall {
    private let client: Client
    private var receiver: (any BackendReceiver)?

    init(_ client: Client, _ receiver: any BackendReceiver) {
      self.client = client
      self.receiver = receiver
    }

    func send(_ bytes: ByteBuffer) { client.store.events.append(.sent(bytes: bytes.readableBytes)) }

    func finish() {
      client.store.events.append(.finished)
      guard !client.store.holdsAnswers else {
        client.store.held = self
        return
      }
      let bound = NIOLoopBound(self, eventLoop: client.eventLoop)
      client.eventLoop.execute { bound.value.answer("") }
    }

    func answer(_ document: String) {
      guard let receiver else { return }
      self.receiver = nil
      receiver.backendDidRespond(
        BackendResponse(status: 200, fields: ResponseFields(), contentLength: UInt64(document.utf8.count)))
      if !document.isEmpty { receiver.backendDidReceive(ByteBuffer(string: document)) }
      receiver.backendDidFinish()
    }

    func refuse(_ failure: BackendFailure) {
      let receiver = self.receiver
      self.receiver = nil
      receiver?.backendDidFail(failure)
    }

    func cancel() {
      client.store.events.append(.cancelled)
      receiver = nil
    }

    func setReading(_ isReading: Bool) {}
  }
}
