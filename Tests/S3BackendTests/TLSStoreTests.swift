import Backend
import Foundation
import NIOCore
import NIOPosix
import S3Backend
import TLS
import Testing

/// The same over TLS.
@Suite struct TLSStoreTests {
  private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  private func withStore(
    _ script: @escaping TestStore.Script, _ body: (TestStore, SelfSignedAuthority) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UInt64.random(in: 0 ..< .max))")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let authority = try SelfSignedAuthority(folder: folder.path, names: ["localhost", "127.0.0.1"])
    let identity = try TLSIdentity(
      chainPath: authority.serverCertificatePath, privateKeyPath: authority.serverKeyPath)
    let tls = try TLSServerContext(identities: [identity], ticketKeys: TLSTicketKeys())
    let store = try await TestStore(group: Self.group, tls: tls, script: script)
    try await body(store, authority)
    try await store.stop()
  }

  @Test func servesOverTLS() async throws {
    try await withStore({ $0.isComplete ? [.write(ok)] : [] }) { store, authority in
      var configuration = S3BackendConfiguration.test(port: store.port, scheme: .https)
      configuration.certificateAuthorityFile = authority.certificatePath
      let exchange = try await Exchange(configuration, on: Self.group)
      let body = [UInt8](repeating: 3, count: 700_000)
      for _ in 0..<3 {
        #expect(try await exchange.run("GET /bucket/key").text == "ok")
        #expect(try await exchange.run("PUT /bucket/key", body: body).isFinished)
      }
      #expect(store.connections == 1 && store.requests.count { $0.body == body } == 3)
      // A customer's key may travel here.
      let keyed = try await exchange.run(
        "GET /bucket/key", headers: ["X-Amz-Server-Side-Encryption-Customer-Key": "a2V5"])
      #expect(keyed.isFinished)
      #expect(store.requests.last?.header("x-amz-server-side-encryption-customer-key") == "a2V5")
    }
  }

  @Test func strangersAreNotTrusted() async throws {
    try await withStore({ _ in [.write(ok)] }) { store, _ in
      let exchange = try await Exchange(.test(port: store.port, scheme: .https), on: Self.group)
      let outcome = try await exchange.run("GET /bucket/key")
      guard case .unavailable? = outcome.failure else { throw Unexpected(outcome) }
      #expect(store.requests.isEmpty && !exchange.backend.isReady())
    }
  }

  @Test func plainHTTPBehindTLSSettingsFails() async throws {
    let store = try await TestStore(group: Self.group) { _ in [.write(ok)] }
    let exchange = try await Exchange(.test(port: store.port, scheme: .https).impatient, on: Self.group)
    let outcome = try await exchange.run("GET /bucket/key")
    guard case .unavailable? = outcome.failure else { throw Unexpected(outcome) }
    try await store.stop()
  }
}
