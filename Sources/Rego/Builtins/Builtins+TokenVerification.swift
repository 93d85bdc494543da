import Cryptography
import JWT

/// `io.jwt.decode_verify`: signature, issuer, audience and times in one. Source: OPA v1/topdown/tokens.go.
struct TokenConstraints {
  private var keys: TokenKeys?
  private var secret: Text = .empty
  private var algorithm: Text = .empty
  private var issuer: Text = .empty
  private var audience: Text = .empty
  /// Since 1970, in OPA's 64-bit floats.
  private var nanoseconds: Double

  private static let refused: Value = [false, .object(.empty), .object(.empty)]

  private init(_ object: ValueObject, _ context: any BuiltinContext) throws(BuiltinError) {
    nanoseconds = Double(context.nowNanoseconds)
    for (key, value) in zip(object.keys, object.values) {
      switch key {
      case "cert":
        guard case .string(let text) = value else { throw .failed("cert constraint: must be a string") }
        keys = try TokenKeys.read(text, context)
      case "secret": secret = try Self.text("secret", value)
      case "alg": algorithm = try Self.text("alg", value)
      case "iss": issuer = try Self.text("iss", value)
      case "aud": audience = try Self.text("aud", value)
      case "time": nanoseconds = try Self.time(value)
      default:
        guard case .string(let name) = key else { throw .failed("unknown token validation constraint") }
        throw .failed("unknown token validation constraint: \(name)")
      }
    }
    if keys != nil, !secret.isEmpty { throw .failed("duplicate key constraints") }
    if keys == nil, secret.isEmpty { throw .failed("no key constraint") }
  }

  private static func text(_ name: String, _ value: Value) throws(BuiltinError) -> Text {
    guard case .string(let text) = value else { throw .failed("\(name) constraint: must be a string") }
    return text
  }

  private static func time(_ value: Value) throws(BuiltinError) -> Double {
    guard let text = value.numberText else { throw .failed("token time constraint: must be a number") }
    guard let time = Double(text.string), time.isFinite else { throw .failed("token time constraint: unvalid float64") }
    guard time >= 0 else { throw .failed("token time constraint: must not be negative") }
    return time
  }

  static let decodeVerify: BuiltinFunction = { operands, context throws(BuiltinError) in
    let constraints = try TokenConstraints(try operands.object(1), context)
    var text = try operands.text(0)
    while true {
      let token = try SplitToken(text, context)
      let object = try token.decodedHeader(context)
      let header = try TokenHeader(object)
      guard header.isUsable else { return refused }
      if !constraints.algorithm.isEmpty, constraints.algorithm != header.algorithm { return refused }
      let signature = try token.decodedSignature().bytes
      guard try constraints.verifies(token, header, signature, context) else { return refused }
      let payload = try token.decodedPayload()
      if header.contentType.isJWT {
        // A token within a token: its signature is checked too. Each is shorter by a quarter than the one around it.
        text = payload
        continue
      }
      let claims = try SplitToken.object(payload, context)
      guard try constraints.accepts(claims) else { return refused }
      return [true, .object(object), .object(claims)]
    }
  }

  private func verifies(
    _ token: SplitToken, _ header: TokenHeader, _ signature: [UInt8], _ context: any BuiltinContext
  ) throws(BuiltinError) -> Bool {
    // `none`, and whatever else no key can have signed.
    guard let algorithm = JWSAlgorithm(name: header.algorithm.string) else { return false }
    guard let keys else {
      let key = JSONWebKey(.symmetric(secret.withBytes { HMACKey($0) }))
      return key.isValid(signature, for: token.signingInput, algorithm)
    }
    let mark = keys.mark("decode_verify", algorithm, token)
    if keys.isKnown(mark, context) { return true }
    for key in keys.candidates(header) {
      try context.charge(instructions: TokenKeys.verificationInstructions, bytes: 0)
      // Fits algorithm and key together: a public key is never taken for a secret.
      if key.isValid(signature, for: token.signingInput, algorithm) {
        keys.keep(mark, context)
        return true
      }
    }
    return false
  }

  private func accepts(_ claims: ValueObject) throws(BuiltinError) -> Bool {
    if !issuer.isEmpty, claims["iss"] != .string(issuer) { return false }
    switch claims["aud"] {
    case .undefined: if !audience.isEmpty { return false }
    case .string(let text): if text != audience { return false }
    // A token that is for somebody is for nobody where the policy names no audience.
    case .array(let texts): if !texts.elements.contains(.string(audience)) { return false }
    default: return false
    }
    guard let now = Value(numberLiteral: Array("\(nanoseconds / 1e9)".utf8)) else {
      throw .failed("token time constraint: unvalid float64")
    }
    switch claims["exp"] {
    case .undefined: break
    case .integer, .number: if now >= claims["exp"] { return false }
    default: throw .failed("exp value must be a number")
    }
    switch claims["nbf"] {
    case .undefined: break
    case .integer, .number: if now < claims["nbf"] { return false }
    default: throw .failed("nbf value must be a number")
    }
    return true
  }
}

extension Text {
  /// `JWT` in letters of any case (RFC 7519 section 5.2).
  fileprivate var isJWT: Bool { withBytes { $0.map { $0 & 0xDF } == Array("JWT".utf8) } }
}
