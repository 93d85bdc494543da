/// Expectations are what OPA 1.20.2 answers, without the causes that its library for keys gives and without parts of
/// tokens.
extension BuiltinTests {
  static let cryptography: [(call: String, expected: String)] = [
    (#"crypto.md5("é")"#, #""66ddcd97cfdeabb2f6fb8a999b4bc76f""#),
    (#"crypto.sha1("")"#, #""da39a3ee5e6b4b0d3255bfef95601890afd80709""#),
    (#"crypto.sha256("a")"#, #""ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb""#),
    (#"crypto.hmac.md5("a", "")"#, #""3673438f11d71c21a9b8b59232a3dd61""#),
    (#"crypto.hmac.sha1("a", "k")"#, #""40e7d441cadb17b07f050341aa23a6820ed81c8b""#),
    (#"crypto.hmac.sha256("", "k")"#, #""8bb990c40a7d61cb97597a942125025be50ac8beb74436e3735b98893a7f6620""#),
    (
      #"crypto.hmac.sha512("a", "k")"#,
      #""82e0c15e0d62ab17984bea225bf7d28ad54f343dd6520c283c3a2cd43852a2f79c349cc9b7583317399ee38d722489b45a942667e55bc38c42a5bb203c0900c7""#
    ),
    (#"crypto.hmac.equal("ab", "ab")"#, #"true"#),
    (#"crypto.hmac.equal("ab", "ac")"#, #"false"#),
    (#"crypto.hmac.equal("ab", "abc")"#, #"false"#),
    (
      #"io.jwt.decode(input.t.hs)"#,
      #"[{"alg": "HS256"}, {"iss": "me"}, "b66ebdd96dba35c5ae9e710cf4bd30e885fbd3a3bf55b681fec19c38ec9f3681"]"#
    ),
    (
      #"io.jwt.decode(input.t.nested)"#,
      #"[{"alg": "HS256"}, {"iss": "me"}, "b66ebdd96dba35c5ae9e710cf4bd30e885fbd3a3bf55b681fec19c38ec9f3681"]"#
    ),
    (
      #"io.jwt.decode(input.t.nestedquoted)"#,
      #"[{"alg": "HS256"}, {"iss": "me"}, "b66ebdd96dba35c5ae9e710cf4bd30e885fbd3a3bf55b681fec19c38ec9f3681"]"#
    ),
    (
      #"io.jwt.decode(input.t.twice)"#,
      #"[{"alg": "HS256"}, {"a": 2}, "addab17aea79899b61344b930d0947830843b93b6011fddd5c4c108a967d1245"]"#
    ),
    (#"io.jwt.decode(input.t.empty)"#, #"! eval_builtin_error: io.jwt.decode: invalid JSON: EOF"#),
    (#"io.jwt.decode("a")"#, #"! eval_builtin_error: io.jwt.decode: encoded JWT had no period separators"#),
    (#"io.jwt.decode("a.b")"#, #"! eval_builtin_error: io.jwt.decode: encoded JWT must have 3 sections, found 2"#),
    (#"io.jwt.decode("a.b.c.d")"#, #"! eval_builtin_error: io.jwt.decode: encoded JWT must have 3 sections, found 4"#),
    (#"io.jwt.decode("..")"#, #"! eval_builtin_error: io.jwt.decode: bad JWT header: invalid JSON: EOF"#),
    (
      #"io.jwt.decode("e30.e30.!")"#,
      #"! eval_builtin_error: io.jwt.decode: JWT signature had invalid encoding: illegal base64url string"#
    ),
    (
      #"io.jwt.decode("W10.e30.")"#,
      #"! eval_builtin_error: io.jwt.decode: bad JWT header: decoded JSON type was not an Object"#
    ),
    (#"io.jwt.decode("e30.W10.")"#, #"! eval_builtin_error: io.jwt.decode: decoded JSON type was not an Object"#),
    (#"io.jwt.decode("e30.e30.")"#, #"[{}, {}, ""]"#),
    (#"io.jwt.decode("e30=.e30.eA==")"#, #"[{}, {}, "78"]"#),
    (
      #"io.jwt.decode("eyJlbmMiOjF9.e30.")"#,
      #"! eval_builtin_error: io.jwt.decode: JWT is a JWE object, which is not supported"#
    ),
    (
      #"io.jwt.decode("aaaaa.e30.")"#,
      #"! eval_builtin_error: io.jwt.decode: JWT header had invalid encoding: illegal base64url string"#
    ),
    (#"io.jwt.verify_es256(input.t.es, input.es)"#, #"true"#),
    (#"io.jwt.verify_es256(input.t.es, input.es2)"#, #"false"#),
    (#"io.jwt.verify_es256(input.t.es, input.es384)"#, #"false"#),
    (#"io.jwt.verify_es256(input.t.es, input.leaf)"#, #"true"#),
    (#"io.jwt.verify_es256(input.t.es, input.set)"#, #"true"#),
    (#"io.jwt.verify_es256(input.t.two, input.set)"#, #"true"#),
    (#"io.jwt.verify_es256(input.t.one, input.set)"#, #"false"#),
    (#"io.jwt.verify_es256(input.t.es, input.private)"#, #"false"#),
    (
      #"io.jwt.verify_es256(input.t.es, input.unknown)"#,
      #"! eval_builtin_error: io.jwt.verify_es256: failed to parse a JWK key (set)"#
    ),
    (#"io.jwt.verify_es256(input.t.es, input.skipped)"#, #"true"#),
    (#"io.jwt.verify_es256(input.t.none, input.es)"#, #"false"#),
    (#"io.jwt.verify_es256(input.t.confused, input.es)"#, #"false"#),
    (
      #"io.jwt.verify_es256(input.t.es, concat("", [input.es, "x"]))"#,
      #"! eval_builtin_error: io.jwt.verify_es256: extra data after a PEM certificate block"#
    ),
    (
      #"io.jwt.verify_es256(input.t.es, "{}")"#,
      #"! eval_builtin_error: io.jwt.verify_es256: failed to parse a JWK key (set)"#
    ),
    (
      #"io.jwt.verify_es256(input.t.es, "x")"#,
      #"! eval_builtin_error: io.jwt.verify_es256: failed to parse a JWK key (set)"#
    ),
    (
      #"io.jwt.verify_es256(input.t.es, input.key)"#,
      #"! eval_builtin_error: io.jwt.verify_es256: failed to extract a Key from the PEM certificate"#
    ),
    (#"io.jwt.verify_es256(input.t.es, input.rs)"#, #"false"#),
    (#"io.jwt.verify_es384(input.t.es384, input.es384)"#, #"true"#),
    (#"io.jwt.verify_es384(input.t.es, input.es)"#, #"false"#),
    (#"io.jwt.verify_eddsa(input.t.ed, input.ed)"#, #"true"#),
    (#"io.jwt.verify_eddsa(input.t.es, input.ed)"#, #"false"#),
    (#"io.jwt.verify_rs256(input.t.rs, input.rs)"#, #"true"#),
    (#"io.jwt.verify_rs384(input.t.rs, input.rs)"#, #"false"#),
    (#"io.jwt.verify_ps256(input.t.ps, input.rs)"#, #"true"#),
    (#"io.jwt.verify_rs256(input.t.ps, input.rs)"#, #"false"#),
    (#"io.jwt.verify_hs256(input.t.hs, "secret")"#, #"true"#),
    (#"io.jwt.verify_hs256(input.t.hs, "Secret")"#, #"false"#),
    (#"io.jwt.verify_hs384(input.t.hs, "secret")"#, #"false"#),
    (#"io.jwt.verify_hs256(input.t.confused, input.es)"#, #"true"#),
    (#"io.jwt.verify_hs256(input.t.none, "")"#, #"false"#),
    (#"io.jwt.verify_es256(input.t.crit, input.es)"#, #"false"#),
    (#"io.jwt.decode_verify(input.t.es, {"cert": input.es})"#, #"[true, {"alg": "ES256"}, {"iss": "me"}]"#),
    (#"io.jwt.decode_verify(input.t.es, {"cert": input.es2})"#, #"[false, {}, {}]"#),
    (
      #"io.jwt.decode_verify(input.t.es, {"cert": input.es, "alg": "ES256"})"#,
      #"[true, {"alg": "ES256"}, {"iss": "me"}]"#
    ),
    (#"io.jwt.decode_verify(input.t.es, {"cert": input.es, "alg": "RS256"})"#, #"[false, {}, {}]"#),
    (
      #"io.jwt.decode_verify(input.t.es, {"cert": input.es, "iss": "me"})"#, #"[true, {"alg": "ES256"}, {"iss": "me"}]"#
    ),
    (#"io.jwt.decode_verify(input.t.es, {"cert": input.es, "iss": "you"})"#, #"[false, {}, {}]"#),
    (#"io.jwt.decode_verify(input.t.es, {"cert": input.es, "aud": "you"})"#, #"[false, {}, {}]"#),
    (#"io.jwt.decode_verify(input.t.es, {"cert": input.private})"#, #"[true, {"alg": "ES256"}, {"iss": "me"}]"#),
    (#"io.jwt.decode_verify(input.t.hs, {"secret": "secret"})"#, #"[true, {"alg": "HS256"}, {"iss": "me"}]"#),
    (#"io.jwt.decode_verify(input.t.hs, {"secret": "wrong"})"#, #"[false, {}, {}]"#),
    (
      #"io.jwt.decode_verify(input.t.hs, {"secret": ""})"#,
      #"! eval_builtin_error: io.jwt.decode_verify: no key constraint"#
    ),
    (
      #"io.jwt.decode_verify(input.t.hs, {"secret": "secret", "cert": input.es})"#,
      #"! eval_builtin_error: io.jwt.decode_verify: duplicate key constraints"#
    ),
    (
      #"io.jwt.decode_verify(input.t.hs, {"secret": "secret", "foo": 1})"#,
      #"! eval_builtin_error: io.jwt.decode_verify: unknown token validation constraint: foo"#
    ),
    (
      #"io.jwt.decode_verify(input.t.hs, {"secret": 1})"#,
      #"! eval_builtin_error: io.jwt.decode_verify: secret constraint: must be a string"#
    ),
    (#"io.jwt.decode_verify(input.t.hs, {})"#, #"! eval_builtin_error: io.jwt.decode_verify: no key constraint"#),
    (#"io.jwt.decode_verify(input.t.none, {"cert": input.es})"#, #"[false, {}, {}]"#),
    (#"io.jwt.decode_verify(input.t.none, {"secret": "secret"})"#, #"[false, {}, {}]"#),
    (#"io.jwt.decode_verify(input.t.confused, {"cert": input.es})"#, #"[false, {}, {}]"#),
    (#"io.jwt.decode_verify(input.t.confused, {"secret": input.es})"#, #"[true, {"alg": "HS256"}, {"iss": "me"}]"#),
    (
      #"io.jwt.decode_verify(input.t.three, {"cert": input.set})"#,
      #"[true, {"alg": "HS256", "kid": "three"}, {"iss": "me"}]"#
    ),
    (#"io.jwt.decode_verify(input.t.confusedset, {"cert": input.set})"#, #"[false, {}, {}]"#),
    (
      #"io.jwt.decode_verify(input.t.two, {"cert": input.set})"#,
      #"[true, {"alg": "ES256", "kid": "two"}, {"iss": "me"}]"#
    ),
    (#"io.jwt.decode_verify(input.t.one, {"cert": input.set})"#, #"[false, {}, {}]"#),
    (#"io.jwt.decode_verify(input.t.nested, {"secret": "secret"})"#, #"[true, {"alg": "HS256"}, {"iss": "me"}]"#),
    (
      #"io.jwt.decode_verify(input.t.nestedquoted, {"secret": "secret"})"#,
      #"! eval_builtin_error: io.jwt.decode_verify: JWT header had invalid encoding: illegal base64url string"#
    ),
    (#"io.jwt.decode_verify(input.t.nestedforged, {"secret": "secret"})"#, #"[false, {}, {}]"#),
    (#"io.jwt.decode_verify(input.t.crit, {"secret": "secret"})"#, #"[false, {}, {}]"#),
    (
      #"io.jwt.decode_verify(input.t.critknown, {"secret": "secret"})"#,
      #"[true, {"alg": "HS256", "crit": ["x"]}, {"iss": "me"}]"#
    ),
    (#"io.jwt.decode_verify(input.t.twice, {"secret": "secret"})"#, #"[true, {"alg": "HS256"}, {"a": 2}]"#),
    (
      #"io.jwt.decode_verify(input.t.empty, {"secret": "secret"})"#,
      #"! eval_builtin_error: io.jwt.decode_verify: invalid JSON: EOF"#
    ),
    (#"io.jwt.decode_verify(input.t.exp, {"secret": "secret", "time": 499999999999})"#, #"[false, {}, {}]"#),
    (
      #"io.jwt.decode_verify(input.t.exp, {"secret": "secret", "time": 500000000000})"#,
      #"[true, {"alg": "HS256"}, {"exp": 1000, "nbf": 500}]"#
    ),
    (
      #"io.jwt.decode_verify(input.t.exp, {"secret": "secret", "time": 999999999999})"#,
      #"[true, {"alg": "HS256"}, {"exp": 1000, "nbf": 500}]"#
    ),
    (#"io.jwt.decode_verify(input.t.exp, {"secret": "secret", "time": 1000000000000})"#, #"[false, {}, {}]"#),
    (#"io.jwt.decode_verify(input.t.exp, {"secret": "secret", "time": 1e12})"#, #"[false, {}, {}]"#),
    (
      #"io.jwt.decode_verify(input.t.exp, {"secret": "secret", "time": -1})"#,
      #"! eval_builtin_error: io.jwt.decode_verify: token time constraint: must not be negative"#
    ),
    (
      #"io.jwt.decode_verify(input.t.exp, {"secret": "secret", "time": "now"})"#,
      #"! eval_builtin_error: io.jwt.decode_verify: token time constraint: must be a number"#
    ),
    (
      #"io.jwt.decode_verify(input.t.exp, {"secret": "secret", "time": 1e999})"#,
      #"! eval_builtin_error: io.jwt.decode_verify: token time constraint: unvalid float64"#
    ),
    (
      #"io.jwt.decode_verify(input.t.exptext, {"secret": "secret"})"#,
      #"! eval_builtin_error: io.jwt.decode_verify: exp value must be a number"#
    ),
    (
      #"io.jwt.decode_verify(input.t.nbftext, {"secret": "secret"})"#,
      #"! eval_builtin_error: io.jwt.decode_verify: nbf value must be a number"#
    ),
    (#"io.jwt.decode_verify(input.t.aud, {"secret": "secret"})"#, #"[false, {}, {}]"#),
    (
      #"io.jwt.decode_verify(input.t.aud, {"secret": "secret", "aud": "a"})"#,
      #"[true, {"alg": "HS256"}, {"aud": ["a", "b", 1]}]"#
    ),
    (#"io.jwt.decode_verify(input.t.aud, {"secret": "secret", "aud": "c"})"#, #"[false, {}, {}]"#),
    (
      #"io.jwt.decode_verify(input.t.audone, {"secret": "secret", "aud": "a"})"#,
      #"[true, {"alg": "HS256"}, {"aud": "a"}]"#
    ),
    (#"io.jwt.decode_verify(input.t.audone, {"secret": "secret", "aud": "b"})"#, #"[false, {}, {}]"#),
    (#"io.jwt.decode_verify(input.t.audnumber, {"secret": "secret", "aud": "1"})"#, #"[false, {}, {}]"#),
    (
      #"io.jwt.decode_verify(input.t.hs, {"secret": "secret", "aud": ""})"#, #"[true, {"alg": "HS256"}, {"iss": "me"}]"#
    ),
    (
      #"io.jwt.encode_sign({"alg": "HS256"}, {"b": "<", "a": {1}}, {"kty": "oct", "k": "c2VjcmV0"})"#,
      #""eyJhbGciOiJIUzI1NiJ9.eyJhIjpbMV0sImIiOiJcdTAwM2MifQ.7_MteHl9I3OcjMiFHp9WqD4jQVBTSLAsKExKy7sWFAg""#
    ),
    (
      #"io.jwt.encode_sign({"alg": "HS384"}, {"b": "<", "a": {1}}, {"kty": "oct", "k": "c2VjcmV0"})"#,
      #""eyJhbGciOiJIUzM4NCJ9.eyJhIjpbMV0sImIiOiJcdTAwM2MifQ.yOrcbzFZCMxWwvqCoz5Eq60Mi0jgkWFJsUkGHEHvkJ43XPif-n7HGW1bJkaQIrV-""#
    ),
    (
      #"io.jwt.encode_sign({"alg": "HS512"}, {"b": "<", "a": {1}}, {"kty": "oct", "k": "c2VjcmV0"})"#,
      #""eyJhbGciOiJIUzUxMiJ9.eyJhIjpbMV0sImIiOiJcdTAwM2MifQ.4apxx8DwnhbJWKEufuoffsw0TqW4rfSiri1uZMicqrTKkQr5Hg6zpGlieilpb46Ot6cihjkXYJl4hK-DMQ6BzA""#
    ),
    (
      #"io.jwt.encode_sign({"alg": "none"}, {"b": "<", "a": {1}}, {"kty": "oct", "k": "c2VjcmV0"})"#,
      #"! eval_builtin_error: io.jwt.encode_sign: unknown JWS algorithm: none"#
    ),
    (
      #"io.jwt.encode_sign({"alg": "hs256"}, {"b": "<", "a": {1}}, {"kty": "oct", "k": "c2VjcmV0"})"#,
      #"! eval_builtin_error: io.jwt.encode_sign: unknown JWS algorithm: hs256"#
    ),
    (
      #"io.jwt.encode_sign({}, {}, {"kty": "oct", "k": "c2VjcmV0"})"#,
      #"! eval_builtin_error: io.jwt.encode_sign: missing or invalid 'alg' header: jwsbb: header "alg" not found"#
    ),
    (
      #"io.jwt.encode_sign({"alg": 1}, {}, {"kty": "oct", "k": "c2VjcmV0"})"#,
      #"! eval_builtin_error: io.jwt.encode_sign: missing or invalid 'alg' header: value doesn't contain string; it contains number"#
    ),
    (
      #"io.jwt.encode_sign({"alg": "HS256"}, {}, {"keys": []})"#,
      #"! eval_builtin_error: io.jwt.encode_sign: no keys found in JWK set"#
    ),
    (
      #"io.jwt.encode_sign({"alg": "HS256"}, {}, {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]})"#,
      #""eyJhbGciOiJIUzI1NiJ9.e30.XmNK3GpH3Ys_7wsYBfq4C3M6goz71I7dTgUkuIa5lyQ""#
    ),
    (
      #"io.jwt.encode_sign({"alg": "EdDSA"}, {"a": 1}, json.unmarshal(input.edprivate))"#,
      #""eyJhbGciOiJFZERTQSJ9.eyJhIjoxfQ.qfa5BHAGM8DkJJJUMr71YClM_x2A-otH-1a50LeLBE1VAhYydnNyRc-dImQkitmqE26sRpJYUst_sDcW2-mbDg""#
    ),
    (
      #"io.jwt.verify_es256(io.jwt.encode_sign({"alg": "ES256"}, {"a": 1}, json.unmarshal(input.private)), input.es)"#,
      #"true"#
    ),
    (
      #"io.jwt.verify_ps512(io.jwt.encode_sign({"alg": "PS512"}, {"a": 1}, json.unmarshal(input.rsprivate)), input.rs)"#,
      #"true"#
    ),
    (
      #"io.jwt.verify_rs384(io.jwt.encode_sign({"alg": "RS384"}, {"a": 1}, json.unmarshal(input.rsprivate)), input.rs)"#,
      #"true"#
    ),
    (
      #"io.jwt.encode_sign_raw("{\"alg\": \"HS256\"}", " {} ", "{\"kty\": \"oct\", \"k\": \"c2VjcmV0\"}")"#,
      #""eyJhbGciOiAiSFMyNTYifQ.IHt9IA.5y3Ivxghsm5tpCZ3ey-mZyuYiMDkNt4NXo5ycX9yduo""#
    ),
    (
      #"io.jwt.encode_sign_raw("{\"alg\": \"HS256\"}", "x", "{\"kty\": \"oct\", \"k\": \"c2VjcmV0\"}")"#,
      #"! eval_builtin_error: io.jwt.encode_sign_raw: type is JWT but payload is not JSON"#
    ),
    (
      #"io.jwt.encode_sign_raw("{\"alg\": \"HS256\", \"typ\": \"JWT\"}", "", "{\"kty\": \"oct\", \"k\": \"c2VjcmV0\"}")"#,
      #"! eval_builtin_error: io.jwt.encode_sign_raw: type is JWT but payload is not JSON"#
    ),
    (
      #"io.jwt.encode_sign_raw("{\"alg\": \"HS256\", \"typ\": \"text\"}", "x", "{\"kty\": \"oct\", \"k\": \"c2VjcmV0\"}")"#,
      #""eyJhbGciOiAiSFMyNTYiLCAidHlwIjogInRleHQifQ.eA.KphiqtjczZvqVSpr7cFNxb-guhVl6i5xUuX7W6jQ5-g""#
    ),
    (
      #"io.jwt.encode_sign_raw("", "{}", "{\"kty\": \"oct\", \"k\": \"c2VjcmV0\"}")"#,
      #"! eval_builtin_error: io.jwt.encode_sign_raw: missing or invalid 'alg' header: cannot parse JSON: cannot parse empty string; unparsed tail: """#
    ),
    (
      #"io.jwt.encode_sign_raw("[]", "{}", "{\"kty\": \"oct\", \"k\": \"c2VjcmV0\"}")"#,
      #"! eval_builtin_error: io.jwt.encode_sign_raw: missing or invalid 'alg' header: jwsbb: header "alg" not found"#
    ),
    (
      #"io.jwt.encode_sign_raw("e", "{}", "{\"kty\": \"oct\", \"k\": \"c2VjcmV0\"}")"#,
      #"! eval_builtin_error: io.jwt.encode_sign_raw: missing or invalid 'alg' header: jwsbb: header "alg" not found"#
    ),
    (#"crypto.x509.parse_certificates(input.leaf)[0].Subject.CommonName"#, #""leaf""#),
    (#"crypto.x509.parse_certificates("")"#, #"[]"#),
    (
      #"crypto.x509.parse_certificates("x")"#,
      #"! eval_builtin_error: crypto.x509.parse_certificates: illegal base64 data at input byte 0"#
    ),
    (
      #"crypto.x509.parse_certificates("abcde!")"#,
      #"! eval_builtin_error: crypto.x509.parse_certificates: illegal base64 data at input byte 5"#
    ),
    (
      #"crypto.x509.parse_certificates("eA==")"#,
      #"! eval_builtin_error: crypto.x509.parse_certificates: x509: malformed certificate"#
    ),
    (
      #"crypto.x509.parse_certificates(input.key)"#,
      #"! eval_builtin_error: crypto.x509.parse_certificates: PEM block type is 'PRIVATE KEY', expected CERTIFICATE"#
    ),
    (
      #"crypto.x509.parse_certificates(base64.encode(input.key))"#,
      #"! eval_builtin_error: crypto.x509.parse_certificates: PEM block type is 'PRIVATE KEY', expected CERTIFICATE"#
    ),
    (#"crypto.x509.parse_certificates(concat("", [input.leaf, input.root]))[1].Issuer.CommonName"#, #""root""#),
    (#"crypto.x509.parse_and_verify_certificates(concat("", [input.root, input.leaf]))"#, #"[false, []]"#),
    (#"crypto.x509.parse_and_verify_certificates(input.root)"#, #"[false, []]"#),
    (#"crypto.x509.parse_and_verify_certificates("x")"#, #"[false, []]"#),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"CurrentTime": 1795000000000000000, "KeyUsages": ["KeyUsageClientAuth"]})[0]"#,
      #"true"#
    ),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"CurrentTime": 1795000000000000000, "KeyUsages": ["KeyUsageClientAuth"]})[1][0].Subject.CommonName"#,
      #""leaf""#
    ),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"CurrentTime": 1795000000000000000})"#,
      #"[false, []]"#
    ),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"CurrentTime": 1795000000000000000, "KeyUsages": {"KeyUsageAny"}, "DNSName": "gate.test"})[0]"#,
      #"true"#
    ),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"CurrentTime": 1795000000000000000, "KeyUsages": {"KeyUsageAny"}, "DNSName": "other.test"})"#,
      #"[false, []]"#
    ),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"CurrentTime": 4795000000000000000, "KeyUsages": ["KeyUsageAny"]})"#,
      #"[false, []]"#
    ),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"zz": 1})"#,
      #"! eval_builtin_error: crypto.x509.parse_and_verify_certificates_with_options: invalid key option"#
    ),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"DNSName": 1})"#,
      #"! eval_builtin_error: crypto.x509.parse_and_verify_certificates_with_options: 'DNSName' should be a string"#
    ),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"CurrentTime": "a"})"#,
      #"! eval_builtin_error: crypto.x509.parse_and_verify_certificates_with_options: 'CurrentTime' should be a number"#
    ),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"CurrentTime": 1.5})"#,
      #"! eval_builtin_error: crypto.x509.parse_and_verify_certificates_with_options: 'CurrentTime' should be a valid int64 number"#
    ),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"KeyUsages": "a"})"#,
      #"! eval_builtin_error: crypto.x509.parse_and_verify_certificates_with_options: 'KeyUsages' should be an Array or Set"#
    ),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"KeyUsages": ["b", "a", 1]})"#,
      #"! eval_builtin_error: crypto.x509.parse_and_verify_certificates_with_options: invalid entries for 'KeyUsages' found: [b a]"#
    ),
    (
      #"crypto.x509.parse_and_verify_certificates_with_options(concat("", [input.root, input.leaf]), {"MaxConstraintComparisons": 1.5})"#,
      #"! eval_builtin_error: crypto.x509.parse_and_verify_certificates_with_options: 'MaxConstraintComparisons' should be a valid number"#
    ),
    (#"crypto.x509.parse_keypair(input.leaf, input.key).Leaf.Subject.CommonName"#, #""leaf""#),
    (
      #"crypto.x509.parse_keypair(input.leaf, input.otherkey)"#,
      #"! eval_builtin_error: crypto.x509.parse_keypair: tls: private key does not match public key"#
    ),
    (
      #"crypto.x509.parse_keypair("", "")"#,
      #"! eval_builtin_error: crypto.x509.parse_keypair: x509: malformed certificate"#
    ),
    (#"crypto.x509.parse_rsa_private_key(input.key).crv"#, #""P-256""#),
    (
      #"crypto.x509.parse_rsa_private_key("")"#,
      #"! eval_builtin_error: crypto.x509.parse_rsa_private_key: input PEM data was empty"#
    ),
    (
      #"crypto.x509.parse_rsa_private_key("abcde!")"#,
      #"! eval_builtin_error: crypto.x509.parse_rsa_private_key: illegal base64 data at input byte 5"#
    ),
    (#"crypto.x509.parse_rsa_private_key(input.leaf)"#, #"null"#),
    (#"count(crypto.parse_private_keys(concat("", [input.key, input.leaf, input.otherkey])))"#, #"2"#),
    (#"crypto.parse_private_keys("")"#, #"null"#),
    (#"crypto.parse_private_keys("x")"#, #"[]"#),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://h/a?b=1", "headers": {"Foo": " x ", "User-Agent": "u", "host": "other", "n": 1}}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000)"#,
      #"{"headers": {"Authorization": "AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=foo;host;n;x-amz-content-sha256;x-amz-date,Signature=294db664791515def3fdf16ec077cea2defbbe85899b3288fa119d20b06947db", "Foo": " x ", "User-Agent": "u", "host": "h", "n": "", "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "x-amz-date": "20151228T140825Z"}, "method": "GET", "url": "http://h/a?b=1"}"#
    ),
    (
      #"providers.aws.sign_req({"method": "PUT", "url": "http://h/", "body": {"a": {2, 1}}}, {"aws_service": "ec2", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1", "aws_session_token": "T"}, 1451311705000000000)"#,
      #"{"body": {"a": {1, 2}}, "headers": {"Authorization": "AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/ec2/aws4_request,SignedHeaders=host;x-amz-date;x-amz-security-token,Signature=c94e2c44d625190ef680626da343dd727094eaae72ce0ec52f29942230854279", "host": "h", "x-amz-date": "20151228T140825Z", "x-amz-security-token": "T"}, "method": "PUT", "url": "http://h/"}"#
    ),
    (
      #"providers.aws.sign_req({"method": "PUT", "url": "http://h/", "body": 1, "raw_body": "raw"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000)"#,
      #"{"body": 1, "headers": {"Authorization": "AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=b67e38cb12adca113b44fb8a174b8d18777d8e0fd44bfeff8807840aa42aeac9", "host": "h", "x-amz-content-sha256": "d7439bee24773bcbfa2d0a97947ee36227b10d1022b1a55847e928965bb6bfde", "x-amz-date": "20151228T140825Z"}, "method": "PUT", "raw_body": "raw", "url": "http://h/"}"#
    ),
    (
      #"providers.aws.sign_req({"method": "PUT", "url": "http://h/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1", "disable_payload_signing": true}, 1451311705000000000)"#,
      #"{"headers": {"Authorization": "AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=89b4970a48c7835c6e2794b5a557ed31c878d59a67775de8dd30f7b69fee1ddb", "host": "h", "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": "20151228T140825Z"}, "method": "PUT", "url": "http://h/"}"#
    ),
    (
      #"providers.aws.sign_req({"method": "PUT", "url": "http://h/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1", "disable_payload_signing": 1}, 1451311705000000000)"#,
      #"! eval_type_error: providers.aws.sign_req: operand 2 invalid value for 'disable_payload_signing' in AWS config"#
    ),
    (
      #"providers.aws.sign_req({"method": "PUT", "url": "http://h/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, -1)"#,
      #"{"headers": {"Authorization": "AWS4-HMAC-SHA256 Credential=AK/19691231/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=6c40794823c438aecc5f3b4dd8c52ed8312ac2ceddbdb2c019b1a5b09c6956fe", "host": "h", "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "x-amz-date": "19691231T235959Z"}, "method": "PUT", "url": "http://h/"}"#
    ),
    (
      #"providers.aws.sign_req({"method": "PUT", "url": "http://h/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1.5)"#,
      #"! eval_type_error: providers.aws.sign_req: operand 3 could not convert time_ns value into a unix timestamp"#
    ),
    (
      #"providers.aws.sign_req({"method": "PUT"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000)"#,
      #"! eval_type_error: providers.aws.sign_req: operand 1 missing required request parameters(s): {"url"}"#
    ),
    (
      #"providers.aws.sign_req({"method": "PUT", "url": "", "zork": 1}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000)"#,
      #"! eval_type_error: providers.aws.sign_req: operand 1 invalid request parameters(s): {"zork"}"#
    ),
    (
      #"providers.aws.sign_req({"method": 1, "url": ""}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000)"#,
      #"! eval_type_error: providers.aws.sign_req: operand 1 invalid values for required request parameters(s): {"method"}"#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "", "headers": 1}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000)"#,
      #"! eval_type_error: providers.aws.sign_req: operand 0 must be object but got number"#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": ""}, {}, 1)"#,
      #"! eval_type_error: providers.aws.sign_req: operand 2 missing required AWS config parameters(s): {"aws_access_key", "aws_region", "aws_secret_access_key", "aws_service"}"#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": ""}, {"aws_service": 1, "aws_access_key": "", "aws_secret_access_key": "", "aws_region": null}, 1)"#,
      #"! eval_type_error: providers.aws.sign_req: operand 2 invalid values for required AWS config parameters(s): {"aws_region", "aws_service"}"#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://h"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #""AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=e542dc7c32c27783c8d5e1d108b06e217c3a7471760b8c88fb53a064d4b11be9""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://h/a b/%2F?c d#e"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #""AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=08f8e167735c06a67fd8bfde3afb95ce7d225a54c0f5e33b4e3f9f338c54f3e6""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://u:p@Ex.com:80/%7e"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #""AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=df99afd0a2cd1b2650cd4a59373c5ac00e0fc7968d209232ffff5424b2402523""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "//h//a/../b"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #""AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=b751cc685ac643ba65c954961e553fbf00dcf94b04156cd12edf5777eb743f6c""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "mailto:a"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #""AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=ac0c3f6c9737bb5a592bacc99a965d7de69b7983b00941b4f6909c8feea7d91a""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "*"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #""AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=7e5b51102525c102646c18e93c30e50ca68616cb72e1bbfaa6b2497851a074b2""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://[::1]:9/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #""AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=29f80a7d33543d26dfde7f4dc4d5473e490a7475d16488ab3831c44491016fdc""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://[fe80::1%25en0]/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #""AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=2b88152d33a6c4df576f077dbc637a478e1600cbe23479cfb8f3577f63660654""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://h/[x]*!"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #""AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=9bad69a953e00117556c6275bfdbea47704af691a6cd493ed97b650fae6b362f""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://h/é?é"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #""AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=7aad57c3ffb8dc518a06dce026cd42c1fd56d7bbb9fb136aa82da97a08cdeaeb""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "HTTP://h/|"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #""AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=bf058b26b3cb3ef64a9cf1b3c41a451e103a7e2f63907abaf59618af76305d23""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://h:x/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #"! eval_builtin_error: providers.aws.sign_req: parse "http://h:x/": invalid port ":x" after host"#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://[::1"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #"! eval_builtin_error: providers.aws.sign_req: parse "http://[::1": missing ']' in host"#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://[x]/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #"! eval_builtin_error: providers.aws.sign_req: parse "http://[x]/": invalid host: ParseAddr("x"): unable to parse IP"#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://a:b:1/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #"! eval_builtin_error: providers.aws.sign_req: parse "http://a:b:1/": invalid port ":b:1" after host"#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "s3://a:b:1/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #""AWS4-HMAC-SHA256 Credential=AK/20151228/eu-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=a581b464ce8d2ead6268d8cd5f0db569f59ab1e4b86dca46429cf76a07928483""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://a[1]/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #"! eval_builtin_error: providers.aws.sign_req: parse "http://a[1]/": invalid IP-literal"#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://%41/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #"! eval_builtin_error: providers.aws.sign_req: parse "http://%41/": invalid URL escape "%41""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://a b/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #"! eval_builtin_error: providers.aws.sign_req: parse "http://a b/": invalid character " " in host name"#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "1http://h"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #"! eval_builtin_error: providers.aws.sign_req: parse "1http://h": first path segment in URL cannot contain colon"#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://h/%zz"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #"! eval_builtin_error: providers.aws.sign_req: parse "http://h/%zz": invalid URL escape "%zz""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://h/#%zz"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #"! eval_builtin_error: providers.aws.sign_req: parse "http://h/#%zz": invalid URL escape "%zz""#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://u\"@h/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #"! eval_builtin_error: providers.aws.sign_req: parse "http://u\"@h/": net/url: invalid userinfo"#
    ),
    (
      #"providers.aws.sign_req({"method": "GET", "url": "http://[1.2.3.4]/"}, {"aws_service": "s3", "aws_access_key": "AK", "aws_secret_access_key": "SK", "aws_region": "eu-1"}, 1451311705000000000).headers.Authorization"#,
      #"! eval_builtin_error: providers.aws.sign_req: parse "http://[1.2.3.4]/": invalid IP-literal"#
    ),
  ]
}
