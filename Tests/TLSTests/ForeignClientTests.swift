import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import TLS

/// Real clients, `openssl s_client` and `curl`, against the server handler.
@Suite struct ForeignClientTests {
  let folder: TemporaryFolder
  let authority: TestAuthority
  let authorityPath: String

  init() throws {
    folder = try TemporaryFolder()
    authority = try TestAuthority()
    authorityPath = try folder.write(authority.pem, to: "ca.pem")
  }

  func server(
    _ options: TLSServerContext.Options = .init(), _ identities: [TLSIdentity] = []
  ) async throws -> LoopbackServer {
    let identities = try identities.isEmpty ? [authority.identity("localhost", "127.0.0.1")] : identities
    let context = try TLSServerContext(identities: identities, options: options, ticketKeys: TLSTicketKeys())
    return try await LoopbackServer.start(context: { context })
  }

  func client(_ server: LoopbackServer, _ arguments: String...) async throws -> ToolResult {
    try await run(
      "openssl",
      ["s_client", "-connect", server.address, "-CAfile", authorityPath, "-verify_return_error", "-ign_eof"]
        + arguments, input: "GET / HTTP/1.1\r\n\r\n")
  }

  @Test(arguments: [
    ("-tls1_2", "version=tls12 suite=ECDHE-ECDSA-AES128-GCM-SHA256"),
    ("-tls1_3", "version=tls13 suite=TLS_AES_128_GCM_SHA256"),
  ])
  func speaks(version: String, expected: String) async throws {
    let server = try await server()
    let result = try await client(server, version)
    #expect(result.output.contains(expected), "\(result)")
    #expect(result.output.contains("Verify return code: 0 (ok)"))
    #expect(result.output.contains("\nCompression: NONE"))
    #expect(server.journal.errors.isEmpty)
    try await server.stop()
  }

  @Test(arguments: ["-tls1", "-tls1_1"])
  func refusesOldVersions(version: String) async throws {
    let server = try await server()
    // Security level 0, else the client itself would not offer them.
    let result = try await client(server, version, "-cipher", "ALL:@SECLEVEL=0")
    #expect(result.status != 0)
    #expect(!result.output.contains("200 OK"))
    #expect(result.errors.contains("alert protocol version"), "\(result)")
    #expect(
      server.journal.tlsErrors.contains { error in
        if case .handshakeFailed(let reason) = error { reason.reason == "unsupported protocol" } else { false }
      })
    try await server.stop()
  }

  @Test(arguments: ["AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256"])
  func refusesOldSuites(suite: String) async throws {
    let server = try await server()
    let result = try await client(server, "-tls1_2", "-cipher", suite)
    #expect(!result.output.contains("200 OK"))
    #expect(result.errors.contains("alert handshake failure"), "\(result)")
    try await server.stop()
  }

  @Test func prefersItsOwnOrder() async throws {
    let server = try await server()
    let result = try await client(server, "-ciphersuites", "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256")
    #expect(result.output.contains("suite=TLS_AES_128_GCM_SHA256"), "\(result) \(server.journal.errors)")
    try await server.stop()
  }

  @Test(arguments: [
    ("http/1.1", "alpn=http/1.1"), ("h2,http/1.1", "alpn=http/1.1"), ("h2", nil),
  ])
  func negotiatesProtocols(offered: String, expected: String?) async throws {
    let server = try await server()
    let result = try await client(server, "-alpn", offered)
    if let expected {
      #expect(result.output.contains(expected), "\(result)")
    } else {
      #expect(result.errors.contains("alert no application protocol"), "\(result)")
    }
    try await server.stop()
  }

  @Test(arguments: [
    ("a.example", "a.example"), ("A.Example", "a.example"), ("x.wild.example", "*.wild.example"),
    ("x.y.wild.example", "localhost"), ("wild.example", "localhost"), ("unknown.example", "localhost"),
  ])
  func selectsCertificates(name: String, expected: String) async throws {
    let identities = try [
      authority.identity("localhost"), authority.identity("a.example"), authority.identity("*.wild.example"),
    ]
    let server = try await server(.init(), identities)
    let result = try await client(server, "-servername", name)
    let certificate = try folder.write(Array(result.output.utf8), to: "seen-\(name).pem")
    let text = try await run("openssl", ["x509", "-in", certificate, "-noout", "-ext", "subjectAltName"])
    #expect(text.output.contains("DNS:\(expected)\n"), "\(text)")
    #expect(result.output.contains("name=\(name)"), "\(result)")
    try await server.stop()
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func resumes(version: String) async throws {
    let server = try await server()
    let session = folder.path("session\(version)")
    let first = try await client(server, version, "-sess_out", session)
    #expect(first.output.contains("resumed=false"), "\(first)")
    let second = try await client(server, version, "-sess_in", session)
    #expect(second.output.contains("resumed=true"), "\(second)")
    #expect(second.output.contains("Reused, TLS"))
    try await server.stop()
  }

  @Test func curlVerifiesTheAuthority() async throws {
    let server = try await server()
    let url = "https://localhost:\(server.port)/"
    let good = try await run("curl", ["-sS", "--http1.1", "--cacert", authorityPath, url])
    #expect(good.status == 0, "\(good)")
    #expect(good.output.contains("alpn=http/1.1 name=localhost resumed=false peer=none"))
    // The refusal's other half: the same server, another authority.
    let other = try folder.write(TestAuthority("Other").pem, to: "other.pem")
    let bad = try await run("curl", ["-sS", "--http1.1", "--cacert", other, url])
    #expect(bad.status == 60, "\(bad)")
    try await server.stop()
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func asksForClientCertificatesWithoutInsisting(version: String) async throws {
    var options = TLSServerContext.Options()
    options.clientCertificates = .requested(trust: .pem(authority.pem))
    let server = try await server(options)

    let without = try await client(server, version)
    #expect(without.output.contains("peer=none"), "\(without)")

    func identify(_ leaf: (chain: [UInt8], key: [UInt8]), _ name: String) async throws -> ToolResult {
      let chain = try folder.write(leaf.chain, to: "\(name)\(version).pem")
      let key = try folder.write(leaf.key, to: "\(name)\(version).key")
      return try await client(server, version, "-cert", chain, "-key", key)
    }
    let stranger = try await identify(TestAuthority("Other").leaf("stranger"), "stranger")
    #expect(stranger.output.contains("200 OK"), "\(stranger)")
    #expect(stranger.output.contains("peer=untrusted(20)") || stranger.output.contains("peer=untrusted(21)"))

    // Ours, but for a server: not trusted as a client.
    let serverOnly = try await identify(authority.leaf("server-only"), "server-only")
    #expect(serverOnly.output.contains("peer=untrusted(26)"), "\(serverOnly)")

    let own = try await identify(authority.leaf("alice", purpose: "clientAuth"), "own")
    // s_client sends the authority's certificate, too.
    #expect(own.output.contains("peer=trusted(2)"), "\(own)")
    #expect(server.journal.errors.isEmpty, "\(server.journal.errors)")

    // A client with a certificate is never resumed, so the verdict is always this handshake's own.
    let session = folder.path("identified\(version)")
    let first = try await client(
      server, version, "-sess_out", session, "-cert", folder.path("own\(version).pem"),
      "-key", folder.path("own\(version).key"))
    #expect(first.output.contains("resumed=false"))
    let second = try await client(server, version, "-sess_in", session)
    #expect(second.output.contains("resumed=false"), "\(second)")
    try await server.stop()
  }
}
