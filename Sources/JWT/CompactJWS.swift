import Cryptography
import JSON

/// Bounds on one token.
public struct TokenLimits: Sendable {
  public var bytesMax: Int
  /// Of arrays and objects inside one another, in header and claims.
  public var depthMax: Int

  public init(bytesMax: Int = 16 << 10, depthMax: Int = 16) {
    self.bytesMax = bytesMax
    self.depthMax = depthMax
  }
}

/// A JWS in compact serialization (RFC 7515 section 3.1), decoded but not verified.
public struct CompactJWS: Sendable {
  public let header: JOSEHeader
  public let payload: [UInt8]
  public let signature: [UInt8]
  /// Header and payload as they stand in the token, with the period between them: what is signed.
  public let signingInput: [UInt8]
  let limits: TokenLimits

  /// - Parameter token: three parts of strict base64url (RFC 4648 section 5, no padding).
  public init(parsing token: [UInt8], limits: TokenLimits = TokenLimits()) throws(JWTError) {
    guard token.count <= limits.bytesMax else {
      throw .tokenTooLarge(bytes: token.count, bytesMax: limits.bytesMax)
    }
    let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .wrongPartCount(parts.count) }
    header = try JOSEHeader(parsing: Self.decode(parts[0], .header), limits: limits)
    payload = try Self.decode(parts[1], .payload)
    signature = try Self.decode(parts[2], .signature)
    signingInput = Array(token[..<parts[1].endIndex])
    self.limits = limits
  }

  public init(parsing token: String, limits: TokenLimits = TokenLimits()) throws(JWTError) {
    try self.init(parsing: Array(token.utf8), limits: limits)
  }

  private static func decode(_ part: ArraySlice<UInt8>, _ name: TokenPart) throws(JWTError) -> [UInt8] {
    guard let bytes = part.withUnsafeBufferPointer({ Base64.decode($0, .urlSafe) }) else {
      throw .malformedEncoding(name)
    }
    return bytes
  }

  /// Signs and serializes.
  /// - Parameters:
  ///   - header: JSON text, written into the token as it is; the caller sees to it that its `alg` is `algorithm`.
  ///   - key: secret or private.
  public static func sign(
    header: [UInt8], payload: [UInt8], with key: JSONWebKey, _ algorithm: JWSAlgorithm
  ) throws(JWTError) -> [UInt8] {
    var token: [UInt8] = []
    header.withUnsafeBytes { Base64.append($0, .urlSafe, to: &token) }
    token.append(UInt8(ascii: "."))
    payload.withUnsafeBytes { Base64.append($0, .urlSafe, to: &token) }
    let signature = try key.sign(token, algorithm)
    token.append(UInt8(ascii: "."))
    signature.withUnsafeBytes { Base64.append($0, .urlSafe, to: &token) }
    return token
  }

  /// Signs and serializes with the usual header: `alg`, and `typ` and `kid` where given, in this order.
  public static func sign(
    payload: [UInt8], type: String? = "JWT", keyID: String? = nil, with key: JSONWebKey, _ algorithm: JWSAlgorithm
  ) throws(JWTError) -> [UInt8] {
    var header = JSONObject()
    header["alg"] = .string(algorithm.rawValue)
    if let type { header["typ"] = .string(type) }
    if let keyID { header["kid"] = .string(keyID) }
    return try sign(header: JSONValue.object(header).compact, payload: payload, with: key, algorithm)
  }
}
