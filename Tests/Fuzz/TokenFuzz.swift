import Cryptography
import S3Model

@testable import STS

/// Session tokens: none opens but what was sealed, and the decoder takes what the encoder makes and nothing else.
enum TokenFuzz {
  private static let now: Int64 = 1_800_000_000_000

  static func run(_ input: [UInt8]) {
    guard let key = key(), let seed = SessionSeed([UInt8](repeating: 7, count: SessionSeed.byteCount)) else { return }
    let opened = Result { () throws(SessionTokenError) in
      try OpenedSession(authenticating: input, accessKeyID: seed.accessKeyID) { _ in key }
    }
    if case .success = opened { expect(false, "a token that nobody sealed does not open") }
    decode(input)
    mutate(input, key, seed)
  }

  private static func key() -> AESGCMKey? {
    do throws(CryptographyError) {
      return try AESGCMKey([UInt8](repeating: 42, count: AESGCMKey.keyCount))
    } catch {
      return nil
    }
  }

  /// The plaintext's form is canonical.
  private static func decode(_ bytes: [UInt8]) {
    guard let token = SessionToken(decoding: bytes) else { return }
    expect(token.encoded() == bytes, "one content has one form")
  }

  private static func mutate(_ input: [UInt8], _ key: AESGCMKey, _ seed: SessionSeed) {
    var choices = FuzzInput(input)
    let offset = choices.number(65_536)
    let change = choices.byte()
    let name = Array(choices.bytes.prefix(32))
    let token = SessionToken(
      kind: .userSession, accessKeyID: seed.accessKeyID, principalID: ByteString(name), issuedMilliseconds: now,
      expirySeconds: now / 1000 + 900)
    let sealed = Result { () throws(SessionTokenError) in
      try SealedSession(token, seed: seed, keyID: "ring", key: key)
    }
    guard case .success(let sealed) = sealed else { return }
    var wire = sealed.token.bytes
    func open() -> SessionToken? {
      let opened = Result { () throws(SessionTokenError) in
        try SessionToken.open(wire, accessKeyID: seed.accessKeyID, atMilliseconds: now) { $0 == "ring" ? key : nil }
      }
      guard case .success(let session) = opened else { return nil }
      return session.token
    }
    expect(open() == token, "a sealed token opens")
    guard change != 0 else { return }
    wire[offset % wire.count] ^= change
    expect(open() == nil, "a changed token does not open")
  }
}
