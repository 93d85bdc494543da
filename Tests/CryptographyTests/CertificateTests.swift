import Cryptography
import Foundation
import Testing

@Suite struct CertificateTests {
  private static let now: Duration = .seconds(1_748_736_000)

  private func certificate(_ pem: String) throws -> Certificate {
    try #require(try Certificate.all(in: Array(pem.utf8)).first)
  }

  private func object(_ json: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
  }

  /// Members that the expected text names.
  private func differences(_ json: [UInt8], _ expected: String) throws -> [String] {
    let found = try object(json)
    return try object(Array(expected.utf8)).compactMap { name, value in
      let value = value as? NSObject
      return value == found[name] as? NSObject ? nil : name
    }
  }

  @Test func saysWhatOPASays() throws {
    let certificate = try certificate(TestCertificates.everything)
    #expect(try differences(certificate.json(), TestCertificates.everythingJSON) == [])
    // Compared as numbers the coordinates would lose digits.
    let x =
      #""X":3124966631051491239515763382724373032199959062163237007685775047209106982810006273032769113261007176441151597"#
      + "8510234"
    #expect(String(decoding: certificate.json(), as: UTF8.self).contains(x))
    let request = try CertificateRequest(parsing: Array(TestCertificates.request.utf8))
    #expect(try differences(request.json(), TestCertificates.requestJSON) == [])
    #expect(certificate.fields.subject.commonName == "leaf.example.com")
    #expect(certificate.fields.alternativeNames.dns == ["a.example.com", "*.b.example"])
    #expect(certificate.fields.extendedKeyUsages == [.serverAuth, .clientAuth])
    #expect(certificate.fields.isAuthority)
    #expect(try object(certificate.json(includingURIStrings: false))["URIStrings"] == nil)
  }

  @Test func readsEveryFormOfText() throws {
    let pem = TestCertificates.root + "\n" + TestCertificates.leaf + "\n"
    let two = try Certificate.all(in: Array(pem.utf8))
    #expect(two.map(\.fields.subject.commonName) == ["root", "leaf.example.com"])
    let der = two.flatMap(\.der)
    #expect(try Certificate.all(in: Array(Base64.encode(der).utf8)).map(\.der) == two.map(\.der))
    #expect(try Certificate.all(in: Array(Base64.encode(Array(pem.utf8)).utf8)).map(\.der) == two.map(\.der))
  }

  @Test(arguments: [
    ("foobar", MalformedItem.base64), ("YmFkc3RyaW5n", .certificate), (TestCertificates.request, .label),
    (TestCertificates.root + "\n" + TestCertificates.everythingKey, .label),
  ])
  func refusesText(text: String, item: MalformedItem) {
    #expect(throws: CryptographyError.malformed(item)) { try Certificate.all(in: Array(text.utf8)) }
  }

  /// Whatever one byte is changed to: read or refused, never more than that.
  @Test func survivesChangedBytes() throws {
    let der = try certificate(TestCertificates.everything).der
    var refused = 0
    for index in der.indices {
      for byte in [0, 0x30, 0x80, 0xFF, der[index] ^ 1] as [UInt8] {
        var changed = der
        changed[index] = byte
        do throws(CryptographyError) {
          _ = try Certificate(der: changed).json()
        } catch {
          #expect(error == .malformed(.certificate))
          refused += 1
        }
      }
    }
    #expect(refused > der.count)
    for count in stride(from: 0, to: der.count, by: 3) {
      #expect(throws: CryptographyError.malformed(.certificate)) { try Certificate(der: Array(der.prefix(count))) }
    }
    #expect(throws: CryptographyError.malformed(.certificate)) { try Certificate(der: der + [0]) }
  }

  private func chain(_ pems: [String], for purpose: CertificateChain.Purpose) throws -> [String] {
    try CertificateChain(rootToLeaf: pems.map { try certificate($0) }, for: purpose).certificates
      .map(\.fields.subject.commonName)
  }

