import Cryptography
import JSON
import JWT

/// `io.jwt.encode_sign` and `encode_sign_raw`. Source: OPA v1/topdown/tokens.go.
///
/// Keys come with each call and are kept nowhere.
enum TokenSigningBuiltins {
  private static let object: TypeDescription = .object(.string, .any)

  static let all: [Builtin] = [
    Builtin("io.jwt.encode_sign", [object, object, object], .string) {
      operands, context throws(BuiltinError) in
      try sign(header: operands[0].jsonBytes, payload: operands[1].jsonBytes, key: operands[2].jsonBytes, context)
    },
    Builtin("io.jwt.encode_sign_raw", [.string, .string, .string], .string) {
      operands, context throws(BuiltinError) in
      let key = try operands.text(2).bytes
      return try sign(header: try operands.text(0).bytes, payload: try operands.text(1).bytes, key: key, context)
    },
  ]

  /// About what one signature costs, in steps of the plan: RSA's are slow.
  private static let signatureInstructions = 20_000

  private static func sign(
    header: [UInt8], payload: [UInt8], key text: [UInt8], _ context: any BuiltinContext
  ) throws(BuiltinError) -> Value {
    let count = header.count + payload.count
    try context.charge(instructions: signatureInstructions + text.count + count / 2, bytes: text.count * 4 + count * 3)
    let keys: [JSONWebKey]
    do throws(JWTError) {
      keys = try JSONWebKeySet.keys(inPEMOrJSON: text, encoding: .lenient)
    } catch {
      throw .failed("jwk.Parse: failed to parse key")
    }
    guard let key = keys.first else { throw .failed("no keys found in JWK set") }
    let members = try members(of: header)
    let algorithm = try algorithm(of: members)
    var isJWT = true
    if case .string(let type) = members["typ"] { isJWT = type == "JWT" }
    if isJWT, !isJSON(payload) { throw .failed("type is JWT but payload is not JSON") }
    do throws(JWTError) {
      return .string(
        Text(bytes: try CompactJWS.sign(header: header, payload: payload, with: key, algorithm)))
    } catch {
      throw .failed("jwsbb.Sign: invalid key type for \(algorithm.rawValue)")
    }
  }

  private static func members(of header: [UInt8]) throws(BuiltinError) -> ValueObject {
    guard !header.isEmpty else {
      throw .failed(
        "missing or invalid 'alg' header: cannot parse JSON: cannot parse empty string; unparsed tail: \"\"")
    }
    // What is no object at all, well-formed or not, has no algorithm.
    guard header.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }) == UInt8(ascii: "{") else {
      return .empty
    }
    do throws(JSONError) {
      // One name twice is refused: signers and verifiers take different ones.
      let value = try Value(
        json: header, options: JSONTape.Options(limits: limits(header), refusesInvalidText: false))
      guard case .object(let object) = value else { return .empty }
      return object
    } catch {
      throw .failed("missing or invalid 'alg' header: cannot parse JSON")
    }
  }

  private static func algorithm(of members: ValueObject) throws(BuiltinError) -> JWSAlgorithm {
    let name = members["alg"]
    guard !name.isUndefined else { throw .failed("missing or invalid 'alg' header: jwsbb: header \"alg\" not found") }
    guard case .string(let text) = name else {
      throw .failed("missing or invalid 'alg' header: value doesn't contain string; it contains \(name.typeName)")
    }
    guard let algorithm = JWSAlgorithm(name: text.string) else { throw .failed("unknown JWS algorithm: \(text)") }
    return algorithm
  }

  private static func limits(_ text: [UInt8]) -> JSONLimits { JSONLimits(bytesMax: text.count, depthMax: 256) }

  private static func isJSON(_ payload: [UInt8]) -> Bool {
    do throws(JSONError) {
      _ = try JSONTape(
        scanning: payload,
        options: JSONTape.Options(limits: limits(payload), refusesDuplicates: false, refusesInvalidText: false))
      return true
    } catch {
      return false
    }
  }
}
