import COpenSSL
import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

/// Both handlers against each other, without sockets.
@Suite struct HandlerTests {
  let authority: TestAuthority
  let server: TLSServerContext

  init() throws {
    authority = try TestAuthority()
    server = try TLSServerContext(
      identities: [authority.identity("localhost", "*.s3.example", "192.0.2.7", "2001:db8::7")],
      ticketKeys: TLSTicketKeys())
  }

  func client(_ change: (inout TLSClientContext.Options) -> Void = { _ in }) throws -> TLSClientContext {
    var options = TLSClientContext.Options()
    options.trust = .pem(authority.pem)
    change(&options)
    return try TLSClientContext(options: options)
  }

  func connected() throws -> EmbeddedPair {
    let pair = try EmbeddedPair(client(), server)
    try pair.connect()
    try #require(pair.clientWatch.facts != nil)
    try #require(pair.serverWatch.facts != nil)
    return pair
  }

  @Test func agrees() throws {
    let pair = try connected()
    let facts = try #require(pair.serverWatch.facts)
    #expect(facts.version == .tls13)
    #expect(facts.applicationProtocol == "http/1.1")
    #expect(facts.serverName == "localhost")
    #expect(facts.peer == nil)
    #expect(!facts.isResumed)
    let peer = try #require(pair.clientWatch.facts?.peer)
    #expect(peer.verification == .trusted)
    #expect(peer.chain.count == 1)
  }

  /// A connection whose buffers were given back, at any time, goes on as if they had not been.
  @Test func goesOnAfterReleasingItsBuffers() throws {
    let pair = try EmbeddedPair(client(), server)
    pair.releaseBuffers()
    try pair.connect()
    try #require(pair.serverWatch.facts != nil)
    for text in ["first", String(repeating: "second", count: 10_000), "third"] {
      pair.releaseBuffers()
      try pair.client.writeAndFlush(ByteBuffer(string: text)).wait()
      pair.releaseBuffers()
      // Half of the ciphertext comes before the buffers are given back, half after.
      var ciphertext = try #require(try pair.client.readOutbound(as: ByteBuffer.self))
      let half = ciphertext.readSlice(length: ciphertext.readableBytes / 2) ?? ByteBuffer()
      pair.server.read()
      try pair.server.writeInbound(half)
      pair.releaseBuffers()
      pair.server.read()
      try pair.server.writeInbound(ciphertext)
      pair.server.read()
      try pair.pump()
      #expect(pair.serverWatch.text() == text)
    }
    #expect(pair.serverWatch.errors.isEmpty)
  }

  // MARK: Verification

  @Test(arguments: [
    "localhost", "LOCALHOST", "localhost.", "a.s3.example", "192.0.2.7", "2001:db8::7", "[2001:db8::7]",
  ])
  func acceptsNames(_ name: String) throws {
    let pair = try EmbeddedPair(client(), server, name: name)
    try pair.connect()
    #expect(pair.clientWatch.facts?.peer?.verification == .trusted)
    #expect(pair.clientWatch.errors.isEmpty)
  }

  @Test(arguments: [
    ("other.example", 62), ("s3.example", 62), ("a.b.s3.example", 62), ("192.0.2.8", 64), ("2001:db8::8", 64),
  ])
  func refusesOtherNames(name: String, code: Int) throws {
    let pair = try EmbeddedPair(client(), server, name: name)
    try pair.connect()
    #expect(pair.clientWatch.facts == nil)
    #expect(!pair.client.isActive)
    guard case .peerCertificateRejected(let found, _) = pair.clientWatch.errors.first else {
      Issue.record("\(pair.clientWatch.errors)")
      return
    }
    #expect(found == code)
    // The server learns why from the alert.
    #expect(pair.serverWatch.facts == nil)
    #expect(pair.serverWatch.errors.count == 1)
  }

