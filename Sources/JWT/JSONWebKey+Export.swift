public import Cryptography
public import JSON

/// Writing a key's members.
extension JSONWebKey {
  /// The public members, with `kid`, `alg` and `use` where the key has them.
  /// - Throws: `malformedKey(.unknownType)` for a symmetric key, which has no public half.
  public func publicObject() throws(JWTError) -> JSONObject {
    guard let publicKey else { throw .malformedKey(.unknownType) }
    var object = try Self.required(publicKey)
    if let keyID { object["kid"] = .string(keyID) }
    if let algorithmName { object["alg"] = .string(algorithmName) }
    if let use { object["use"] = .string(use) }
    return object
  }

  /// All members of a private key, the secret ones included. The caller answers for them.
  public static func privateObject(_ key: PrivateKey) throws(JWTError) -> JSONObject {
    let parameters: PrivateKeyParameters
    do throws(CryptographyError) {
      parameters = try key.exportedParameters()
    } catch {
      throw .cryptographyUnavailable
    }
    var object = try required(key.publicKey)
    func set(_ name: String, _ bytes: [UInt8]) { object[name] = .string(Base64.encode(bytes, .urlSafe)) }
    switch parameters {
    case .rsa(_, _, let d, let factors):
      set("d", d)
      if let factors {
        set("p", factors.p)
        set("q", factors.q)
        set("dp", factors.dp)
        set("dq", factors.dq)
        set("qi", factors.qi)
      }
    case .ec(_, _, _, let scalar): set("d", scalar)
    case .edwards(_, _, let seed): set("d", seed)
    }
    return object
  }

  /// SHA-256 thumbprint (RFC 7638), 32 bytes: the same for a private key and its public one.
  public func thumbprint() throws(JWTError) -> [UInt8] {
    if case .symmetric(let secret) = material {
      return secret.thumbprint(before: Array(#"{"k":""#.utf8), after: Array(#"","kty":"oct"}"#.utf8))
    }
    guard let publicKey else { throw .malformedKey(.unknownType) }
    return DigestAlgorithm.sha256.digest(of: JSONValue.object(try Self.required(publicKey)).compact)
  }

  /// The members that make the key, in the order of RFC 7638 section 3.3.
  private static func required(_ key: PublicKey) throws(JWTError) -> JSONObject {
    let parameters: PublicKeyParameters
    do throws(CryptographyError) {
      parameters = try key.parameters()
    } catch {
      throw .cryptographyUnavailable
    }
    var object = JSONObject()
    func set(_ name: String, _ bytes: [UInt8]) { object[name] = .string(Base64.encode(bytes, .urlSafe)) }
    switch parameters {
    case .rsa(let modulus, let exponent):
      set("e", exponent)
      object["kty"] = .string("RSA")
      set("n", modulus)
    case .ec(let curve, let x, let y):
      object["crv"] = .string(curve.joseName)
      object["kty"] = .string("EC")
      set("x", x)
      set("y", y)
    case .edwards(let kind, let bytes):
      object["crv"] = .string(kind == .ed448 ? "Ed448" : "Ed25519")
      object["kty"] = .string("OKP")
      set("x", bytes)
    }
    return object
  }
}
