import Foundation
import Testing

@testable import TLS

struct ClientCertificateTrustTests {
  let files = AuthorityFolder()
  /// Certificates are made after this is taken.
  let now = Int64(Date().timeIntervalSince1970) + 60

  private func refusal(_ name: String, _ trust: ClientCertificateTrust, at time: Int64) throws -> CertificateRefusal? {
    let leaf = try files.bytes(name + ".der")
    do throws(CertificateRefusal) {
      _ = try trust.verify([leaf], at: time)
      return nil
    } catch {
      return error
    }
  }

  private func code(_ refusal: CertificateRefusal?) -> Int? {
    guard case .chain(let code, _, _)? = refusal else { return nil }
    return code
  }

  @Test func takesWhoeverTheAuthorityVouchesFor() async throws {
    try await files.makeAuthority("ca")
    try await files.makeClient(
      "alice", by: "ca", subject: "/O=Example/OU=Research/CN=Alice Ä",
      names: "email:alice@example.com,DNS:host.example.com,URI:spiffe://example.com/alice,"
        + "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:alice@corp.example.com")
    let trust = try ClientCertificateTrust(authorities: files.bytes("ca.pem"))
    let verified = try trust.verify([files.bytes("alice.der")], at: now)
    #expect(verified.subject == "CN=Alice Ä,OU=Research,O=Example")
    #expect(verified.issuer == "CN=Authority,O=Test")
    #expect(verified.names.commonNames == ["Alice Ä"])
    #expect(verified.names.organizationalUnits == ["Research"])
    #expect(verified.names.emails == ["alice@example.com"])
    #expect(verified.names.dnsNames == ["host.example.com"])
    #expect(verified.names.uris == ["spiffe://example.com/alice"])
    #expect(verified.names.userPrincipalNames == ["alice@corp.example.com"])
    #expect(!verified.names.hasUnusable)
    #expect((now + 4 * 86400...now + 6 * 86400).contains(verified.notAfter))
  }

  @Test func refusesWhoeverItDoesNot() async throws {
    try await files.makeAuthority("ca")
    // Another key under the same name.
    try await files.makeAuthority("other")
    try await files.makeClient("good", by: "ca", subject: "/CN=good")
    try await files.makeClient("stranger", by: "other", subject: "/CN=good")
    try await files.makeClient("self", by: nil, subject: "/O=Test/CN=Authority")
    try await files.makeClient("server", by: "ca", subject: "/CN=good", usage: "serverAuth")
    try await files.makeClient("any", by: "ca", subject: "/CN=good", usage: "anyExtendedKeyUsage")
    try await files.makeClient("none", by: "ca", subject: "/CN=good", usage: nil)
    try await files.makeClient("weak", by: "ca", subject: "/CN=good", key: ["rsa:1024"])
    try await files.makeClient("strong", by: "ca", subject: "/CN=good", key: ["rsa:2048"])
    try await files.makeClient("authority", by: "ca", subject: "/CN=good", isAuthority: true)
    let trust = try ClientCertificateTrust(authorities: files.bytes("ca.pem"))
    #expect(try refusal("good", trust, at: now) == nil)
    #expect(try refusal("strong", trust, at: now) == nil)
    #expect(try code(refusal("stranger", trust, at: now)) != nil)
    #expect(try code(refusal("self", trust, at: now)) != nil)
    #expect(try code(refusal("server", trust, at: now)) == 26)
    #expect(try refusal("none", trust, at: now) == .notForClients)
    #expect(try refusal("any", trust, at: now) != nil)
    #expect(try code(refusal("weak", trust, at: now)) == 66)
    #expect(try refusal("authority", trust, at: now) != nil)
    // Expired, not yet valid.
    #expect(try code(refusal("good", trust, at: now + 6 * 86400)) == 10)
    #expect(try code(refusal("good", trust, at: now - 86400)) == 9)
    let bytes = try files.bytes("good.der")
    for chain in [[], [bytes + [0]], [Array(bytes.dropLast())], [bytes, [1, 2]], Array(repeating: bytes, count: 11)] {
      #expect(throws: CertificateRefusal.malformed) { _ = try trust.verify(chain, at: now) }
    }
  }

