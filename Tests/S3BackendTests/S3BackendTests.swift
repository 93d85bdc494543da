import Backend
import NIOCore
import NIOPosix
import S3Backend
import S3Model
import Testing

/// Against a real server on a real socket.
@Suite(.serialized) struct S3BackendTests {
  static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

  private func start(
    impatiently: Bool = false, _ script: @escaping TestStore.Script
  ) async throws -> (TestStore, Exchange) {
    let store = try await TestStore(group: Self.group, script: script)
    let configuration = S3BackendConfiguration.test(port: store.port)
    return (store, try await Exchange(impatiently ? configuration.impatient : configuration, on: Self.group))
  }

  @Test func servesGet() async throws {
    let (store, exchange) = try await start { _ in
      [
        .write(
          "HTTP/1.1 200 OK\r\nServer: secret\r\nETag: \"abc\"\r\nx-amz-meta-color: blue\r\nSet-Cookie: a=b\r\n"
            + "x-amz-request-id: theirs\r\nx-amz-version-id: 3\r\nContent-Length: 5\r\n\r\nhello")
      ]
    }
    let outcome = try await exchange.run("GET /bucket/key")
    #expect(outcome.isFinished && outcome.response?.status == 200 && outcome.response?.contentLength == 5)
    #expect(outcome.text == "hello")
    let fields = try #require(outcome.response?.fields)
    #expect(
      String(decoding: fields.bytes, as: UTF8.self)
        == "etag: \"abc\"\r\nx-amz-meta-color: blue\r\nx-amz-version-id: 3\r\n")
    #expect(exchange.backend.isReady())
    try await store.stop()
  }

  @Test func reusesConnections() async throws {
    let (store, exchange) = try await start { _ in [.write(ok)] }
    for _ in 0..<5 { #expect(try await exchange.run("GET /bucket/key").isFinished) }
    #expect(store.connections == 1)
    #expect(store.requests.count == 5)
    try await store.stop()
  }

  @Test func streamsChunkedResponses() async throws {
    let (store, exchange) = try await start { _ in
      [
        .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"), .pause(.milliseconds(20)),
        .write("lo\r\n6\r\n world\r\n0\r\n\r\n"),
      ]
    }
    let outcome = try await exchange.run("GET /bucket/?list-type=2")
    #expect(outcome.isFinished && outcome.text == "hello world")
    #expect(outcome.response.map { $0.contentLength == nil } == true)
    #expect(try await exchange.run("GET /bucket/?list-type=2").isFinished)
    #expect(store.connections == 1)
    try await store.stop()
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
  ])
  func reportsBodiesThatBreakOff(_ answer: String) async throws {
    let (store, exchange) = try await start { _ in [.write(answer), .close] }
    let outcome = try await exchange.run("GET /bucket/key")
    guard case .brokeOff? = outcome.failure else { throw Unexpected(outcome) }
    #expect(outcome.response != nil && !outcome.isFinished)
    try await store.stop()
  }

  @Test(arguments: [
    "garbage\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nab",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nuntil the connection closes",
    "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n",
    String(repeating: "HTTP/1.1 102 Wait\r\n\r\n", count: 20) + ok,
  ])
  func refusesBadResponses(_ answer: String) async throws {
    let (store, exchange) = try await start { $0.index == 0 && $0.connection < 2 ? [.write(answer)] : [.write(ok)] }
    let outcome = try await exchange.run("GET /bucket/key")
    guard case .malformedResponse? = outcome.failure else { throw Unexpected(outcome) }
    // The connection is not used again.
    _ = try await exchange.run("GET /bucket/key")
    #expect(store.requests.allSatisfy { $0.index == 0 })
    try await store.stop()
  }

  @Test func refusesBytesAfterTheBody() async throws {
    let (store, exchange) = try await start { _ in [.write(ok + "HTTP/1.1 200 OK\r\n")] }
    let outcome = try await exchange.run("GET /bucket/key")
    #expect(!outcome.isFinished && outcome.failure != nil)
    try await store.stop()
  }

  @Test func closesIdleConnectionsThatSpeak() async throws {
    let (store, exchange) = try await start { request in
      request.connection == 0
        ? [.write(ok), .pause(.milliseconds(50)), .write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")]
        : [.write(ok)]
    }
    #expect(try await exchange.run("GET /bucket/key").text == "ok")
    try await Task.sleep(for: .milliseconds(150))
    #expect(try await exchange.run("GET /bucket/key").text == "ok")
    #expect(store.connections == 2)
    try await store.stop()
  }

  @Test func putsStreamedBodies() async throws {
    let (store, exchange) = try await start {
      $0.isComplete ? [.write("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n")] : []
    }
    let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let outcome = try await exchange.run("PUT /bucket/key", body: body)
    #expect(outcome.isFinished && outcome.response?.status == 200)
    let request = try #require(store.requests.first)
    #expect(request.body == body)
    #expect(request.header("x-amz-content-sha256") == "UNSIGNED-PAYLOAD")
    #expect(request.header("expect") == nil)
    try await store.stop()
  }

  @Test func announcesLargeBodies() async throws {
    let (store, exchange) = try await start { request in
      request.isComplete ? [.write(ok)] : [.write("HTTP/1.1 100 Continue\r\n\r\n")]
    }
    let body = [UInt8](repeating: 7, count: 2_000_000)
    let outcome = try await exchange.run("PUT /bucket/key", body: body)
    #expect(outcome.isFinished && outcome.unwritableCount > 0)
    #expect(store.requests.first?.header("expect") == "100-continue")
    #expect(store.requests.first?.body == body)
    try await store.stop()
  }

  @Test func sendsLargeBodiesToStoresThatNeverSayContinue() async throws {
    let (store, exchange) = try await start { $0.isComplete ? [.write(ok)] : [] }
    let outcome = try await exchange.run("PUT /bucket/key", body: [UInt8](repeating: 7, count: 2_000_000))
    #expect(outcome.isFinished)
    #expect(store.requests.first?.body.count == 2_000_000)
    try await store.stop()
  }

  @Test func sendsLargeBodiesToStoresThatKnowNoExpectations() async throws {
    let (store, exchange) = try await start { request in
      guard request.isComplete else {
        return request.header("expect") == nil ? [] : [.write("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n")]
      }
      return [.write(ok)]
    }
    let outcome = try await exchange.run("PUT /bucket/key", body: [UInt8](repeating: 7, count: 2_000_000))
    #expect(outcome.isFinished && store.connections == 2)
    #expect(store.requests.map(\.body.count) == [2_000_000])
    try await store.stop()
  }

  @Test func passesEarlyRefusalsOnAndCloses() async throws {
    let (store, exchange) = try await start { request in
      request.connection == 0 && !request.isComplete ? [.write(errorDocument(404, "NoSuchBucket"))] : [.write(ok)]
    }
    let outcome = try await exchange.run("PUT /bucket/key", length: 2_000_000) { gateway in
      gateway.call?.send(ByteBuffer(bytes: [UInt8](repeating: 1, count: 1000)))
    }
    #expect(outcome.refused?.code == .noSuchBucket)
    #expect(try await exchange.run("GET /bucket/key").isFinished)
    #expect(store.connections == 2)
    // Not a byte of the body went to a store that had not asked for it.
    #expect(store.requests.allSatisfy { $0.line.hasPrefix("GET") })
    try await store.stop()
  }

  @Test func doesNotBelieveEarlySuccess() async throws {
    let (store, exchange) = try await start { $0.isComplete ? [] : [.write(ok)] }
    let outcome = try await exchange.run("PUT /bucket/key", length: 1000) { gateway in
      gateway.call?.send(ByteBuffer(bytes: [1, 2, 3]))
    }
    guard case .malformedResponse? = outcome.failure else { throw Unexpected(outcome) }
    try await store.stop()
  }

  @Test func aCancelledUploadIsNeverComplete() async throws {
    let (store, exchange) = try await start { $0.isComplete ? [.write(ok)] : [] }
    let outcome = try await exchange.run("PUT /bucket/key", length: 1000) { gateway in
      gateway.call?.send(ByteBuffer(bytes: [UInt8](repeating: 1, count: 999)))
      gateway.onRespond = { _ in }
      let call = gateway.call
      gateway.eventLoopLater {
        call?.cancel()
        call?.send(ByteBuffer(bytes: [1]))
        call?.finish()
        gateway.giveUp()
      }
    }
    #expect(!outcome.isFinished && outcome.failure == nil)
    try await Task.sleep(for: .milliseconds(100))
    #expect(store.requests.isEmpty)
    try await store.stop()
  }

  // MARK: Retries

  /// The store closes each connection instead of answering its second request: the race of every keep-alive.
  private func closingStore() async throws -> (TestStore, Exchange) {
    try await start { request in
      guard request.isComplete else { return [] }
      let answer = request.line.hasPrefix("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" : ok
      return request.index == 0 ? [.write(answer)] : [.close]
    }
  }

  @Test(arguments: ["GET /bucket/key", "HEAD /bucket/key", "DELETE /bucket/key", "GET /"])
  func repeatsWhatIsSafe(_ line: String) async throws {
    let (store, exchange) = try await closingStore()
    #expect(try await exchange.run("GET /bucket/key").isFinished)
    let outcome = try await exchange.run(line)
    #expect(outcome.failure == nil)
    #expect(store.connections == 2)
    try await store.stop()
  }

  @Test func repeatsDocuments() async throws {
    let (store, exchange) = try await closingStore()
    #expect(try await exchange.run("GET /bucket/key").isFinished)
    #expect(try await exchange.run("PUT /bucket/key?tagging", document: Array("<Tagging/>".utf8)).isFinished)
    #expect(store.connections == 2)
    try await store.stop()
  }

  @Test(arguments: ["PUT /bucket/key", "POST /bucket/key?uploadId=1", "PUT /bucket/"])
  func neverRepeatsWhatIsNotSafe(_ line: String) async throws {
    let (store, exchange) = try await closingStore()
    #expect(try await exchange.run("GET /bucket/key").isFinished)
    let isObject = line == "PUT /bucket/key"
    let outcome = try await exchange.run(
      line, body: isObject ? [1, 2, 3] : nil, document: isObject ? nil : Array("<a/>".utf8))
    guard case .unavailable? = outcome.failure else { throw Unexpected(outcome) }
    #expect(store.requests.count == 2)
    try await store.stop()
  }

  // MARK: Time and limits

  @Test func timesOut() async throws {
    let (store, exchange) = try await start(impatiently: true) { _ in [] }
    let outcome = try await exchange.run("GET /bucket/key")
    guard case .timedOut? = outcome.failure else { throw Unexpected(outcome) }
    try await store.stop()
  }

  @Test func timesOutInsideTheBody() async throws {
    let (store, exchange) = try await start(impatiently: true) { _ in
      [.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")]
    }
    let outcome = try await exchange.run("GET /bucket/key")
    guard case .brokeOff? = outcome.failure else { throw Unexpected(outcome) }
    try await store.stop()
  }

  @Test func queuesRequestsBeyondThePool() async throws {
    let store = try await TestStore(group: Self.group) { _ in [.pause(.milliseconds(50)), .write(ok)] }
    var configuration = S3BackendConfiguration.test(port: store.port)
    configuration.limits.connectionsMax = 1
    configuration.limits.waitingRequestsMax = 2
    let exchange = try await Exchange(configuration, on: Self.group)
    _ = try await exchange.run("GET /bucket/key")
    let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
      for _ in 0..<5 { group.addTask { try await exchange.run("GET /bucket/key") } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count { $0.isFinished } == 3)
    #expect(outcomes.count { if case .unavailable? = $0.failure { true } else { false } } == 2)
    #expect(store.connections == 1)
    try await store.stop()
  }

  @Test func waitersTimeOut() async throws {
    let store = try await TestStore(group: Self.group) { _ in [.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na")]
    }
    var configuration = S3BackendConfiguration.test(port: store.port)
    configuration.limits.connectionsMax = 1
    configuration.limits.idleTimeout = .seconds(20)
    configuration.limits.queueTimeout = .milliseconds(200)
    let exchange = try await Exchange(configuration, on: Self.group)
    async let first = exchange.run("GET /bucket/key") { gateway in
      gateway.call?.finish()
      let call = gateway.call
      gateway.eventLoopLater(.milliseconds(700)) {
        call?.cancel()
        gateway.giveUp()
      }
    }
    try await Task.sleep(for: .milliseconds(50))
    let outcome = try await exchange.run("GET /bucket/key")
    guard case .unavailable? = outcome.failure else { throw Unexpected(outcome) }
    _ = try await first
    try await store.stop()
  }

  @Test func knowsWhenTheStoreIsDownAndWhenItIsBack() async throws {
    let probe = try await TestStore(group: Self.group) { _ in [] }
    let port = probe.port
    try await probe.stop()
    let exchange = try await Exchange(.test(port: port), on: Self.group)
    let outcome = try await exchange.run("GET /bucket/key")
    guard case .unavailable? = outcome.failure else { throw Unexpected(outcome) }
    #expect(!exchange.backend.isReady())
    let store = try await TestStore(group: Self.group, port: port) { _ in [.write(ok)] }
    for _ in 0..<100 where !exchange.backend.isReady() { try await Task.sleep(for: .milliseconds(50)) }
    #expect(exchange.backend.isReady())
    #expect(try await exchange.run("GET /bucket/key").isFinished)
    try await store.stop()
  }

  @Test func aSlowClientHoldsTheStoreBack() async throws {
    let size = 64 << 20
    let (store, exchange) = try await start(impatiently: true) { _ in
      [
        .write("HTTP/1.1 200 OK\r\nContent-Length: \(64 << 20)\r\n\r\n"),
        .writeBytes([UInt8](repeating: 9, count: 64 << 20)),
      ]
    }
    let outcome = try await exchange.run("GET /bucket/key") { gateway in
      gateway.call?.finish()
      gateway.onRespond = { gateway in
        gateway.call?.setReading(false)
        gateway.eventLoopLater(.milliseconds(600)) {
          // Longer than the idle timeout, which counts only while the store is the slow side.
          #expect(gateway.outcome.body.isEmpty)
          gateway.call?.setReading(true)
        }
      }
    }
    #expect(outcome.isFinished && outcome.body.count == size)
    try await store.stop()
  }

  @Test func shutdownClosesIdleConnections() async throws {
    let (store, exchange) = try await start { _ in [.write(ok)] }
    _ = try await exchange.run("GET /bucket/key")
    try await exchange.shutdown()
    for _ in 0..<40 where store.closed == 0 { try await Task.sleep(for: .milliseconds(25)) }
    #expect(store.closed == 1)
    try await store.stop()
  }
}

struct Unexpected: Error {
  var outcome: Outcome
  init(_ outcome: Outcome) { self.outcome = outcome }
}

extension Gateway {
  func eventLoopLater(_ delay: TimeAmount = .milliseconds(50), _ body: @escaping () -> Void) {
    loop?.assumeIsolated().scheduleTask(in: delay, body)
  }
}
