public import JSON

/// The protected header of a JWS (RFC 7515 section 4).
public struct JOSEHeader: Sendable {
  /// `alg`, as written.
  public let algorithmName: String
  /// `kid`
  public let keyID: String?
  /// `typ`
  public let type: String?
  /// `cty`
  public let contentType: String?
  /// Everything, these included.
  public let parameters: JSONObject

  /// nil when the name is not one of ours; `none` is not.
  public var algorithm: JWSAlgorithm? { JWSAlgorithm(name: algorithmName) }

  /// Parameters that a verifier would follow to a key of the sender's choice (RFC 7515 section 4.1.2 to 4.1.5), or that
  /// change what is signed (RFC 7797).
  static let forbidden = ["jku", "jwk", "x5u", "b64"]

  init(parsing bytes: [UInt8], limits: TokenLimits) throws(JWTError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes, limits: JSONLimits(bytesMax: bytes.count, depthMax: limits.depthMax))
    } catch {
      throw .malformedJSON(.header, error)
    }
    guard let object = value.object else { throw .notAnObject(.header) }
    guard let algorithm = object["alg"] else { throw .missingAlgorithm }
    guard let algorithmName = algorithm.string else { throw .wrongHeaderType("alg") }
    self.algorithmName = algorithmName
    keyID = try Self.text("kid", object)
    type = try Self.text("typ", object)
    contentType = try Self.text("cty", object)
    parameters = object
  }

  private static func text(_ name: String, _ object: JSONObject) throws(JWTError) -> String? {
    guard let value = object[name] else { return nil }
    guard let text = value.string else { throw .wrongHeaderType(name) }
    return text
  }

  /// Throws for parameters that no verifier here accepts.
  func refuseForbidden() throws(JWTError) {
    if parameters["crit"] != nil { throw .criticalHeader }
    for name in Self.forbidden where parameters[name] != nil { throw .forbiddenHeader(name) }
  }
}
