import Cryptography
import JSON
import JWT

/// Keys and tokens made for the tests.
enum Tokens {
  static let now: Duration = .seconds(1_700_000_000)

  static let edwards = """
    {"kty":"OKP","crv":"Ed25519","kid":"ed","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
     "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}
    """
  static let p256 = """
    {"kty":"EC","crv":"P-256","kid":"ec","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}
    """
  static let secret = """
    {"kty":"oct","kid":"hs","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}
    """

  static func key(_ text: String) throws -> JSONWebKey { try JSONWebKey(parsing: Array(text.utf8)) }

  /// Claims that keep `rules`, with changes.
  static func claims(_ changes: [String: JSONValue?] = [:]) -> [UInt8] {
    var object = JSONObject()
    object["iss"] = .string("https://id.example")
    object["sub"] = .string("alice")
    object["aud"] = .string("martlet")
    object["exp"] = .integer(1_700_000_600)
    object["nbf"] = .integer(1_699_999_990)
    object["iat"] = .integer(1_699_999_990)
    for (name, value) in changes { object[name] = value }
    return JSONValue.object(object).compact
  }

  static let rules = ClaimsRules(issuer: "https://id.example", audiences: ["martlet"], skew: .seconds(5))

  static func verifier(
    _ keys: [JSONWebKey], _ algorithms: Set<JWSAlgorithm> = Set(JWSAlgorithm.allCases)
  ) throws -> TokenVerifier {
    TokenVerifier(keys: try JSONWebKeySet(keys), algorithms: algorithms)
  }

  static func token(
    _ key: JSONWebKey, _ algorithm: JWSAlgorithm, header: String? = nil, claims: [UInt8] = Tokens.claims()
  ) throws -> [UInt8] {
    guard let header else { return try CompactJWS.sign(payload: claims, keyID: key.keyID, with: key, algorithm) }
    return try CompactJWS.sign(header: Array(header.utf8), payload: claims, with: key, algorithm)
  }
}
