import Authorization
import Cryptography
import S3Model

extension CannedPolicy {
  /// `ANPA…`, the same everywhere: it follows from the name.
  var policyID: ByteString {
    let digest = SHA256Hasher.hash("martlet canned policy\n\(name)").bytes
    return ByteString(Array("ANPA".utf8) + digest.prefix(17).map { IAMEntropy.base32[Int($0 & 31)] })
  }
}
