import HTTPClient
import HTTPWire
import NIOCore
import NIOPosix
import S3Model
import Testing

private func xs(_ count: Int) -> String { String(repeating: "x", count: count) }

let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

@Suite struct HTTPRequesterTests {
  static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  func withServer(
    _ script: @escaping ScriptedServer.Script, limits: HTTPClientLimits = HTTPClientLimits(),
    _ body: (HTTPRequester, ScriptedServer) async throws -> Void
  ) async throws {
    let server = try await ScriptedServer(group: Self.group, script: script)
    let url = try HTTPURL("http://127.0.0.1:\(server.port)")
    let requester = HTTPRequester(try HTTPEndpoint(url), limits: limits, group: Self.group)
    try await body(requester, server)
    requester.shutDown()
    try await server.stop()
  }

  private func expectOK(
    sourceLocation: SourceLocation = #_sourceLocation, _ ask: () async throws -> HTTPClientAnswer
  ) async throws {
    let answer = try await ask()
    #expect(answer.status == 200 && String(buffer: answer.body) == "ok", sourceLocation: sourceLocation)
  }

  @Test func asksAndKeepsTheConnection() async throws {
    try await withServer({ $0.isComplete ? [.write(ok)] : [] }) { requester, server in
      let request = HTTPClientRequest(
        .post, "/v1/data?x=%20", fields: [("X-A", "1")], body: ByteBuffer(string: "{}"))
      for _ in 0..<5 {
        let answer = try await requester.answer(to: request)
        #expect(answer.status == 200 && String(buffer: answer.body) == "ok")
      }
      #expect(server.connections == 1)
      let seen = try #require(server.requests.last)
      #expect(seen.line == "POST /v1/data?x=%20 HTTP/1.1" && seen.header("host") == "127.0.0.1:\(server.port)")
      #expect(seen.header("x-a") == "1" && seen.header("content-length") == "2" && seen.body == Array("{}".utf8))
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\nT: x\r\n\r\n",
    "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + ok,
    "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
  ])
  func understands(_ answer: String) async throws {
    try await withServer({ _ in answer.map { .write(String($0)) } }) { requester, _ in
      for _ in 0..<2 {
        try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/")) }
      }
    }
  }

