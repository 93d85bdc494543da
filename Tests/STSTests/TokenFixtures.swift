import Cryptography
import S3Model
import STS
import SigV4
import Testing

/// Keys and contents that the token tests share.
enum Fixture {
  /// 2026-01-01T00:00:00.250Z
  static let now: Int64 = 1_767_225_600_250

  static func key(_ byte: UInt8) throws -> AESGCMKey {
    try AESGCMKey([UInt8](repeating: byte, count: AESGCMKey.keyCount))
  }

  static func seed(_ byte: UInt8 = 1) -> SessionSeed {
    SessionSeed((0..<SessionSeed.byteCount).map { UInt8($0) ^ byte })!
  }

  /// Every field used.
  static func fullToken(seed: SessionSeed = Fixture.seed()) -> SessionToken {
    SessionToken(
      kind: .assumedRole, accessKeyID: seed.accessKeyID, principalID: "AIDAALICE", roleID: "AROAREADER",
      providerID: "PROVIDER1", issuingKeyID: "AKIAALICE", sessionName: "nightly",
      policy: #"{"Version":"2012-10-17","Statement":[]}"#,
      policyARNs: ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::000000000000:policy/x"],
      tags: [
        SessionTag(key: "team", value: "blue", isTransitive: true), SessionTag(key: "empty", value: ""),
      ],
      sourceIdentity: "alice", mfaSeconds: now / 1000 - 60,
      claims: [SessionClaim(name: "groups", values: ["a", "b"]), SessionClaim(name: "none", values: [])],
      lineage: [
        SessionAncestor(accessKeyID: "ASIAFIRST", roleID: nil, issuedMilliseconds: now - 5000),
        SessionAncestor(accessKeyID: "ASIASECOND", roleID: "AROAMIDDLE", issuedMilliseconds: now - 2000),
      ], issuedMilliseconds: now, expirySeconds: now / 1000 + 3600)
  }

  static func userToken(seed: SessionSeed = Fixture.seed()) -> SessionToken {
    SessionToken(
      kind: .userSession, accessKeyID: seed.accessKeyID, principalID: "AIDAALICE", issuedMilliseconds: now,
      expirySeconds: now / 1000 + 900)
  }

  static func seal(
    _ token: SessionToken, seed: SessionSeed = Fixture.seed(), keyID: ByteString = "ring-1", key byte: UInt8 = 7
  ) throws -> SealedSession {
    try SealedSession(token, seed: seed, keyID: keyID, key: key(byte))
  }
}

/// The secret that a client was given signs as the one that its token opens to; another does not.
func expectSameSignature(_ opened: OpenedSession, _ sealed: SealedSession) throws {
  let sign = { (secret: SigningSecret) in
    var output: [UInt8] = []
    let empty = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    try RequestSigner(secret: secret, region: "us-east-1", service: "sts").sign(
      method: "POST", path: empty, query: empty, headers: [SignedHeader("host", "localhost")], payload: .unsigned,
      date: SigningDate(unixSeconds: Fixture.now / 1000), scratch: SigningScratch(), to: &output)
    return ByteString(output)
  }
  let given = SigningSecret(
    accessKeyID: sealed.accessKeyID, secretAccessKey: sealed.secretAccessKey.bytes, revision: 0)
  let other = SigningSecret(
    accessKeyID: sealed.accessKeyID, secretAccessKey: sealed.secretAccessKey.bytes.dropLast() + [0x21], revision: 0)
  #expect(opened.signingSecret.accessKeyID == sealed.accessKeyID)
  #expect(try sign(opened.signingSecret) == sign(given))
  #expect(try sign(opened.signingSecret) != sign(other))
}
