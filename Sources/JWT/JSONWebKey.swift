public import Cryptography
public import JSON

/// One key for signatures, from a JSON Web Key (RFC 7517, 7518 section 6, 8037) or from PEM.
///
/// Its shape is checked here, its strength by ``weakness(for:)``. Prints as `<redacted>`.
public struct JSONWebKey: Sendable {
  public enum Material: Sendable {
    case symmetric(HMACKey)
    case publicKey(PublicKey)
    case privateKey(PrivateKey)
  }

  public let material: Material
  /// `kid`
  public let keyID: String?
  /// `alg`, as written: the only algorithm the key is for.
  public let algorithmName: String?
  /// `use`
  public let use: String?
  /// `key_ops`
  public let operations: [String]?

  public init(_ material: Material, keyID: String? = nil, algorithm: JWSAlgorithm? = nil) {
    self.material = material
    self.keyID = keyID
    algorithmName = algorithm?.rawValue
    use = nil
    operations = nil
  }

  /// - Parameter object: coordinates and scalars of full length. Members that are not known are passed over.
  public init(_ object: JSONObject, encoding: Encoding = .strict) throws(JWTError) {
    guard let type = object["kty"]?.string else { throw .malformedKey(.member("kty")) }
    keyID = try Self.text("kid", object)
    algorithmName = try Self.text("alg", object)
    use = try Self.text("use", object)
    operations = try Self.operations(object)
    switch Array(type.utf8) {
    case Array("oct".utf8): material = .symmetric(HMACKey(try Self.bytes("k", object, encoding)))
    case Array("RSA".utf8): material = try Self.rsa(object, encoding)
    case Array("EC".utf8): material = try Self.ec(object, encoding)
    case Array("OKP".utf8): material = try Self.edwards(object, encoding)
    default: throw .malformedKey(.unknownType)
    }
  }

  /// - Parameter json: the text of one key.
  public init(
    parsing json: [UInt8], encoding: Encoding = .strict, limits: KeySetLimits = KeySetLimits()
  ) throws(JWTError) {
    try self.init(try JSONWebKeySet.object(parsing: json, limits), encoding: encoding)
  }

  /// nil for a symmetric key.
  public var publicKey: PublicKey? {
    switch material {
    case .symmetric: nil
    case .publicKey(let key): key
    case .privateKey(let key): key.publicKey
    }
  }

  public var isSymmetric: Bool { if case .symmetric = material { true } else { false } }

  /// Whether the key may verify signatures of the algorithm: by its kind and curve, its `alg`, `use` and `key_ops`.
  public func verifies(_ algorithm: JWSAlgorithm) -> Bool {
    permits(algorithm) && permits(operation: "verify")
  }

  /// Whether the key may make signatures of the algorithm: by its kind and curve, its `alg`, `use` and `key_ops`.
  public func signs(_ algorithm: JWSAlgorithm) -> Bool {
    if case .publicKey = material { return false }
    return permits(algorithm) && permits(operation: "sign")
  }

  private func permits(_ algorithm: JWSAlgorithm) -> Bool {
    if let algorithmName, !algorithmName.utf8.elementsEqual(algorithm.rawValue.utf8) { return false }
    if let use, !use.utf8.elementsEqual("sig".utf8) { return false }
    guard let publicKey else { return algorithm.hmacDigest != nil }
    return algorithm.fits(publicKey.kind)
  }

  private func permits(operation: String) -> Bool {
    guard let operations else { return true }
    return operations.contains { $0.utf8.elementsEqual(operation.utf8) }
  }

  /// Whether the signature is the input's. Looks at the key's kind and curve only, not at `alg`, `use` or `key_ops`:
  /// see ``verifies(_:)``.
  public func isValid(_ signature: [UInt8], for input: [UInt8], _ algorithm: JWSAlgorithm) -> Bool {
    switch material {
    case .symmetric(let secret):
      guard let digest = algorithm.hmacDigest else { return false }
      return input.withUnsafeBytes { secret.isValid(signature, for: $0, digest) }
    case .publicKey(let key): return Self.isValid(signature, for: input, key, algorithm)
    case .privateKey(let key): return Self.isValid(signature, for: input, key.publicKey, algorithm)
    }
  }

  private static func isValid(
    _ signature: [UInt8], for input: [UInt8], _ key: PublicKey, _ algorithm: JWSAlgorithm
  ) -> Bool {
    guard let scheme = algorithm.scheme, algorithm.fits(key.kind) else { return false }
    return key.isValid(signature, for: input, scheme)
  }

  /// The signature over the input. Looks at the key's kind and curve only: see ``signs(_:)``.
  /// - Throws: `wrongKeyForAlgorithm`, also for a public key.
  public func sign(_ input: [UInt8], _ algorithm: JWSAlgorithm) throws(JWTError) -> [UInt8] {
    switch material {
    case .symmetric(let secret):
      guard let digest = algorithm.hmacDigest else { throw .wrongKeyForAlgorithm(algorithm) }
      return secret.authenticate(input, digest)
    case .publicKey: throw .wrongKeyForAlgorithm(algorithm)
    case .privateKey(let key):
      guard let scheme = algorithm.scheme, algorithm.fits(key.kind) else { throw .wrongKeyForAlgorithm(algorithm) }
      do throws(CryptographyError) {
        return try key.sign(input, scheme)
      } catch {
        throw .cryptographyUnavailable
      }
    }
  }

  /// Why the key is not to be trusted with the algorithm; nil when nothing is known against it.
  public func weakness(for algorithm: JWSAlgorithm) -> KeyWeakness? {
    switch material {
    case .symmetric(let secret):
      guard let digest = algorithm.hmacDigest, secret.count < digest.byteCount else { return nil }
      return .shortSecret(bytes: secret.count, bytesMin: digest.byteCount)
    case .publicKey(let key): return Self.weakness(of: key)
    case .privateKey(let key): return Self.weakness(of: key.publicKey)
    }
  }

  private static func weakness(of key: PublicKey) -> KeyWeakness? {
    guard key.kind == .rsa else { return nil }
    guard key.bits >= 2048 else { return .smallModulus(bits: key.bits) }
    do throws(CryptographyError) {
      return try key.hasROCAFingerprint() ? .faultyKeyGeneration : nil
    } catch {
      return .faultyKeyGeneration
    }
  }
}

extension JSONWebKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
