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

  @Test func secretsNeverPrint() {
    #expect("\(RequestFixture.secret)" == "<redacted>")
    var dumped = ""
    dump(RequestFixture.secret, to: &dumped)
    #expect(!dumped.contains("wJalr"))
  }
}
