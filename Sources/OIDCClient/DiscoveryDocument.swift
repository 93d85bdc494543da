import JSON
import S3Model

/// What is used of a provider's metadata (OpenID Connect Discovery section 3, RFC 8414 section 2).
struct DiscoveryDocument: Sendable {
  let keysURL: HTTPURL
  let userinfoURL: HTTPURL?
  let introspectionURL: HTTPURL?

  /// - Parameter issuer: the one that was asked; its document must say the same, byte by byte.
  init(parsing bytes: [UInt8], issuer: String) throws(ProviderFault) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw .malformedDocument
    }
    guard let object = value.object else { throw .malformedDocument }
    guard let found = object["issuer"]?.string, found.utf8.elementsEqual(issuer.utf8) else { throw .otherIssuer }
    guard let keysURL = try Self.url("jwks_uri", object) else { throw .badEndpoint("jwks_uri") }
    self.keysURL = keysURL
    userinfoURL = try Self.url("userinfo_endpoint", object)
    introspectionURL = try Self.url("introspection_endpoint", object)
  }

  private static func url(_ member: String, _ object: JSONObject) throws(ProviderFault) -> HTTPURL? {
    guard let value = object[member] else { return nil }
    guard let text = value.string else { throw .badEndpoint(member) }
    let url: HTTPURL
    do throws(HTTPURL.Malformed) {
      url = try HTTPURL(text)
    } catch {
      throw .badEndpoint(member)
    }
    // Keys and tokens travel there.
    guard url.scheme == .https else { throw .badEndpoint(member) }
    return url
  }
}
