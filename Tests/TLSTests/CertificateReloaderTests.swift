import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import TLS

@Suite struct CertificateReloaderTests {
  let folder: TemporaryFolder
  let authority: TestAuthority

  init() throws {
    folder = try TemporaryFolder()
    authority = try TestAuthority()
    try write(authority.leaf("one.example"))
  }

  func write(_ leaf: (chain: [UInt8], key: [UInt8])) throws {
    _ = try folder.write(leaf.chain, to: "tls.crt")
    _ = try folder.write(leaf.key, to: "tls.key")
  }

  func reloader() throws -> CertificateReloader {
    try CertificateReloader(files: [
      .init(chainPath: folder.path("tls.crt"), privateKeyPath: folder.path("tls.key"))
    ])
  }

  func names(_ context: TLSServerContext) -> [String] { context.identities.flatMap(\.dnsNames) }

  @Test func loadsOnlyWhatHasChanged() throws {
    let reloader = try reloader()
    #expect(names(reloader.current) == ["one.example"])
    let first = reloader.current
    #expect(reloader.reloadIfChanged() == .unchanged)
    #expect(reloader.current === first)
    try write(authority.leaf("two.example"))
    #expect(reloader.reloadIfChanged() == .reloaded)
    #expect(names(reloader.current) == ["two.example"])
    #expect(reloader.reloadIfChanged() == .unchanged)
  }

  @Test func keepsTheOldOneWhenTheNewIsBad() throws {
    let reloader = try reloader()
    let first = reloader.current

    // Half of an update: the certificate is new, the key still old.
    let next = try authority.leaf("two.example")
    _ = try folder.write(next.chain, to: "tls.crt")
    #expect(reloader.reloadIfChanged() == .refused(.keyDoesNotMatchCertificate))
    #expect(reloader.reloadIfChanged() == .unchanged)
    #expect(reloader.current === first)

    _ = try folder.write(Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8), to: "tls.crt")
    #expect(reloader.reloadIfChanged() == .refused(.malformedCertificate))
    _ = try folder.write([], to: "tls.crt")
    #expect(reloader.reloadIfChanged() == .refused(.noCertificate))
    try FileManager.default.removeItem(atPath: folder.path("tls.crt"))
    #expect(reloader.reloadIfChanged() == .refused(.unreadableFile(path: folder.path("tls.crt"), errno: ENOENT)))
    #expect(reloader.current === first)

    try write(next)
    #expect(reloader.reloadIfChanged() == .reloaded)
    #expect(names(reloader.current) == ["two.example"])
  }

  /// As Kubernetes does it: `tls.crt` links into `..data`, which is a link that is replaced.
  @Test func followsSwappedLinks() throws {
    let files = FileManager.default
    for (version, name) in [("1", "one.example"), ("2", "two.example")] {
      try files.createDirectory(atPath: folder.path("..v\(version)"), withIntermediateDirectories: true)
      let leaf = try authority.leaf(name)
      _ = try folder.write(leaf.chain, to: "..v\(version)/tls.crt")
      _ = try folder.write(leaf.key, to: "..v\(version)/tls.key")
    }
    for name in ["tls.crt", "tls.key"] {
      try files.removeItem(atPath: folder.path(name))
      try files.createSymbolicLink(atPath: folder.path(name), withDestinationPath: "..data/\(name)")
    }
    try files.createSymbolicLink(atPath: folder.path("..data"), withDestinationPath: "..v1")
    let reloader = try reloader()
    #expect(names(reloader.current) == ["one.example"])
    try files.createSymbolicLink(atPath: folder.path("..data_tmp"), withDestinationPath: "..v2")
    #expect(rename(folder.path("..data_tmp"), folder.path("..data")) == 0)
    #expect(reloader.reloadIfChanged() == .reloaded)
    #expect(names(reloader.current) == ["two.example"])
  }

  @Test func refusesToStartWithoutGoodFiles() async throws {
    _ = try folder.write(TestAuthority("Other").leaf("x").key, to: "tls.key")
    #expect(throws: TLSError.keyDoesNotMatchCertificate) { _ = try reloader() }
    let encrypted = try await run(
      "openssl",
      ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes256", "-pass", "pass:x"])
    _ = try folder.write(Array(encrypted.output.utf8), to: "tls.key")
    #expect(throws: TLSError.encryptedPrivateKey) { _ = try reloader() }
    #expect(throws: TLSError.noCertificate) { _ = try CertificateReloader(files: []) }
  }

  @Test func livingConnectionsStay() async throws {
    try write(authority.leaf("localhost"))
    let reloader = try reloader()
    let server = try await LoopbackServer.start(context: { reloader.current }) { _ in Echo() }
    var options = TLSClientContext.Options()
    options.trust = .pem(authority.pem)
    let old = try TLSClientContext(options: options)
    // Without the other one's session, which the server would resume: its ticket keys outlive a reload.
    let oldAnew = try TLSClientContext(options: options)
    let next = try TestAuthority("Next")
    options.trust = .pem(next.pem)
    let new = try TLSClientContext(options: options)

    func connect(_ context: TLSClientContext) async throws -> (any Channel, Counter) {
      let counter = Counter()
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers([
              TLSClientHandler(context: context, serverName: "localhost"), counter,
            ])
          }
        }
        .connect(host: "127.0.0.1", port: server.port).get()
      return (channel, counter)
    }
    func works(_ connection: (any Channel, Counter)) async throws -> Bool {
      let before = connection.1.count
      do { try await connection.0.writeAndFlush(ByteBuffer(string: "hello")) } catch { return false }
      for _ in 0..<2000 where connection.1.count < before + 5 && connection.0.isActive {
        try await Task.sleep(for: .milliseconds(5))
      }
      return connection.1.count == before + 5
    }

    let living = try await connect(old)
    #expect(try await works(living))
    let reported = Mutex<[CertificateReloader.Outcome]>([])
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let task = reloader.watch(every: .milliseconds(20), on: loop, threads: .singleton) { outcome in
      reported.withLock { $0.append(outcome) }
    }
    // The pair is written file by file, so the watch may see a half of it: that is the point of refusing.
    try write(next.leaf("localhost"))
    for _ in 0..<2000 where reported.withLock({ $0.last != .reloaded }) { try await Task.sleep(for: .milliseconds(5)) }
    #expect(reported.withLock { $0.last } == .reloaded)
    task.cancel()

    #expect(try await works(living))
    #expect(try await works(connect(new)))
    #expect(try await !works(connect(oldAnew)))
    try await living.0.close()
    try await server.stop()
  }
}

@Suite struct TLSProviderTests {
  /// Debian 12 has no FIPS module, so refusing is what can be shown here. What was asked for in vain must also leave the
  /// process as it was.
  @Test func refusesWithoutAModule() throws {
    #expect(throws: TLSError.unreadableFile(path: "/usr/lib/ossl-modules/fips.so", errno: ENOENT)) {
      try TLSProvider.enableFIPS(modulePath: "/usr/lib/ossl-modules/fips.so")
    }
    let folder = try TemporaryFolder()
    let fake = try folder.write(Array("not a module".utf8), to: "fips.so")
    for configuration in [nil, try folder.write(Array("[fips_sect]\nactivate = 1\n".utf8), to: "fips.cnf")] {
      #expect {
        try TLSProvider.enableFIPS(modulePath: fake, configurationPath: configuration)
      } throws: { error in
        if case .some(.fipsUnavailable(let reason)) = error as? TLSError { reason.code != 0 } else { false }
      }
    }
    _ = try TestAuthority().identity("localhost")
  }
}