  @Test func verifiesChains() throws {
    let good = [TestCertificates.root, TestCertificates.intermediate, TestCertificates.leaf]
    let names = ["leaf.example.com", "inter", "root"]
    #expect(try chain(good, for: .init(now: Self.now)) == names)
    for name in ["a.example.com", "A.Example.Com", "x.w.example.com", "10.1.2.3", "[2001:db8::1]"] {
      #expect(try chain(good, for: .init(now: Self.now, dnsName: name)) == names)
    }
    // Trusted because we say so, not because it signed itself.
    #expect(try chain(Array(good.dropFirst()), for: .init(now: Self.now)) == ["leaf.example.com", "inter"])
    let client = [TestCertificates.root, TestCertificates.intermediate, TestCertificates.client]
    #expect(try chain(client, for: .init(now: Self.now, usages: [.clientAuth])).first == "client")
    let inside = [TestCertificates.root, TestCertificates.constrained, TestCertificates.insideConstraint]
    #expect(try chain(inside, for: .init(now: Self.now)).first == "in")
  }

  @Test func refusesChains() throws {
    let root = TestCertificates.root
    let intermediate = TestCertificates.intermediate
    let good = [root, intermediate, TestCertificates.leaf]
    func refuses(_ pems: [String], _ purpose: CertificateChain.Purpose, _ fault: ChainFault) {
      #expect(throws: CryptographyError.untrusted(fault)) { try chain(pems, for: purpose) }
    }
    let purpose = CertificateChain.Purpose(now: Self.now)
    refuses([root], purpose, .tooShort)
    refuses([root, TestCertificates.leaf], purpose, .unknownIssuer)
    refuses([TestCertificates.otherRoot, TestCertificates.leaf], purpose, .unknownIssuer)
    refuses(good, .init(now: Self.now + .seconds(400 * 86400)), .expired)
    refuses(good, .init(now: Self.now - .seconds(400 * 86400)), .notYetValid)
    for name in ["", ".example.com", "leaf.example.com", "x.y.w.example.com", "w.example.com", "10.1.2.4"] {
      refuses(good, .init(now: Self.now, dnsName: name), .wrongName)
    }
    refuses(good, .init(now: Self.now, usages: [.clientAuth]), .wrongUsage)
    refuses(good, .init(now: Self.now, usages: []), .wrongUsage)
    refuses([root, intermediate, TestCertificates.client], purpose, .wrongUsage)
    refuses(
      [root, TestCertificates.constrained, TestCertificates.outsideConstraint], purpose, .constraint)
    refuses([root, intermediate, TestCertificates.leaf, TestCertificates.belowLeaf], purpose, .constraint)
    var forged = try certificate(TestCertificates.leaf).der
    forged[forged.count - 1] ^= 1
    let certificates = [try certificate(root), try certificate(intermediate), try Certificate(der: forged)]
    #expect(throws: CryptographyError.untrusted(.badSignature)) {
      try CertificateChain(rootToLeaf: certificates, for: purpose)
    }
  }

  @Test func readsPrivateKeysAndPairs() throws {
    let keys = try PrivateKey.all(in: Array((TestKeys.rsa + "\n" + TestKeys.p256 + "\n" + TestKeys.ed25519).utf8))
    #expect(keys.map(\.kind) == [.rsa, .ec(.p256), .ed25519])
    // Numbers of this size are beyond JSONSerialization.
    let json = String(decoding: try PrivateKey.exportedJSON(keys), as: UTF8.self)
    #expect(json.hasPrefix(#"[{"N":256214476156062826730482"#) && json.contains(#","E":65537,"D":1946814833816247"#))
    #expect(
      json.hasSuffix(#"},"ANiN6hiM90EhmxEYowplnZAB3cyFKM9iYsoLt6vm+m0t9pJ58OoH61LaX4SzVFrk6GuPeHMjQRb5VVt5n9PaKQ=="]"#))
    #expect(try PrivateKey.all(in: Array("nope".utf8)).isEmpty)
    let certificate = Array(TestCertificates.everything.utf8)
    let pair = try object(
      try PrivateKey.exportedPairJSON(
        certificates: certificate, key: Array(TestCertificates.everythingKey.utf8)))
    #expect((pair["Certificate"] as? [String])?.count == 1)
    #expect(throws: CryptographyError.invalidKey) {
      try PrivateKey.exportedPairJSON(certificates: certificate, key: Array(TestKeys.p256.utf8))
    }
  }
}
