import Cryptography
import JSON

/// Reading a key's members.
extension JSONWebKey {
  static func text(_ name: String, _ object: JSONObject) throws(JWTError) -> String? {
    guard let value = object[name] else { return nil }
    guard let text = value.string else { throw .malformedKey(.member(name)) }
    return text
  }

  static func bytes(_ name: String, _ object: JSONObject, _ encoding: Encoding) throws(JWTError) -> [UInt8] {
    guard let text = object[name]?.string, let bytes = encoding.decode(text), !bytes.isEmpty else {
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

  static func rsa(_ object: JSONObject, _ encoding: Encoding) throws(JWTError) -> Material {
    let modulus = try bytes("n", object, encoding)
    let exponent = try bytes("e", object, encoding)
    guard object["d"] != nil else {
      return .publicKey(
        try made { () throws(CryptographyError) in try PublicKey(rsaModulus: modulus, exponent: exponent) })
    }
    // Keys of more than two primes (RFC 7518 section 6.3.2.7) are not taken.
    guard object["oth"] == nil else { throw .malformedKey(.member("oth")) }
    let d = try bytes("d", object, encoding)
    var factors: RSAFactors?
    if object["p"] != nil {
      factors = RSAFactors(
        p: try bytes("p", object, encoding), q: try bytes("q", object, encoding), dp: try bytes("dp", object, encoding),
        dq: try bytes("dq", object, encoding),
        qi: try bytes("qi", object, encoding))
    }
    let parameters = PrivateKeyParameters.rsa(
      modulus: modulus, exponent: exponent, privateExponent: d, factors: factors)
    return .privateKey(try made { () throws(CryptographyError) in try PrivateKey(parameters) })
  }

  static func ec(_ object: JSONObject, _ encoding: Encoding) throws(JWTError) -> Material {
    guard let name = object["crv"]?.string else { throw .malformedKey(.member("crv")) }
    guard let curve = EllipticCurve(joseName: name) else { throw .malformedKey(.unknownCurve) }
    let x = try bytes("x", object, encoding)
    let y = try bytes("y", object, encoding)
    guard object["d"] != nil else {
      return .publicKey(try made { () throws(CryptographyError) in try PublicKey(curve: curve, x: x, y: y) })
    }
    let parameters = PrivateKeyParameters.ec(curve, x: x, y: y, scalar: try bytes("d", object, encoding))
    return .privateKey(try made { () throws(CryptographyError) in try PrivateKey(parameters) })
  }

  static func edwards(_ object: JSONObject, _ encoding: Encoding) throws(JWTError) -> Material {
    guard let name = object["crv"]?.string else { throw .malformedKey(.member("crv")) }
    let kind: KeyKind
    switch Array(name.utf8) {
    case Array("Ed25519".utf8): kind = .ed25519
    case Array("Ed448".utf8): kind = .ed448
    default: throw .malformedKey(.unknownCurve)
    }
    let x = try bytes("x", object, encoding)
    guard object["d"] != nil else {
      return .publicKey(try made { () throws(CryptographyError) in try PublicKey(edwards: kind, bytes: x) })
    }
    let parameters = PrivateKeyParameters.edwards(kind, x, seed: try bytes("d", object, encoding))
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

extension JSONWebKey {
  /// How binary members of a key are written.
  public enum Encoding: Sendable {
    /// base64url as RFC 7517 wants it: no padding, no other characters, no stray trailing bits.
    case strict
    /// As OPA reads it: base64 of either alphabet, padded or not, whatever its trailing bits.
    case lenient

    func decode(_ text: String) -> [UInt8]? {
      switch self {
      case .strict: return Base64.decode(text, .urlSafe)
      case .lenient:
        var digits = Array(text.utf8)
        while digits.last == UInt8(ascii: "=") { digits.removeLast() }
        for index in digits.indices {
          if digits[index] == UInt8(ascii: "+") { digits[index] = UInt8(ascii: "-") }
          if digits[index] == UInt8(ascii: "/") { digits[index] = UInt8(ascii: "_") }
        }
        // Filled up to whole groups, trailing bits fall into bytes that are dropped again.
        let missing = (4 - digits.count % 4) % 4
        guard missing < 3 else { return nil }
        digits.append(contentsOf: repeatElement(UInt8(ascii: "A"), count: missing))
        return Base64.decode(digits, .urlSafe)?.dropLast(missing)
      }
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