  @Test func refusesAnotherAuthority() throws {
    let other = try TestAuthority("Other")
    let pair = try EmbeddedPair(client { $0.trust = .pem(other.pem) }, server)
    try pair.connect()
    #expect(pair.clientWatch.facts == nil)
    #expect(
      pair.clientWatch.errors == [
        .peerCertificateRejected(code: 20, reason: "unable to get local issuer certificate")
      ])
  }

  @Test func refusesAnExpiredCertificate() throws {
    let expired = try TLSServerContext(
      identities: [authority.identity("localhost", seconds: -60)], ticketKeys: TLSTicketKeys())
    let pair = try EmbeddedPair(client(), expired)
    try pair.connect()
    #expect(pair.clientWatch.errors == [.peerCertificateRejected(code: 10, reason: "certificate has expired")])
  }

  @Test func refusesAClientsCertificateAsAServers() throws {
    let wrong = try TLSServerContext(
      identities: [authority.identity("localhost", purpose: "clientAuth")], ticketKeys: TLSTicketKeys())
    let pair = try EmbeddedPair(client(), wrong)
    try pair.connect()
    #expect(
      pair.clientWatch.errors == [.peerCertificateRejected(code: 26, reason: "unsuitable certificate purpose")])
  }

  @Test func verifiesNothingOnlyWhenTold() throws {
    let pair = try EmbeddedPair(client { $0.verification = .none }, server, name: "other.example")
    try pair.connect()
    let peer = try #require(pair.clientWatch.facts?.peer)
    #expect(peer.verification != .trusted)
  }

  @Test(arguments: ["", ".", "a b", "a..b", "-a", "localhost\u{0}.evil", String(repeating: "a", count: 64)])
  func refusesImpossibleNames(_ name: String) throws {
    let context = try client()
    #expect(throws: TLSError.invalidServerName) { _ = try TLSClientHandler(context: context, serverName: name) }
  }

  @Test func givesAClientCertificate() throws {
    var options = TLSServerContext.Options()
    options.clientCertificates = .requested(trust: .pem(authority.pem))
    let asking = try TLSServerContext(
      identities: [authority.identity("localhost")], options: options, ticketKeys: TLSTicketKeys())
    let identity = try authority.identity("alice", purpose: "clientAuth")
    let pair = try EmbeddedPair(client { $0.identity = identity }, asking)
    try pair.connect()
    #expect(pair.serverWatch.facts?.peer?.verification == .trusted)
    #expect(pair.serverWatch.facts?.peer?.chain.count == 1)
  }

  /// Nothing is verified, nothing is refused, and nothing counts as trusted.
  @Test func recordsWhateverCertificateAClientHas() throws {
    var options = TLSServerContext.Options()
    options.clientCertificates = .recorded(authorities: ["/nowhere/ca.pem"])
    let asking = try TLSServerContext(
      identities: [authority.identity("localhost")], options: options, ticketKeys: TLSTicketKeys())
    let own = try authority.identity("alice", purpose: "clientAuth")
    let stranger = try TestAuthority("Other").identity("stranger", seconds: 1)
    for identity in [own, stranger] {
      let client = try client { $0.identity = identity }
      // A ticket of the first connection is not taken: who has a certificate shows it each time.
      for _ in 0..<2 {
        let pair = try EmbeddedPair(client, asking)
        try pair.connect()
        let facts = try #require(pair.serverWatch.facts)
        #expect(facts.peer?.chain.count == 1)
        #expect(facts.peer?.verification != .trusted)
        #expect(!facts.isResumed)
      }
    }
    let without = try EmbeddedPair(client(), asking)
    try without.connect()
    #expect(without.serverWatch.facts != nil)
    #expect(without.serverWatch.facts?.peer == nil)
  }

  // MARK: Resumption

  @Test(arguments: [TLSHandshakeFacts.Version.tls12, .tls13])
  func resumes(version: TLSHandshakeFacts.Version) throws {
    let client = try client()
    var options = TLSServerContext.Options()
    options.minimumVersion = version
    let keys = try TLSTicketKeys()
    let identity = try authority.identity("localhost", "other.example")
    let context = try TLSServerContext(identities: [identity], options: options, ticketKeys: keys)
    let first = try EmbeddedPair(client, context)
    try first.connect()
    #expect(first.clientWatch.facts?.isResumed == false)

    // Another context with the same keys, as after a reload.
    let reloaded = try TLSServerContext(identities: [identity], options: options, ticketKeys: keys)
    let second = try EmbeddedPair(client, reloaded)
    try second.connect()
    #expect(second.clientWatch.facts?.isResumed == true)
    #expect(second.serverWatch.facts?.isResumed == true)
    #expect(second.clientWatch.facts?.peer?.verification == .trusted)

    let otherKeys = try TLSServerContext(identities: [identity], options: options, ticketKeys: TLSTicketKeys())
    let third = try EmbeddedPair(client, otherKeys)
    try third.connect()
    #expect(third.clientWatch.facts?.isResumed == false)

    let otherName = try EmbeddedPair(client, context, name: "other.example")
    try otherName.connect()
    #expect(otherName.clientWatch.facts?.isResumed == false)
  }

  @Test func ticketKeysRotate() throws {
    let keys = try TLSTicketKeys()
    let start = ContinuousClock.now
    let first = try #require(keys.sealingKey(now: start))
    let interval = TLSTicketKeys.rotationInterval
    #expect(keys.sealingKey(now: start + interval - .seconds(60))?.name == first.name)
    let second = try #require(keys.sealingKey(now: start + interval + .seconds(60)))
    #expect(second.name != first.name)
    func opening(_ key: TLSTicketKeys.Key) -> Bool? {
      key.name.withUnsafeBufferPointer { keys.openingKey(name: $0)?.isCurrent }
    }
    #expect(opening(first) == false)
    #expect(opening(second) == true)
    // After a long silence, neither old key is good.
    let third = try #require(keys.sealingKey(now: start + interval * 5))
    #expect(opening(first) == nil)
    #expect(opening(second) == nil)
    #expect(opening(third) == true)
  }

  // MARK: Data

  @Test func writesBeforeTheHandshakeWait() throws {
    let pair = try EmbeddedPair(client(), server)
    let promise = pair.client.eventLoop.makePromise(of: Void.self)
    pair.client.writeAndFlush(ByteBuffer(string: "early"), promise: promise)
    try pair.connect()
    #expect(pair.serverWatch.text() == "early")
    try promise.futureResult.wait()
  }

  @Test func oneFlushIsOneBufferAndOneRecordForSmallWrites() throws {
    let pair = try connected()
    var written: [EventLoopFuture<Void>] = []
    for text in ["HTTP/1.1 200 OK\r\n", "", "\r\n", "body"] {
      let promise = pair.server.eventLoop.makePromise(of: Void.self)
      written.append(promise.futureResult)
      pair.server.write(ByteBuffer(string: text), promise: promise)
    }
    #expect(try pair.server.readOutbound(as: ByteBuffer.self) == nil)
    pair.server.flush()
    let sealed = try #require(try pair.server.readOutbound(as: ByteBuffer.self))
    #expect(try pair.server.readOutbound(as: ByteBuffer.self) == nil)
    #expect(recordSizes(sealed).count == 1)
    for future in written { try future.wait() }
    try pair.client.writeInbound(sealed)
    #expect(pair.clientWatch.text() == "HTTP/1.1 200 OK\r\n\r\nbody")
  }

  /// Sizes around every limit of the sealing code, in one flush.
  @Test func keepsOrderAcrossAllSizes() throws {
    let pair = try connected()
    var expected = ByteBuffer()
    var random = SystemRandomNumberGenerator()
    let sizes = [
      1, 4095, 4096, 4097, 16383, 16384, 16385, 0, 100, 4095, 4095, 4095, 4095, 4095, 65536, 3, 262_144, 5, 700_000, 7,
    ]
    for size in sizes {
      let bytes = ByteBuffer(bytes: (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) })
      expected.writeImmutableBuffer(bytes)
      pair.server.write(bytes, promise: nil)
    }
    pair.server.flush()
    var count = 0
    while let sealed = try pair.server.readOutbound(as: ByteBuffer.self) {
      #expect(sealed.readableBytes <= 262_144)
      #expect(sealed.storageCapacity <= 262_144)
      count += 1
      // In pieces that do not respect records.
      var sealed = sealed
      while sealed.readableBytes > 0, let piece = sealed.readSlice(length: min(50_001, sealed.readableBytes)) {
        pair.client.read()
        try pair.client.writeInbound(piece)
      }
    }
    #expect(count == 5)
    #expect(pair.clientWatch.received == expected)
  }

  @Test func largeReadsArriveInLargeBuffers() throws {
    let pair = try connected()
    pair.server.writeAndFlush(ByteBuffer(repeating: 7, count: 250_000), promise: nil)
    let sealed = try #require(try pair.server.readOutbound(as: ByteBuffer.self))
    try pair.client.writeInbound(sealed)
    #expect(pair.clientWatch.received.readableBytes == 250_000)
    #expect(pair.clientWatch.buffers == 4)
  }

  @Test func readsOnlyWhenAsked() throws {
    let pair = try connected()
    pair.client.writeAndFlush(ByteBuffer(string: "one"), promise: nil)
    try pair.pump()
    #expect(pair.serverWatch.text() == "one")
    pair.client.writeAndFlush(ByteBuffer(string: "two"), promise: nil)
    pair.client.writeAndFlush(ByteBuffer(string: "three"), promise: nil)
    try pair.pump()
    #expect(pair.serverWatch.text() == "")
    let completes = pair.serverWatch.readCompletes
    pair.server.read()
    #expect(pair.serverWatch.text() == "twothree")
    #expect(pair.serverWatch.readCompletes == completes + 1)
  }

  /// One byte at a time: every place where a record can be cut.
  @Test func reassemblesBytewise() throws {
    let pair = try connected()
    pair.server.writeAndFlush(ByteBuffer(string: "cut anywhere"), promise: nil)
    var sealed = try #require(try pair.server.readOutbound(as: ByteBuffer.self))
    while let byte = sealed.readSlice(length: 1) { try pair.client.writeInbound(byte) }
    #expect(pair.clientWatch.text() == "cut anywhere")
    #expect(pair.clientWatch.errors.isEmpty)
  }

  // MARK: Ends

  @Test func closeNotifyEndsTheInput() throws {
    let pair = try connected()
    pair.client.writeAndFlush(ByteBuffer(string: "last"), promise: nil)
    pair.client.close(promise: nil)
    try pair.pump()
    #expect(!pair.client.isActive)
    #expect(pair.serverWatch.text() == "last")
    // Behind the last data, close_notify waits to be read.
    #expect(!pair.serverWatch.isInputClosed)
    pair.server.read()
    #expect(pair.serverWatch.isInputClosed)
    #expect(pair.server.isActive)
    pair.server.close(promise: nil)
    #expect(pair.serverWatch.isInactive)
    #expect(pair.serverWatch.errors.isEmpty)
  }

  @Test func anEndWithoutCloseNotifyIsTruncation() throws {
    let pair = try connected()
    pair.client.writeAndFlush(ByteBuffer(string: "half a bo"), promise: nil)
    try pair.pump()
    pair.server.pipeline.fireChannelInactive()
    #expect(pair.serverWatch.text() == "half a bo")
    #expect(pair.serverWatch.errors == [.truncated])
    #expect(pair.serverWatch.isInactive)
  }

  @Test func unflushedWritesFailOnClose() throws {
    let pair = try connected()
    let promise = pair.client.eventLoop.makePromise(of: Void.self)
    pair.client.write(ByteBuffer(string: "never flushed"), promise: promise)
    pair.client.close(promise: nil)
    #expect(throws: ChannelError.ioOnClosedChannel) { try promise.futureResult.wait() }
  }

  @Test func aChangedRecordFails() throws {
    let pair = try connected()
    pair.client.writeAndFlush(ByteBuffer(string: "transfer 100"), promise: nil)
    var sealed = try #require(try pair.client.readOutbound(as: ByteBuffer.self))
    let last = sealed.writerIndex - 1
    sealed.setInteger(sealed.getInteger(at: last, as: UInt8.self)! ^ 1, at: last)
    try pair.server.writeInbound(sealed)
    #expect(pair.serverWatch.text() == "")
    guard case .connectionFailed(let reason) = pair.serverWatch.errors.first else {
      Issue.record("\(pair.serverWatch.errors)")
      return
    }
    #expect(reason.reason == "decryption failed or bad record mac")
    #expect(!pair.server.isActive)
    try pair.pump()
    guard case .connectionFailed(let alert) = pair.clientWatch.errors.first else {
      Issue.record("\(pair.clientWatch.errors)")
      return
    }
    #expect(alert.reason.contains("alert bad record mac"))
  }

  @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}rubbish rubbish rubbish", "\0\0\0\0\0\0\0"])
  func refusesWhatIsNotTLS(_ text: String) throws {
    let pair = try EmbeddedPair(client(), server)
    try pair.server.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    try pair.server.writeInbound(ByteBuffer(string: text))
    // A record whose length has not yet come whole is waited for, until the timeout.
    if pair.server.isActive { pair.server.embeddedEventLoop.advanceTime(by: .seconds(11)) }
    #expect(!pair.server.isActive)
    #expect(pair.serverWatch.errors.count == 1)
    #expect(pair.serverWatch.facts == nil)
  }

  @Test func handshakesTimeOut() throws {
    let pair = try EmbeddedPair(client(), server)
    try pair.server.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    pair.server.embeddedEventLoop.advanceTime(by: .seconds(9))
    #expect(pair.server.isActive)
    pair.server.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(pair.serverWatch.errors == [.handshakeTimedOut])
    #expect(!pair.server.isActive)

    // One that is done does not.
    let done = try connected()
    done.server.embeddedEventLoop.advanceTime(by: .seconds(60))
    #expect(done.server.isActive)
  }

  @Test func anEndDuringTheHandshakeIsReported() throws {
    let pair = try EmbeddedPair(client(), server)
    try pair.server.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    let promise = pair.server.eventLoop.makePromise(of: Void.self)
    pair.server.writeAndFlush(ByteBuffer(string: "waiting"), promise: promise)
    try pair.server.close().wait()
    #expect(throws: (any Error).self) { try promise.futureResult.wait() }
    #expect(pair.serverWatch.isInactive)
  }

  @Test func oldErrorsOfOthersDoNoHarm() throws {
    let pair = try connected()
    // Leaves entries in this thread's queue, as any other user of OpenSSL may.
    #expect(BIO_new_file("/no/such/file", "r") == nil)
    #expect(ERR_peek_error() != 0)
    pair.client.writeAndFlush(ByteBuffer(string: "fine"), promise: nil)
    var sealed = try #require(try pair.client.readOutbound(as: ByteBuffer.self))
    while let byte = sealed.readSlice(length: 1) { try pair.server.writeInbound(byte) }
    #expect(pair.serverWatch.text() == "fine")
    #expect(pair.serverWatch.errors.isEmpty)
  }

  /// At most 40 KiB for an idle connection that has been used and whose owner has noticed that it idles, so 80 for both ends. Measured: 44 with both
  /// `EmbeddedChannel`s (10); over sockets, 76 with both `SocketChannel`s.
  @Test func idleConnectionsAreSmall() throws {
    let client = try client()
    let buffers = TLSBuffers()
    var pairs: [EmbeddedPair] = []
    func idle(_ count: Int) throws {
      for _ in 0..<count {
        let pair = try EmbeddedPair(client, server, buffers: buffers)
        try pair.connect()
        pair.client.read()
        for (from, to) in [(pair.client, pair.server), (pair.server, pair.client)] {
          to.read()
          from.writeAndFlush(ByteBuffer(repeating: 1, count: 20000), promise: nil)
          try pair.pump()
        }
        pair.serverWatch.received = ByteBuffer()
        pair.clientWatch.received = ByteBuffer()
        pair.releaseBuffers()
        pairs.append(pair)
      }
    }
    try idle(50)
    // Other tests run in this process, too: the smallest of several figures has the least of theirs.
    let figures = try (0..<3).map { _ in
      let before = try residentBytes()
      try idle(250)
      return (try residentBytes() - before) / 250
    }
    #expect(try #require(figures.min()) < 80 * 1024, "\(figures)")
  }
}
