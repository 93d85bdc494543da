import Cryptography
import JSON

/// Reading a key's members.
extension JSONWebKey {
  static func text(_ name: String, _ object: JSONObject) throws(JWTError) -> String? {
    guard let value = object[name] else { return nil }
    guard let text = value.string else { throw .malformedKey(.member(name)) }
    return text
  }

  static func bytes(_ name: String, _ object: JSONObject) throws(JWTError) -> [UInt8] {
    guard let text = object[name]?.string, let bytes = Base64.decode(text, .urlSafe) else {
      throw .malformedKey(.member(name))
    }
    return bytes
  }

  static func operations(_ object: JSONObject) throws(JWTError) -> [String]? {
    guard let value = object["key_ops"] else { return nil }
    guard let values = value.array else { throw .malformedKey(.member("key_ops")) }
    var operations: [String] = []
    for value in values {
      guard let text = value.string else { throw .malformedKey(.member("key_ops")) }
      operations.append(text)
    }
    return operations
  }

  static func rsa(_ object: JSONObject) throws(JWTError) -> Material {
    let modulus = try bytes("n", object)
    let exponent = try bytes("e", object)
    guard object["d"] != nil else {
      return .publicKey(
        try made { () throws(CryptographyError) in try PublicKey(rsaModulus: modulus, exponent: exponent) })
    }
    // Keys of more than two primes (RFC 7518 section 6.3.2.7) are not taken.
    guard object["oth"] == nil else { throw .malformedKey(.member("oth")) }
    let d = try bytes("d", object)
    var factors: RSAFactors?
    if object["p"] != nil {
      factors = RSAFactors(
        p: try bytes("p", object), q: try bytes("q", object), dp: try bytes("dp", object), dq: try bytes("dq", object),
        qi: try bytes("qi", object))
    }
    let parameters = PrivateKeyParameters.rsa(
      modulus: modulus, exponent: exponent, privateExponent: d, factors: factors)
    return .privateKey(try made { () throws(CryptographyError) in try PrivateKey(parameters) })
  }

  static func ec(_ object: JSONObject) throws(JWTError) -> Material {
    guard let name = object["crv"]?.string else { throw .malformedKey(.member("crv")) }
    guard let curve = EllipticCurve(joseName: name) else { throw .malformedKey(.unknownCurve) }
    let x = try bytes("x", object)
    let y = try bytes("y", object)
    guard object["d"] != nil else {
      return .publicKey(try made { () throws(CryptographyError) in try PublicKey(curve: curve, x: x, y: y) })
    }
    let parameters = PrivateKeyParameters.ec(curve, x: x, y: y, scalar: try bytes("d", object))
    return .privateKey(try made { () throws(CryptographyError) in try PrivateKey(parameters) })
  }

  static func edwards(_ object: JSONObject) throws(JWTError) -> Material {
    guard let name = object["crv"]?.string else { throw .malformedKey(.member("crv")) }
    let kind: KeyKind
    switch Array(name.utf8) {
    case Array("Ed25519".utf8): kind = .ed25519
    case Array("Ed448".utf8): kind = .ed448
    default: throw .malformedKey(.unknownCurve)
    }
    let x = try bytes("x", object)
    guard object["d"] != nil else {
      return .publicKey(try made { () throws(CryptographyError) in try PublicKey(edwards: kind, bytes: x) })
    }
    let parameters = PrivateKeyParameters.edwards(kind, x, seed: try bytes("d", object))
    return .privateKey(try made { () throws(CryptographyError) in try PrivateKey(parameters) })
  }

  private static func made<Key>(_ make: () throws(CryptographyError) -> Key) throws(JWTError) -> Key {
    do throws(CryptographyError) {
      return try make()
    } catch {
      throw .malformedKey(.invalidNumbers)
    }
  }
}

extension EllipticCurve {
  init?(joseName name: String) {
    guard let curve = Self.allCases.first(where: { $0.joseName.utf8.elementsEqual(name.utf8) }) else { return nil }
    self = curve
  }

  var joseName: String {
    switch self {
    case .p256: "P-256"
    case .p384: "P-384"
    case .p521: "P-521"
    }
  }
}