  @Test func asksRevocationLists() async throws {
    try await files.makeAuthority("ca")
    try await files.makeClient("good", by: "ca", subject: "/CN=good")
    try await files.makeClient("bad", by: "ca", subject: "/CN=bad")
    try await files.makeList("ca")
    func trust() throws -> ClientCertificateTrust {
      try ClientCertificateTrust(authorities: files.bytes("ca.pem"), revocationLists: [files.bytes("ca.crl")])
    }
    let before = try trust()
    #expect(try refusal("bad", before, at: now) == nil)
    try await files.revoke("bad", by: "ca")
    try await files.makeList("ca")
    let after = try trust()
    #expect(try refusal("bad", after, at: now) == .revoked)
    #expect(try refusal("good", after, at: now) == nil)
    // A list that is over says nothing, so nobody comes in.
    #expect(try code(refusal("good", after, at: now + 2 * 86400)) == 12)
    // One of another authority is none.
    try await files.makeAuthority("other", subject: "/CN=Other")
    try await files.makeList("other")
    let foreign = try ClientCertificateTrust(
      authorities: files.bytes("ca.pem"), revocationLists: [files.bytes("other.crl")])
    #expect(try code(refusal("good", foreign, at: now)) == 3)
    #expect(throws: TLSError.malformedRevocationList) {
      _ = try ClientCertificateTrust(authorities: files.bytes("ca.pem"), revocationLists: [Array("nothing".utf8)])
    }
  }

  @Test func followsItsFiles() async throws {
    try await files.makeAuthority("ca")
    try await files.makeClient("bad", by: "ca", subject: "/CN=bad")
    try await files.makeList("ca")
    let paths = ClientCertificateFiles.Paths(
      authorities: try files.path("ca.pem"), revocationLists: [try files.path("ca.crl")])
    let followed = ClientCertificateFiles(paths)
    var reports: [TLSError] = []
    let first = try #require(followed.current { reports.append($0) })
    #expect(try refusal("bad", first, at: now) == nil)
    try await files.revoke("bad", by: "ca")
    try await files.makeList("ca")
    let second = try #require(followed.current { reports.append($0) })
    #expect(try refusal("bad", second, at: now) == .revoked)
    #expect(reports.isEmpty)
    // A broken list changes nothing, and is told once.
    try Data("broken".utf8).write(to: URL(fileURLWithPath: files.path("ca.crl")))
    for _ in 0..<2 {
      let third = try #require(followed.current { reports.append($0) })
      #expect(try refusal("bad", third, at: now) == .revoked)
    }
    #expect(reports == [.malformedRevocationList])
    #expect(ClientCertificateFiles(paths).current { _ in } == nil)
  }

  @Test func judgesAnswersOfResponders() async throws {
    try await files.makeAuthority("ca")
    try await files.makeAuthority("other")
    for name in ["good", "bad", "unknown"] { try await files.makeClient(name, by: "ca", subject: "/CN=\(name)") }
    try await files.revoke("bad", by: "ca")
    let serial = try await files.openssl("x509", "-in", files.path("good.pem"), "-noout", "-serial").output
    let number = serial.trimmingCharacters(in: .whitespacesAndNewlines).dropFirst("serial=".count)
    let index = URL(fileURLWithPath: try files.path("ca.index"))
    let known = try String(contentsOf: index, encoding: .utf8) + "V\t491231235959Z\t\t\(number)\tunknown\t/CN=good\n"
    try Data(known.utf8).write(to: index)
    let trust = try ClientCertificateTrust(authorities: files.bytes("ca.pem"))

    func answer(_ name: String, signer: String = "ca", _ more: String...) async throws -> (OCSPInquiry, [UInt8]) {
      let verified = try trust.verify([files.bytes(name + ".der")], at: now)
      let inquiries = try #require(OCSPInquiry.all(for: verified))
      #expect(inquiries.count == 1)
      let inquiry = inquiries[0]
      try Data(inquiry.request).write(to: URL(fileURLWithPath: files.path("request")))
      let made = try await run(
        "openssl",
        [
          "ocsp", "-index", try files.path("ca.index"), "-CA", try files.path("ca.pem"), "-rsigner",
          try files.path(signer + ".pem"), "-rkey", try files.path(signer + ".key"), "-reqin",
          try files.path("request"), "-respout", try files.path("answer"),
        ] + more)
      try #require(made.status == 0, "\(made.errors)")
      return (inquiry, try files.bytes("answer"))
    }

    let (good, goodAnswer) = try await answer("good", "-nmin", "10")
    let judged = try good.judge(goodAnswer, trust: trust, at: now)
    #expect(judged.status == .good)
    #expect(judged.nextUpdate.map { (now + 500...now + 700).contains($0) } == true)
    let (bad, badAnswer) = try await answer("bad")
    #expect(try bad.judge(badAnswer, trust: trust, at: now) == .init(status: .revoked, nextUpdate: nil))
    let (unknown, unknownAnswer) = try await answer("unknown")
    #expect(try unknown.judge(unknownAnswer, trust: trust, at: now).status == .unknown)

    // Signed by somebody else of the same name; another question's answer; cut short.
    let (again, foreign) = try await answer("good", signer: "other")
    #expect(throws: OCSPInquiry.Fault.untrusted) { _ = try again.judge(foreign, trust: trust, at: now) }
    #expect(throws: OCSPInquiry.Fault.wrongNonce) { _ = try again.judge(goodAnswer, trust: trust, at: now) }
    #expect(throws: OCSPInquiry.Fault.malformed) {
      _ = try good.judge(Array(goodAnswer.dropLast(9)), trust: trust, at: now)
    }
    // Inside of what is signed; a certificate comes along behind that.
    var changed = goodAnswer
    changed[120] ^= 1
    #expect(throws: (any Error).self) { _ = try good.judge(changed, trust: trust, at: now) }
  }
}
