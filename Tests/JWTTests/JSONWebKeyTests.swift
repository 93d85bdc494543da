import Cryptography
import JSON
import JWT
import Testing

@Suite struct JSONWebKeyTests {
  @Test(arguments: [
    (#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#, KeyFault.invalidNumbers),
    // Stray bits behind y of the good key; then another y, which is not on the curve.
    (
      """
      {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
       "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1"}
      """, .member("y")
    ),
    (
      """
      {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
       "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a8"}
      """, .invalidNumbers
    ),
    // Stray bits behind the scalar; then the scalar of another point.
    (
      """
      {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
       "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LJ"}
      """, .member("d")
    ),
    (
      """
      {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
       "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LA"}
      """, .invalidNumbers
    ),
    (#"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}"#, .unknownCurve),
    (#"{"kty":"OKP","crv":"X25519","x":"AA"}"#, .unknownCurve),
    (#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#, .invalidNumbers),
    (
      """
      {"kty":"OKP","crv":"Ed25519","x":"21qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
       "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}
      """, .invalidNumbers
    ),
    (#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, .invalidNumbers),
    (#"{"kty":"oct","k":"AA=="}"#, .member("k")),
    (#"{"kty":"oct"}"#, .member("k")),
    (#"{"kty":"oct","k":"AA","kid":1}"#, .member("kid")),
    (#"{"kty":"rsa"}"#, .unknownType),
    (#"{"k":"AA"}"#, .member("kty")),
    (#"[]"#, .notAnObject),
  ])
  func refuses(text: String, fault: KeyFault) throws {
    #expect(throws: JWTError.malformedKey(fault)) { try Tokens.key(text) }
  }

  @Test func keepsUseAndOperations() throws {
    func key(_ members: String) throws -> JSONWebKey { try Tokens.key(#"{"kty":"oct","k":"AA"\#(members)}"#) }
    #expect(try key("").verifies(.hs256) && key("").signs(.hs256))
    #expect(try key(#","use":"sig""#).verifies(.hs256))
    #expect(try !key(#","use":"enc""#).verifies(.hs256))
    #expect(try key(#","key_ops":["verify"]"#).verifies(.hs256))
    #expect(try !key(#","key_ops":["verify"]"#).signs(.hs256))
    #expect(try !key(#","key_ops":[]"#).verifies(.hs256))
    #expect(try !key(#","alg":"HS512""#).verifies(.hs256))
    #expect(try !key("").verifies(.rs256))
  }

  @Test func saysWhatIsWeak() throws {
    let short = try Tokens.key(#"{"kty":"oct","k":"AAAA"}"#)
    #expect(short.weakness(for: .hs256) == .shortSecret(bytes: 3, bytesMin: 32))
    #expect(try Tokens.key(Tokens.secret).weakness(for: .hs512) == nil)
  }

  @Test func readsSetsKeyByKey() throws {
    let text = #"{"keys":[{"kty":"new"},{"kty":"EC","crv":"P-256"},\#(Tokens.edwards)]}"#
    let set = try JSONWebKeySet(parsing: Array(text.utf8))
    #expect(set.keys.map(\.keyID) == ["ed"])
    #expect(set.passedOver == [.malformedKey(.unknownType), .malformedKey(.member("x"))])
    #expect(throws: JWTError.malformedKey(.unknownType)) { try JSONWebKeySet.keys(inPEMOrJSON: Array(text.utf8)) }
    #expect(throws: JWTError.malformedKey(.member("keys"))) { try JSONWebKeySet(parsing: Array("{}".utf8)) }
    #expect(throws: JWTError.tooManyKeys(keysMax: 2)) {
      try JSONWebKeySet(parsing: Array(text.utf8), limits: KeySetLimits(keysMax: 2))
    }
    #expect(throws: JWTError.keyTooLarge(bytes: text.utf8.count, bytesMax: 10)) {
      try JSONWebKeySet(parsing: Array(text.utf8), limits: KeySetLimits(bytesMax: 10))
    }
  }

  @Test func readsOtherEncodingsWhenAsked() throws {
    func mac(_ k: String, _ encoding: JSONWebKey.Encoding) throws -> [UInt8] {
      try JSONWebKey(parsing: Array(#"{"kty":"oct","k":"\#(k)"}"#.utf8), encoding: encoding).sign([1], .hs256)
    }
    let expected = try mac("-_-_Ag", .strict)
    for text in ["-_-_Ag", "-_-_Ag==", "+/+/Ag==", "+/+/Ag", "-_-_Ah"] {
      #expect(try mac(text, .lenient) == expected)
      guard text != "-_-_Ag" else { continue }
      #expect(throws: JWTError.malformedKey(.member("k"))) { try mac(text, .strict) }
    }
    for text in ["", "A", "AAAAA", "A!"] {
      #expect(throws: JWTError.malformedKey(.member("k"))) { try mac(text, .lenient) }
    }
  }

  @Test func readsOneKeyFromPEM() throws {
    let pem = """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
      -----END PUBLIC KEY-----

      """
    let keys = try JSONWebKeySet.keys(inPEMOrJSON: Array(pem.utf8))
    let edwards = try Tokens.key(Tokens.edwards)
    #expect(try keys.map { try $0.thumbprint() } == [try edwards.thumbprint()])
    #expect(keys[0].isValid(try edwards.sign([1], .edDSA), for: [1], .edDSA))
    #expect(throws: JWTError.malformedKey(.trailingData)) {
      try JSONWebKeySet.keys(inPEMOrJSON: Array((pem + "EXTRA").utf8))
    }
    #expect(throws: JWTError.malformedKey(.unknownFormat)) {
      try JSONWebKeySet.keys(
        inPEMOrJSON: Array(pem.replacing("PUBLIC KEY", with: "CERT").utf8))
    }
  }

  @Test func showsNothing() throws {
    let key = try Tokens.key(Tokens.edwards)
    #expect("\(key)" == "<redacted>")
    #expect(String(reflecting: key).contains("nWGxne") == false)
    var text = ""
    dump(key, to: &text)
    #expect(text == "- <redacted>\n")
  }
}
