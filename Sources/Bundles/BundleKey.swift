import Cryptography
public import JWT

/// A key that bundles are signed with, under the name that signatures call it by.
public struct BundleKey: Sendable {
  public let id: String
  public let algorithm: JWSAlgorithm
  let key: JSONWebKey

  /// - Parameter bytes: the secret itself for HMAC; else PEM of a public key or a certificate.
  public init(id: String, algorithm: JWSAlgorithm, bytes: [UInt8]) throws(BundleError) {
    self.id = id
    self.algorithm = algorithm
    if algorithm.hmacDigest != nil {
      key = JSONWebKey(.symmetric(HMACKey(bytes)), keyID: id, algorithm: algorithm)
    } else {
      do throws(CryptographyError) {
        key = JSONWebKey(.publicKey(try PublicKey(pem: bytes)), keyID: id, algorithm: algorithm)
      } catch {
        throw .key(id: id, reason: "no public key in PEM")
      }
    }
    guard key.verifies(algorithm) else { throw .key(id: id, reason: "not for \(algorithm.rawValue)") }
    switch key.weakness(for: algorithm) {
    case nil: break
    case .smallModulus(let bits): throw .key(id: id, reason: "too small: \(bits) bits")
    case .shortSecret(let bytes, let bytesMin):
      throw .key(id: id, reason: "too short: \(bytes) bytes where \(algorithm.rawValue) needs \(bytesMin)")
    case .faultyKeyGeneration: throw .key(id: id, reason: "made by a faulty generator")
    case .privateKey: throw .key(id: id, reason: "a private key")
    }
  }
}
