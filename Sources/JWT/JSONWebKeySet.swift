import Cryptography
import JSON

/// Bounds on a key set, which comes over the network.
public struct KeySetLimits: Sendable {
  public var bytesMax: Int
  public var keysMax: Int

  public init(bytesMax: Int = 256 << 10, keysMax: Int = 100) {
    self.bytesMax = bytesMax
    self.keysMax = keysMax
  }
}

/// Keys that tokens are verified with (RFC 7517 section 5).
public struct JSONWebKeySet: Sendable {
  public let keys: [JSONWebKey]
  /// Why keys of the text are not among ``keys``, for the log.
  public let passedOver: [JWTError]
  /// Ids of malformed keys: a sound key of the same id is no longer the one that is meant.
  let malformedKeyIDs: [String]

  /// - Parameter keys: all secret or all not, else `mixedKeySet`.
  public init(_ keys: [JSONWebKey]) throws(JWTError) {
    try self.init(keys, passedOver: [], malformedKeyIDs: [])
  }

  private init(_ keys: [JSONWebKey], passedOver: [JWTError], malformedKeyIDs: [String]) throws(JWTError) {
    // One set for both invites taking a published key for a secret.
    guard Set(keys.map(\.isSymmetric)).count <= 1 else { throw .mixedKeySet }
    self.keys = keys
    self.passedOver = passedOver
    self.malformedKeyIDs = malformedKeyIDs
  }

  /// Reads a published set: an object with an array `keys`. Keys of unknown types and malformed or weak keys are passed
  /// over, so that one of them takes nothing away from the others.
  public init(parsing json: [UInt8], limits: KeySetLimits = KeySetLimits()) throws(JWTError) {
    var keys: [JSONWebKey] = []
    var passedOver: [JWTError] = []
    var malformedKeyIDs: [String] = []
    for value in try Self.values(try Self.object(parsing: json, limits), limits) {
      do throws(JWTError) {
        keys.append(try JSONWebKey(try Self.object(value)))
      } catch {
        passedOver.append(error)
        // Keys of other types (for encryption, say) may share an id (RFC 7517 section 4.5).
        if error != .malformedKey(.unknownType), error != .malformedKey(.unknownCurve),
          let keyID = value.object?["kid"]?.string
        {
          malformedKeyIDs.append(keyID)
        }
      }
    }
    try self.init(keys, passedOver: passedOver, malformedKeyIDs: malformedKeyIDs)
  }

  /// Reads keys that an operator or a policy gives: one PEM block (`PUBLIC KEY`, `RSA PUBLIC KEY`, `CERTIFICATE`) with
  /// nothing behind it, one JSON Web Key, or a set of them. Any malformed key fails the whole; keys for key agreement
  /// (X25519) are left out of a set.
  public static func keys(
    inPEMOrJSON text: [UInt8], encoding: JSONWebKey.Encoding = .strict, limits: KeySetLimits = KeySetLimits()
  ) throws(JWTError) -> [JSONWebKey] {
    guard text.count <= limits.bytesMax else { throw .keyTooLarge(bytes: text.count, bytesMax: limits.bytesMax) }
    if let block = PEMBlock.first(in: text) {
      guard block.endIndex == text.count else { throw .malformedKey(.trailingData) }
      guard ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"].contains(block.label) else {
        throw .malformedKey(.unknownFormat)
      }
      do throws(CryptographyError) {
        return [JSONWebKey(.publicKey(try PublicKey(block)))]
      } catch {
        throw .malformedKey(.invalidNumbers)
      }
    }
    let object = try object(parsing: text, limits)
    guard object["keys"] != nil else { return [try JSONWebKey(object, encoding: encoding)] }
    var keys: [JSONWebKey] = []
    for value in try values(object, limits) {
      let member = try Self.object(value)
      if member["kty"]?.string == "OKP", let curve = member["crv"]?.string, curve == "X25519" || curve == "X448" {
        continue
      }
      keys.append(try JSONWebKey(member, encoding: encoding))
    }
    return keys
  }

  static func object(parsing json: [UInt8], _ limits: KeySetLimits) throws(JWTError) -> JSONObject {
    guard json.count <= limits.bytesMax else { throw .keyTooLarge(bytes: json.count, bytesMax: limits.bytesMax) }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: json, limits: JSONLimits(bytesMax: limits.bytesMax, depthMax: 8))
    } catch {
      throw .malformedKeyJSON(error)
    }
    return try object(value)
  }

  private static func values(_ object: JSONObject, _ limits: KeySetLimits) throws(JWTError) -> [JSONValue] {
    guard let values = object["keys"]?.array else { throw .malformedKey(.member("keys")) }
    guard values.count <= limits.keysMax else { throw .tooManyKeys(keysMax: limits.keysMax) }
    return values
  }

  private static func object(_ value: JSONValue) throws(JWTError) -> JSONObject {
    guard let object = value.object else { throw .malformedKey(.notAnObject) }
    return object
  }
}