  private static let broken: [(answer: String, error: HTTPClientError)] = [
    ("HTTP/1.1 200 OK\r\n\r\nok", HTTPClientError.answerWithoutLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", .connectionClosed),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok", .connectionClosed),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", .connectionClosed),
    (
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      .malformed(.contentLengthWithTransferEncoding)
    ),
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", .malformed(.repeatedContentLength)),
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + ok, .unexpectedBytes),
    ("HTTP/1.1 101 Switching Protocols\r\n\r\n", .unexpectedBytes),
    ("HTTP/2 200\r\n\r\n", .malformed(.malformedStartLine)),
    ("HTTP/1.1 200 OK\nContent-Length: 2\n\nok", .malformed(.bareLineBreak)),
    ("HTTP/1.1 200 OK\r\nX: " + xs(20_000) + "\r\n\r\n", .malformed(.headTooLarge)),
    ("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\nok", .answerTooLarge(bytesMax: 100)),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" + xs(128) + "\r\n",
      .answerTooLarge(bytesMax: 100)
    ),
    ("", .connectionClosed),
  ]

  @Test(arguments: broken)
  func refuses(_ answer: String, _ expected: HTTPClientError) async throws {
    try await withServer({ request in
      request.line.contains("/bad") ? [.write(answer), .pause(.milliseconds(20)), .close] : [.write(ok)]
    }) { requester, server in
      await #expect(throws: expected) {
        try await requester.answer(to: HTTPClientRequest(.get, "/bad"), answerBytesMax: 100)
      }
      // What followed a broken answer serves nobody.
      try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/good"), answerBytesMax: 100) }
      #expect(server.connections == 2)
    }
  }

  @Test func timesOut() async throws {
    // Long enough for a busy machine to connect in: it is the answer that does not come in time.
    let partial = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"
    try await withServer({ request in
      request.line.contains("/slow") ? [] : request.line.contains("/half") ? [.write(partial)] : [.write(ok)]
    }) { requester, server in
      await #expect(throws: HTTPClientError.timedOut(.head)) {
        try await requester.answer(to: HTTPClientRequest(.get, "/slow"), timeout: .seconds(3))
      }
      await #expect(throws: HTTPClientError.timedOut(.body)) {
        try await requester.answer(to: HTTPClientRequest(.get, "/half"), timeout: .seconds(3))
      }
      try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/")) }
      #expect(server.connections == 3)
    }
  }

  @Test func waitsForAConnectionNoLongerThanAsked() async throws {
    var limits = HTTPClientLimits()
    limits.connectionsMax = 1
    limits.waitingRequestsMax = 1
    try await withServer(
      { $0.line.contains("/slow") ? [] : [.write(ok)] }, limits: limits
    ) { requester, server in
      let (first, call) = requester.start(HTTPClientRequest(.get, "/slow"), timeout: .seconds(60))
      while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      let second = requester.send(HTTPClientRequest(.get, "/"), timeout: .milliseconds(100))
      let third = requester.send(HTTPClientRequest(.get, "/"))
      await #expect(throws: HTTPClientError.queueFull) { try await third.get() }
      await #expect(throws: HTTPClientError.timedOut(.connection)) { try await second.get() }
      call.cancel()
      await #expect(throws: HTTPClientError.cancelled) { try await first.get() }
      try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/")) }
      #expect(server.connections == 2)
    }
  }

  @Test func aDeadServerFailsAtOnceAndIsFoundAgain() async throws {
    let server = try await ScriptedServer(group: Self.group) { _ in [.write(ok)] }
    let port = server.port
    try await server.stop()
    let requester = HTTPRequester(try HTTPEndpoint(HTTPURL("http://127.0.0.1:\(port)")), group: Self.group)
    for _ in 0..<2 {
      do throws(HTTPClientError) {
        _ = try await requester.answer(to: HTTPClientRequest(.get, "/"))
        Issue.record("nobody listens")
      } catch {
        guard case .connectFailed = error else { throw error }
      }
    }
    let again = try await ScriptedServer(group: Self.group, port: port) { _ in [.write(ok)] }
    try await Task.sleep(for: .milliseconds(300))
    try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/")) }
    try await again.stop()
  }

  @Test func repeatsOnceWhereAKeptConnectionWasClosed() async throws {
    // The second request on a connection closes it unanswered.
    try await withServer({ $0.index == 0 ? [.write(ok)] : [.close] }) { requester, server in
      try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/1")) }
      try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/2")) }
      #expect(server.connections == 2)
      await #expect(throws: HTTPClientError.connectionClosed) {
        try await requester.answer(to: HTTPClientRequest(.post, "/3"))
      }
      #expect(server.connections == 2)
      try await expectOK { try await requester.answer(to: HTTPClientRequest(.post, "/4", isRepeatable: true)) }
    }
    // One byte of an answer is an answer; a fresh connection is no stale one.
    try await withServer({ $0.index == 0 ? [.write(ok)] : [.write("H"), .close] }) { requester, server in
      try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/1")) }
      await #expect(throws: HTTPClientError.connectionClosed) {
        try await requester.answer(to: HTTPClientRequest(.get, "/2"))
      }
    }
    try await withServer({ _ in [.close] }) { requester, server in
      await #expect(throws: HTTPClientError.connectionClosed) {
        try await requester.answer(to: HTTPClientRequest(.get, "/1"))
      }
      #expect(server.connections == 1)
    }
  }

  @Test func anEarlyAnswerEndsTheConnection() async throws {
    let body = ByteBuffer(repeating: 0x61, count: 8_000_000)
    let refusal = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"
    try await withServer({ request in
      request.header("content-length") == nil ? [.write(ok)] : request.isComplete ? [] : [.write(refusal)]
    }) { requester, server in
      let answer = try await requester.answer(to: HTTPClientRequest(.post, "/", body: body))
      #expect(answer.status == 413)
      try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/")) }
      #expect(server.connections == 2)
    }
  }

  @Test(arguments: [
    HTTPClientRequest(.get, "no-slash"), HTTPClientRequest(.get, "/a b"), HTTPClientRequest(.get, "/\r\nX: y"),
    HTTPClientRequest(.get, "/#f"), HTTPClientRequest(.other, "/"),
    HTTPClientRequest(.get, "/", fields: [("X", "a\r\nY: b")]), HTTPClientRequest(.get, "/", fields: [("X Y", "a")]),
    HTTPClientRequest(.get, "/", fields: [("Host", "other")]),
    HTTPClientRequest(.get, "/", fields: [("transfer-encoding", "chunked")]),
    HTTPClientRequest(.get, "/", fields: [("content-length", "7")]),
  ])
  func nothingEndsALineEarly(_ request: HTTPClientRequest) async throws {
    try await withServer({ _ in [.write(ok)] }) { requester, server in
      await #expect(throws: HTTPClientError.self) { try await requester.answer(to: request) }
      #expect(server.requests.isEmpty)
      try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/")) }
    }
  }

  @Test func redirectsAreAnswers() async throws {
    try await withServer({ _ in
      [.write("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")]
    }) { requester, server in
      let answer = try await requester.answer(to: HTTPClientRequest(.get, "/"))
      #expect(answer.status == 302 && answer.fields.string(.location) == "http://127.0.0.1:1/")
      #expect(server.requests.count == 1)
    }
  }

  @Test func cancellingCallsItOff() async throws {
    try await withServer({ $0.line.contains("/slow") ? [] : [.write(ok)] }) { requester, server in
      let task = Task { try await requester.answer(to: HTTPClientRequest(.get, "/slow")) }
      while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      task.cancel()
      await #expect(throws: HTTPClientError.cancelled) { try await task.value }
      try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/")) }
      #expect(server.connections == 2)
    }
  }

  @Test func addressesCanBeRefused() async throws {
    var limits = HTTPClientLimits()
    limits.addressFilter = { $0 != IPAddress(ipv4: [127, 0, 0, 1]) }
    try await withServer({ _ in [.write(ok)] }, limits: limits) { requester, server in
      await #expect(throws: HTTPClientError.addressRefused) {
        try await requester.answer(to: HTTPClientRequest(.get, "/"))
      }
      #expect(server.connections == 0)
    }
    limits.addressFilter = { $0 == IPAddress(ipv4: [127, 0, 0, 1]) }
    try await withServer({ _ in [.write(ok)] }, limits: limits) { requester, server in
      let url = try HTTPURL("http://localhost:\(server.port)")
      let named = HTTPRequester(try HTTPEndpoint(url), limits: limits, group: Self.group)
      try await expectOK { try await named.answer(to: HTTPClientRequest(.get, "/")) }
      try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/")) }
      named.shutDown()
    }
  }

  @Test func shutDownRefuses() async throws {
    try await withServer({ _ in [.write(ok)] }) { requester, _ in
      try await expectOK { try await requester.answer(to: HTTPClientRequest(.get, "/")) }
      requester.shutDown()
      await #expect(throws: HTTPClientError.shutDown) {
        try await requester.answer(to: HTTPClientRequest(.get, "/"))
      }
    }
  }

  // MARK: Streams

  @Test func streamsAsItComes() async throws {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    try await withServer({ _ in
      [
        .write(head), .pause(.milliseconds(50)), .write("3\r\none\r\n"), .pause(.milliseconds(50)),
        .write("3\r\ntwo\r\n"), .pause(.milliseconds(50)), .write("0\r\n\r\n"),
      ]
    }) { requester, server in
      for _ in 0..<2 {
        let (head, body) = try await requester.stream(HTTPClientRequest(.get, "/watch"))
        #expect(head.status == 200)
        var pieces: [String] = []
        for try await piece in body { pieces.append(String(buffer: piece)) }
        #expect(pieces == ["one", "two"])
      }
      #expect(server.connections == 1)
    }
  }

  @Test func aBrokenStreamIsNoEnd() async throws {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"
    try await withServer({ $0.line.contains("idle") ? [.write(head)] : [.write(head), .close] }) { requester, _ in
      for (path, expected) in [
        ("/cut", HTTPClientError.connectionClosed), ("/idle", HTTPClientError.timedOut(.body)),
      ] {
        let (_, body) = try await requester.stream(
          HTTPClientRequest(.get, path), idleTimeout: .milliseconds(100))
        #expect(try await body.next().map { String(buffer: $0) } == "one")
        await #expect(throws: expected) { try await body.next() }
      }
    }
  }

  @Test func aSlowReaderStopsTheServer() async throws {
    let total = 32_000_000
    let piece = String(repeating: "x", count: 1_000_000)
    try await withServer({ _ in
      [.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")] + (0..<32).map { _ in .write(piece) }
    }) { requester, server in
      let (_, body) = try await requester.stream(HTTPClientRequest(.get, "/"))
      var received = try #require(try await body.next()).readableBytes
      try await Task.sleep(for: .milliseconds(200))
      while let bytes = try await body.next() { received += bytes.readableBytes }
      #expect(received == total)
    }
  }

  @Test func cancellingAStreamClosesIt() async throws {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"
    try await withServer({ _ in [.write(head)] }) { requester, server in
      let task = Task {
        let (_, body) = try await requester.stream(HTTPClientRequest(.get, "/watch"))
        while try await body.next() != nil {}
      }
      while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      task.cancel()
      await #expect(throws: HTTPClientError.cancelled) { try await task.value }
      for _ in 0..<200 where server.closed == 0 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(server.closed == 1)
    }
  }
}
