import Cryptography
import S3Model
import Testing

@testable import SigV4

@Suite struct SigningKeyCacheTests {
  private func mac(_ key: SigningKey?) -> SHA256Digest? {
    guard case .hmac(let key)? = key else { return nil }
    return key.authenticate([1, 2, 3])
  }

  private func scope(_ region: String) -> CredentialScope {
    CredentialScope(date: SigningDate(unixSeconds: RequestFixture.now), region: ByteString(region), service: "s3")
  }

  @Test func bounded() {
    let cache = SigningKeyCache(entriesMax: 10)
    let hasher = SHA256Hasher()
    for index in 0..<100 {
      let key = cache.key(RequestFixture.secret, .hmacSHA256, scope("r\(index)"), using: hasher)
      #expect(mac(key) == RequestFixture.secret.derivedKey(scope("r\(index)"), using: hasher).authenticate([1, 2, 3]))
      #expect(cache.count <= 10)
    }
    // Still right when asked again, held or not.
    for index in [0, 98, 99] {
      let key = cache.key(RequestFixture.secret, .hmacSHA256, scope("r\(index)"), using: hasher)
      #expect(mac(key) == RequestFixture.secret.derivedKey(scope("r\(index)"), using: hasher).authenticate([1, 2, 3]))
    }
  }

  /// A secret that changes under the same access key id must not meet the old one's keys.
  @Test func revisionsAreApart() {
    let cache = SigningKeyCache()
    let hasher = SHA256Hasher()
    let changed = SigningSecret(accessKeyID: RequestFixture.accessKeyID, secretAccessKey: [1], revision: 2)
    let other = SigningSecret(accessKeyID: "AKIDOTHER", secretAccessKey: [1], revision: 1)
    let first = mac(cache.key(RequestFixture.secret, .hmacSHA256, scope("r"), using: hasher))
    #expect(mac(cache.key(changed, .hmacSHA256, scope("r"), using: hasher)) != first)
    #expect(mac(cache.key(other, .hmacSHA256, scope("r"), using: hasher)) != first)
    #expect(mac(cache.key(RequestFixture.secret, .hmacSHA256, scope("r"), using: hasher)) == first)
    #expect(cache.count == 3)
  }

  /// The keys used last are kept by a few bytes of the secret's name: those that share a place stay apart.
  @Test func sharedPlacesAreApart() {
    let cache = SigningKeyCache()
    let hasher = SHA256Hasher()
    let secrets = (0..<200).map { index in
      SigningSecret(accessKeyID: ByteString("AKID\(index)X"), secretAccessKey: [UInt8(index)], revision: 1)
    }
    let scopes = [scope("a"), scope("b")]
    for _ in 0..<2 {
      for scope in scopes {
        for secret in secrets {
          let key = cache.key(secret, .hmacSHA256, scope, using: hasher)
          #expect(mac(key) == secret.derivedKey(scope, using: hasher).authenticate([1, 2, 3]))
        }
      }
    }
    guard case .ecdsa? = cache.key(secrets[0], .ecdsaP256SHA256, scopes[0], using: hasher) else {
      Issue.record("not a key of SigV4A")
      return
    }
    #expect(
      mac(cache.key(secrets[0], .hmacSHA256, scopes[0], using: hasher))
        == secrets[0].derivedKey(scopes[0], using: hasher).authenticate([1, 2, 3]))
  }

  @Test func secretsNeverPrint() {
    #expect("\(RequestFixture.secret)" == "<redacted>")
    var dumped = ""
    dump(RequestFixture.secret, to: &dumped)
    #expect(!dumped.contains("wJalr"))
  }
}
