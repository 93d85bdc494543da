import Foundation
import HTTPClient
import HTTPWire
import NIOCore
import NIOPosix
import S3Model
import TLS
import Testing

/// Over TLS: who is trusted, and who is not.
@Suite struct HTTPTrustTests {
  static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  private func withServer(
    names: [String] = [], _ body: (ScriptedServer, SelfSignedAuthority, String) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UInt64.random(in: 0 ..< .max))")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let authority = try SelfSignedAuthority(folder: folder.path + "/server", names: names)
    let identity = try TLSIdentity(
      chainPath: authority.serverCertificatePath, privateKeyPath: authority.serverKeyPath)
    let tls = try TLSServerContext(identities: [identity], ticketKeys: TLSTicketKeys())
    let server = try await ScriptedServer(group: Self.group, tls: tls) { _ in [.write(ok)] }
    try await body(server, authority, folder.path)
    try await server.stop()
  }

  private func ask(_ url: String, _ trust: HTTPEndpoint.Trust) async throws -> String {
    let requester = HTTPRequester(try HTTPEndpoint(HTTPURL(url), trust: trust), group: Self.group)
    defer { requester.shutDown() }
    return String(buffer: try await requester.answer(to: HTTPClientRequest(.get, "/")).body)
  }

  private func refused(_ url: String, _ trust: HTTPEndpoint.Trust) async throws {
    do {
      _ = try await ask(url, trust)
      Issue.record("a stranger was trusted")
    } catch HTTPClientError.connectFailed {
    }
  }

  @Test func onlyTheRightAuthorityAndName() async throws {
    try await withServer { server, authority, folder in
      let url = "https://127.0.0.1:\(server.port)/"
      let trust = HTTPEndpoint.Trust(certificateAuthorityFile: authority.certificatePath)
      let answer = try await ask(url, trust)
      #expect(answer == "ok")
      try await refused(url, HTTPEndpoint.Trust())
      let stranger = try SelfSignedAuthority(folder: folder + "/stranger")
      try await refused(url, HTTPEndpoint.Trust(certificateAuthorityFile: stranger.certificatePath))
      var otherName = trust
      otherName.serverName = "opa.example"
      try await refused(url, otherName)
      #expect(server.requests.count == 1)
    }
    try await withServer(names: ["opa.example"]) { server, authority, _ in
      let trust = HTTPEndpoint.Trust(
        certificateAuthorityFile: authority.certificatePath, serverName: "opa.example")
      let answer = try await ask("https://127.0.0.1:\(server.port)/", trust)
      #expect(answer == "ok")
    }
  }

  @Test func filesThatCannotBeUsedAreTold() throws {
    let url = try HTTPURL("https://opa.example/")
    for trust in [
      HTTPEndpoint.Trust(certificateAuthorityFile: "/nowhere"), HTTPEndpoint.Trust(clientCertificateFile: "/nowhere"),
      HTTPEndpoint.Trust(clientKeyFile: "/nowhere"),
    ] {
      #expect(throws: HTTPClientError.self) { try HTTPEndpoint(url, trust: trust) }
    }
  }

  @Test func plainHTTPBehindAnHTTPSURLFails() async throws {
    let server = try await ScriptedServer(group: Self.group) { _ in [.write(ok)] }
    try await refused("https://127.0.0.1:\(server.port)/", HTTPEndpoint.Trust())
    try await server.stop()
  }
}
