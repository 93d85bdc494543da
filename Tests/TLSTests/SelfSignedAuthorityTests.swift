import Foundation
import Testing

@testable import TLS

@Suite struct SelfSignedAuthorityTests {
  let folder: TemporaryFolder
  let now = Int(Date().timeIntervalSince1970)

  init() throws { folder = try TemporaryFolder() }

  func contents(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder.path(name))) }

  func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(name))
    return try #require(attributes[.posixPermissions] as? Int)
  }

  @Test func makesAVerifiableCertificate() async throws {
    let authority = try SelfSignedAuthority(folder: folder.path, names: ["S3.example", "*.s3.example", "192.0.2.7"])
    #expect(try mode("ca.key") == 0o600)
    #expect(try mode("server.key") == 0o600)
    let verified = try await run(
      "openssl",
      ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", authority.certificatePath]
        + [authority.serverCertificatePath])
    #expect(verified.status == 0, "\(verified)")
    let text = try await run("openssl", ["x509", "-in", authority.serverCertificatePath, "-noout", "-text"]).output
    for name in [
      "DNS:localhost", "IP Address:127.0.0.1", "IP Address:0:0:0:0:0:0:0:1", "DNS:s3.example", "DNS:*.s3.example",
      "IP Address:192.0.2.7", "NIST CURVE: P-256",
    ] { #expect(text.contains(name), "\(name)") }
    _ = try TLSIdentity(chainPath: authority.serverCertificatePath, privateKeyPath: authority.serverKeyPath)
  }

  @Test func keepsEverythingUntilRenewalIsDue() throws {
    _ = try SelfSignedAuthority(folder: folder.path, now: now)
    let names = ["ca.pem", "ca.key", "server.pem", "server.key"]
    let first = try names.map(contents)
    let almost = now + SelfSignedAuthority.serverLifetime - SelfSignedAuthority.renewalMargin
    _ = try SelfSignedAuthority(folder: folder.path, now: almost - 60)
    #expect(try names.map(contents) == first)
    _ = try SelfSignedAuthority(folder: folder.path, now: almost + 60)
    let second = try names.map(contents)
    #expect(second[2] != first[2])
    #expect([second[0], second[1], second[3]] == [first[0], first[1], first[3]])
  }

  @Test func renewsForOtherNames() throws {
    _ = try SelfSignedAuthority(folder: folder.path)
    let first = try contents("server.pem")
    _ = try SelfSignedAuthority(folder: folder.path, names: ["new.example"])
    #expect(try contents("server.pem") != first)
  }

  @Test(arguments: ["", "a,DNS:evil.example", "a b", "-a", "a..b", "*", "*.*.example", "a.*.example", "a\u{0}b"])
  func refusesNames(_ name: String) {
    #expect(throws: TLSError.invalidSubjectName(name)) {
      _ = try SelfSignedAuthority(folder: folder.path, names: [name])
    }
  }

  @Test func goesOnAfterACrash() throws {
    // The files appear in this order; a crash may leave any of these beginnings.
    let order = ["ca.key", "ca.pem", "server.key", "server.pem"]
    _ = try SelfSignedAuthority(folder: folder.path)
    for kept in 0..<order.count {
      let half = try TemporaryFolder()
      for name in order[..<kept] {
        try FileManager.default.copyItem(atPath: folder.path(name), toPath: half.path(name))
      }
      try Data("rest".utf8).write(to: URL(fileURLWithPath: half.path(order[kept] + ".new")))
      let authority = try SelfSignedAuthority(folder: half.path)
      _ = try TLSIdentity(chainPath: authority.serverCertificatePath, privateKeyPath: authority.serverKeyPath)
      if kept > 1 { #expect(try Data(contentsOf: URL(fileURLWithPath: half.path("ca.pem"))) == contents("ca.pem")) }
    }
  }

  @Test func neverReplacesAnAuthorityThatClientsMayTrust() throws {
    _ = try SelfSignedAuthority(folder: folder.path)
    let other = try TestAuthority("Other")
    _ = try folder.write(other.key.pem(), to: "ca.key")
    #expect(throws: TLSError.incompleteAuthority(folder: folder.path)) {
      _ = try SelfSignedAuthority(folder: folder.path)
    }
    _ = try folder.write(Array("rubbish".utf8), to: "ca.key")
    #expect(throws: TLSError.malformedPrivateKey) { _ = try SelfSignedAuthority(folder: folder.path) }
    // Without the key, what it signed is used until it ends.
    try FileManager.default.removeItem(atPath: folder.path("ca.key"))
    _ = try SelfSignedAuthority(folder: folder.path, now: now)
    #expect(throws: TLSError.incompleteAuthority(folder: folder.path)) {
      _ = try SelfSignedAuthority(folder: folder.path, now: now + SelfSignedAuthority.serverLifetime + 60)
    }
  }
}
