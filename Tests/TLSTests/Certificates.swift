import Foundation
import Testing

@testable import TLS

/// A folder that goes away with the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-tls-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func path(_ name: String) -> String { path + "/" + name }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }
}

/// An authority in memory, and leaves from it.
final class TestAuthority {
  let key: IssuingKey
  let certificate: IssuedCertificate
  let pem: [UInt8]

  static let now = Int(Date().timeIntervalSince1970)

  init(_ name: String = "Test authority") throws {
    key = try IssuingKey()
    certificate = try IssuedCertificate(authority: name, key: key, from: Self.now, seconds: 86400)
    pem = try certificate.pem()
  }

  func leaf(
    _ names: String..., seconds: Int = 86400, purpose: String = "serverAuth"
  ) throws -> (chain: [UInt8], key: [UInt8]) {
    try leaf(names, seconds: seconds, purpose: purpose)
  }

  private func leaf(_ names: [String], seconds: Int, purpose: String) throws -> (chain: [UInt8], key: [UInt8]) {
    let leafKey = try IssuingKey()
    let leaf = try IssuedCertificate(
      names: names.map { try #require(SubjectName($0)) }, key: leafKey, issuer: certificate, issuerKey: key,
      from: Self.now, seconds: seconds, purpose: purpose)
    return (try leaf.pem(), try leafKey.pem())
  }

  func identity(_ names: String..., seconds: Int = 86400, purpose: String = "serverAuth") throws -> TLSIdentity {
    let leaf = try leaf(names, seconds: seconds, purpose: purpose)
    return try TLSIdentity(chain: leaf.chain, privateKey: leaf.key)
  }
}
