import Cryptography
import Foundation
import Identity
import S3Model
import STS
import Testing

/// Sealing and opening with rings as they come from the file that all nodes share.
@Suite struct KeyRotationTests {
  private func ring(_ states: [(id: String, state: String)]) throws -> KeyRing {
    let keys = states.enumerated().map { index, entry in
      // One key for one id, whatever ring it is in.
      let key = SHA256Hasher.hash(entry.id).bytes
      return ["id": entry.id, "created": 1_767_225_600 + index, "state": entry.state, "key": Base64.encode(key)]
        as [String: Any]
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("keyring.json").path
    let created = FileManager.default.createFile(
      atPath: path, contents: try JSONSerialization.data(withJSONObject: ["keys": keys]),
      attributes: [.posixPermissions: 0o600])
    #expect(created)
    return try KeyRing.load(path: path)
  }

  private func seal(_ ring: KeyRing) throws -> SealedSession {
    try SealedSession(
      Fixture.userToken(), seed: Fixture.seed(), keyID: ring.sealing.id, key: ring.sealing.key)
  }

  private func open(_ sealed: SealedSession, _ ring: KeyRing, _ cache: SessionCache) throws -> ByteString {
    try cache.open(sealed.token.bytes, accessKeyID: sealed.accessKeyID, atMilliseconds: Fixture.now) { ring.key($0) }
      .ringKeyID
  }

  @Test func tokensSurviveRotationUntilTheirKeyIsTakenOut() throws {
    let cache = SessionCache()
    let first = try ring([("one", "seal")])
    let prepared = try ring([("one", "seal"), ("two", "open")])
    let rotated = try ring([("one", "open"), ("two", "seal")])
    let done = try ring([("two", "seal")])
    let old = try seal(first)
    // A key that only opens seals nothing, even when it is the newest.
    #expect(try open(seal(prepared), prepared, cache) == "one")
    let new = try seal(rotated)
    #expect(try open(new, rotated, cache) == "two")
    // A node that still has the ring before last opens what the others seal already.
    #expect(try open(new, prepared, cache) == "two")
    #expect(throws: SessionTokenError.invalid) { try open(new, first, cache) }
    #expect(try open(old, rotated, cache) == "one")
    // From the cache as well, the old token ends with its key.
    #expect(throws: SessionTokenError.invalid) { try open(old, done, cache) }
    #expect(try open(new, done, cache) == "two")
  }
}
