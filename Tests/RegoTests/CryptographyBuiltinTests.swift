import Rego
import Testing

/// Digests, certificates, tokens and request signatures, with keys and tokens in the input.
@Suite struct CryptographyBuiltinTests {
  private static func answer(_ call: String) throws -> String {
    BuiltinTests.answer(call, input: .value(try Value(json: BuiltinTests.cryptographyInput)))
  }

  @Test func agreesWithOPA() throws {
    #expect(BuiltinTests.cryptography.count > 100)
    for (call, expected) in BuiltinTests.cryptography {
      let found = try Self.answer(call)
      #expect(found == expected, "\(call)")
    }
  }

  /// What OPA takes, or panics at, and the standards refuse.
  @Test(arguments: [
    // RFC 7518 section 3.5: a salt as long as the digest. OPA's verify functions take any, its decode_verify does not.
    ("io.jwt.verify_ps256(input.t.pssalt, input.rs)", "false"),
    // RFC 7518 section 3.4: two coordinates of the curve's length. The same holds for OPA as above.
    ("io.jwt.verify_es256(input.t.eslong, input.es)", "false"),
    // RFC 7518 section 3.4: ES256 is of P-256 only.
    (#"io.jwt.decode_verify(input.t.es384as256, {"cert": input.es384})"#, "[false, {}, {}]"),
    // A signer and a verifier that take different members of one name.
    (
      #"io.jwt.encode_sign_raw("{\"alg\": \"HS256\", \"alg\": \"HS384\"}", "{}", json.marshal(input.oct))"#,
      "! eval_builtin_error: io.jwt.encode_sign_raw: missing or invalid 'alg' header: cannot parse JSON"
    ),
    // OPA panics.
    (#"io.jwt.decode("eyJjdHkiOjF9.e30.")"#, "! eval_builtin_error: io.jwt.decode: cty: must be a string"),
    (
      #"io.jwt.decode_verify(io.jwt.encode_sign({"alg": "HS256"}, {"iss": 1}, input.oct), {"secret": "k", "iss": "1"})"#,
      "[false, {}, {}]"
    ),
    (
      #"io.jwt.decode_verify(io.jwt.encode_sign({"alg": "HS256"}, {"iss": "1"}, input.oct), {"secret": "k", "iss": "1"})"#,
      #"[true, {"alg": "HS256"}, {"iss": "1"}]"#
    ),
  ])
  func isStricter(_ call: String, _ expected: String) throws {
    #expect(try Self.answer(call) == expected)
  }

  /// That a signature was valid is remembered for this token, these keys, this algorithm and this function only.
  @Test func remembersOneSignature() throws {
    let calls = [
      "io.jwt.verify_es256(input.t.es, input.es)", "io.jwt.verify_es256(input.t.es, input.es)",
      "io.jwt.verify_es256(input.t.es, input.es2)", "io.jwt.verify_es384(input.t.es, input.es)",
      #"io.jwt.verify_es256(concat("", [substring(input.t.es, 0, 60), "AAAA"]), input.es)"#,
      #"io.jwt.verify_es256(replace(input.t.es, ".e", ".f"), input.es)"#,
      "io.jwt.verify_es256(input.t.es384as256, input.es384)", "io.jwt.verify_es256(input.t.es384as256, input.es384)",
      #"io.jwt.decode_verify(input.t.es384as256, {"cert": input.es384})[0]"#,
      #"io.jwt.decode_verify(input.t.es, {"cert": input.es})[0]"#,
      #"io.jwt.decode_verify(input.t.es, {"cert": input.es, "iss": "other"})[0]"#,
      #"io.jwt.decode_verify(input.t.es, {"cert": input.es2})[0]"#,
    ]
    let found = try Self.answer("[" + calls.joined(separator: ", ") + "]")
    #expect(found == "[true, true, false, false, false, false, true, true, false, true, false, false]", "\(found)")
  }

  /// Inputs that are large or deep end in an error, soon.
  @Test(arguments: [
    #"io.jwt.decode(concat("", [base64url.encode_no_pad(concat("", ["[" | numbers.range(1, 100000)[_]])), ".e30."]))"#,
    #"io.jwt.decode(concat("", ["." | numbers.range(1, 100000)[_]]))"#,
    #"io.jwt.verify_es256(input.t.es, json.marshal({"keys": [json.unmarshal(input.rs) | numbers.range(1, 1000)[_]]}))"#,
    #"io.jwt.verify_es256(input.t.es, concat("", ["[" | numbers.range(1, 100000)[_]]))"#,
    #"crypto.x509.parse_certificates(concat("", ["A" | numbers.range(1, 100000)[_]]))"#,
    #"io.jwt.encode_sign_raw(concat("", ["{\"a\":" | numbers.range(1, 100000)[_]]), "{}", input.edprivate)"#,
  ])
  func refusesHostileInput(_ call: String) throws {
    let found = try Self.answer(call)
    #expect(found.hasPrefix("! eval_builtin_error: "), "\(call): \(found.prefix(200))")
  }

  /// Neither keys nor parts of tokens stand in errors.
  @Test(arguments: [
    #"io.jwt.decode("c2VjcmV0c.e30.")"#, #"io.jwt.verify_es256(input.t.es, "c2VjcmV0c")"#,
    #"io.jwt.encode_sign_raw("{\"alg\": \"RS256\"}", "{}", "{\"kty\": \"oct\", \"k\": \"c2VjcmV0c2Vj\"}")"#,
    #"io.jwt.encode_sign_raw("{\"alg\": \"RS256\"}", "{}", "{\"kty\": \"c2VjcmV0c2Vj\"}")"#,
    #"crypto.x509.parse_keypair(input.leaf, "c2VjcmV0c2Vj")"#,
  ])
  func keepsSecrets(_ call: String) throws {
    let found = try Self.answer(call)
    #expect(found.hasPrefix("! eval_builtin_error: "), "\(found)")
    #expect(!found.contains("c2VjcmV0c"), "\(found)")
  }
}
