import Cryptography
import JSON
import JWT

/// `io.jwt.decode` and `io.jwt.verify_*`. Source: OPA v1/topdown/tokens.go.
///
/// `verify_*` look at the signature only: the policy names the algorithm, and a key is used for no other one.
enum TokenBuiltins {
  private static let anyObject: TypeDescription = .object(.any, .any)

  static let all: [Builtin] = [
    Builtin(
      "io.jwt.decode", [.string], .array(fixed: [anyObject, anyObject, .string], rest: nil), decode),
    Builtin(
      "io.jwt.decode_verify", [.string, .object(.string, .any)],
      .array(fixed: [.boolean, anyObject, anyObject], rest: nil),
      TokenConstraints.decodeVerify),
    verify("io.jwt.verify_rs256", .rs256), verify("io.jwt.verify_rs384", .rs384),
    verify("io.jwt.verify_rs512", .rs512), verify("io.jwt.verify_ps256", .ps256),
    verify("io.jwt.verify_ps384", .ps384), verify("io.jwt.verify_ps512", .ps512),
    verify("io.jwt.verify_es256", .es256), verify("io.jwt.verify_es384", .es384),
    verify("io.jwt.verify_es512", .es512), verify("io.jwt.verify_eddsa", .edDSA),
    authenticate("io.jwt.verify_hs256", .sha256), authenticate("io.jwt.verify_hs384", .sha384),
    authenticate("io.jwt.verify_hs512", .sha512),
  ]

  /// Header, payload and signature (in hex), none of them checked.
  private static let decode: BuiltinFunction = { operands, context throws(BuiltinError) in
    var text = try operands.text(0)
    while true {
      let token = try SplitToken(text, context)
      let header = try token.decodedHeader(context)
      let payload = try token.decodedPayload()
      let contentType = header["cty"]
      if case .string("JWT") = contentType {
        // A token within a token, in quotes or not; each is shorter by a quarter than the one around it.
        var inner = payload.bytes[...]
        while let byte = inner.first, byte == 0x22 || byte == 0x27 { inner.removeFirst() }
        while let byte = inner.last, byte == 0x22 || byte == 0x27 { inner.removeLast() }
        text = Text(bytes: Array(inner))
        continue
      }
      switch contentType {
      case .undefined, .string: break
      default: throw .failed("cty: must be a string")
      }
      let claims = try SplitToken.object(payload, context)
      let signature: Text
      do throws(BuiltinError) { signature = try token.decodedSignature() } catch {
        throw error.prefixed("JWT signature had invalid encoding: ")
      }
      return [.object(header), .object(claims), .string(Text(Hex.encode(signature.bytes)))]
    }
  }

  private static func verify(_ name: String, _ algorithm: JWSAlgorithm) -> Builtin {
    Builtin(name, [.string, .string], .boolean) { operands, context throws(BuiltinError) in
      let token = try SplitToken(try operands.text(0), context)
      let keys = try TokenKeys.read(try operands.text(1), context)
      let signature = try token.decodedSignature().bytes
      let header = try TokenHeader(try token.decodedHeader(context))
      let mark = keys.mark("verify", algorithm, token)
      if keys.isKnown(mark, context) { return true }
      for key in keys.candidates(header) {
        // A private key is none to verify with; and unlike in a token's own `alg`, the curve is the key's.
        guard case .publicKey(let publicKey) = key.material, let scheme = algorithm.scheme else { continue }
        try context.charge(instructions: TokenKeys.verificationInstructions, bytes: 0)
        if publicKey.isValid(signature, for: token.signingInput, scheme) {
          keys.keep(mark, context)
          return true
        }
      }
      return false
    }
  }

  private static func authenticate(_ name: String, _ algorithm: DigestAlgorithm) -> Builtin {
    Builtin(name, [.string, .string], .boolean) { operands, context throws(BuiltinError) in
      let text = try operands.text(0)
      let secret = try operands.text(1).withBytes { HMACKey($0) }
      let token = try SplitToken(text, context)
      let signature = try token.decodedSignature().bytes
      return .boolean(token.signingInput.withUnsafeBytes { secret.isValid(signature, for: $0, algorithm) })
    }
  }
}

/// The three parts of a token, as they stand there.
struct SplitToken {
  let header: Text
  let payload: Text
  let signature: Text
  /// Header and payload with the period between them.
  let signingInput: [UInt8]

  init(_ text: Text, _ context: any BuiltinContext) throws(BuiltinError) {
    try context.charge(instructions: 32 + text.byteCount / 4, bytes: text.byteCount * 4)
    let bytes = text.bytes
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count > 1 else { throw .failed("encoded JWT had no period separators") }
    guard parts.count == 3 else { throw .failed("encoded JWT must have 3 sections, found \(parts.count)") }
    header = Text(bytes: Array(parts[0]))
    payload = Text(bytes: Array(parts[1]))
    signature = Text(bytes: Array(parts[2]))
    signingInput = Array(bytes[..<parts[1].endIndex])
  }

  func decodedHeader(_ context: any BuiltinContext) throws(BuiltinError) -> ValueObject {
    let text: Text
    do throws(BuiltinError) { text = try Base64Text.decodeURL(header) } catch {
      throw error.prefixed("JWT header had invalid encoding: ")
    }
    let object: ValueObject
    do throws(BuiltinError) { object = try Self.object(text, context) } catch {
      throw error.prefixed("bad JWT header: ")
    }
    guard object["enc"].isUndefined else { throw .failed("JWT is a JWE object, which is not supported") }
    return object
  }

  func decodedPayload() throws(BuiltinError) -> Text {
    do throws(BuiltinError) { return try Base64Text.decodeURL(payload) } catch {
      throw error.prefixed("JWT payload had invalid encoding: ")
    }
  }

  func decodedSignature() throws(BuiltinError) -> Text { try Base64Text.decodeURL(signature) }

  /// Of members of one name the last counts, as in `json.unmarshal`.
  static func object(_ text: Text, _ context: any BuiltinContext) throws(BuiltinError) -> ValueObject {
    guard !text.isEmpty else { throw .failed("invalid JSON: EOF") }
    let value: Value
    do throws(JSONError) {
      value = try JSONBuiltins.parse(text, context)
    } catch {
      if case .malformed(.truncated, _) = error { throw .failed("invalid JSON: unexpected EOF") }
      throw .failed(JSONBuiltins.message(error))
    }
    guard case .object(let object) = value else { throw .failed("decoded JSON type was not an Object") }
    return object
  }
}

extension BuiltinError {
  /// Adds words before a message; budgets and operands stay as they are.
  func prefixed(_ words: String) -> BuiltinError {
    if case .failed(let message) = self { return .failed(words + message) }
    return self
  }
}

/// The header parameters that matter for verifying.
struct TokenHeader {
  private(set) var algorithm: Text = .empty
  private(set) var keyID: Text = .empty
  private(set) var contentType: Text = .empty
  /// Has an algorithm, and demands nothing that is not known here (RFC 7515 section 4.1.11).
  private(set) var isUsable: Bool

  init(_ object: ValueObject) throws(BuiltinError) {
    var critical: [Value] = []
    var unknown: [Value] = []
    for (key, value) in zip(object.keys, object.values) {
      switch key {
      case "alg": algorithm = try Self.text("alg", value)
      case "kid": keyID = try Self.text("kid", value)
      case "typ": _ = try Self.text("typ", value)
      case "cty": contentType = try Self.text("cty", value)
      case "crit":
        guard case .array(let names) = value else { throw .failed("crit: must be a list") }
        // OPA reads up to the first element that is no string.
        critical = Array(names.elements.prefix { $0.typeName == "string" })
        guard !critical.isEmpty else { throw .failed("crit: must be a nonempty list") }
      default: unknown.append(key)
      }
    }
    let demanded = ValueSet(critical)
    isUsable = !algorithm.isEmpty && !unknown.contains { demanded.contains($0) }
  }

  private static func text(_ name: String, _ value: Value) throws(BuiltinError) -> Text {
    guard case .string(let text) = value else { throw .failed("\(name): must be a string") }
    return text
  }
}

/// Keys of a certificate, a public key in PEM, a JSON Web Key or a set of them.
struct TokenKeys: Sendable {
  let keys: [JSONWebKey]
  /// SHA-256 of the text they came from; nil where there are secrets among them, or the text is large.
  private let digest: [UInt8]?

  /// About what checking one signature costs, in steps of the plan.
  static let verificationInstructions = 2000
  /// Texts up to this size keep their keys; larger ones come from hostile input rather than from policies.
  private static let cachedBytesMax = 16 << 10

  /// Algorithms of keys that verify no tokens here (RFC 7518, 8037, 8812, 9864).
  private static let otherAlgorithms: Set<Text> = [
    "none", "ES256K", "Ed25519", "RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512", "A128KW",
    "A192KW", "A256KW", "dir", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW", "A128GCMKW",
    "A192GCMKW", "A256GCMKW", "PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW", "A128CBC-HS256",
    "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM",
  ]

  static func read(_ text: Text, _ context: any BuiltinContext) throws(BuiltinError) -> TokenKeys {
    if let known = context.cache.find(text, TokenKeys.self) { return known }
    try context.charge(instructions: 500 + text.byteCount, bytes: text.byteCount * 4)
    var keys: [JSONWebKey]
    do throws(JWTError) {
      keys = try JSONWebKeySet.keys(inPEMOrJSON: text.bytes, encoding: .lenient)
    } catch {
      switch error {
      case .malformedKey(.trailingData): throw .failed("extra data after a PEM certificate block")
      case .malformedKey(.unknownFormat): throw .failed("failed to extract a Key from the PEM certificate")
      default: throw .failed("failed to parse a JWK key (set)")
      }
    }
    for key in keys {
      // As OPA's library for keys, which takes no set that has an algorithm it does not know.
      guard let name = key.algorithmName else { continue }
      guard otherAlgorithms.contains(Text(name)) || JWSAlgorithm(name: name) != nil else {
        throw .failed("failed to parse a JWK key (set)")
      }
    }
    keys.removeAll { key in
      // Keys for other algorithms, and of a curve that OPA does not take.
      if let name = key.algorithmName, JWSAlgorithm(name: name) == nil { return true }
      return key.publicKey?.kind == .ed448
    }
    // Secrets are not kept beyond the call.
    let isPublic = keys.allSatisfy { if case .publicKey = $0.material { true } else { false } }
    guard isPublic, text.byteCount <= cachedBytesMax else { return TokenKeys(keys: keys, digest: nil) }
    let read = TokenKeys(keys: keys, digest: text.withBytes { DigestAlgorithm.sha256.digest(of: $0) })
    context.cache.keep(other: read, for: text)
    return read
  }

  // A signature that was valid once stays so, and clients send one token many times. Only a digest of token, keys and
  // algorithm is kept, and only where the signature is valid: nobody else can fill the cache.

  private struct KnownSignature: Sendable {}

  /// - Parameter function: a function that takes keys differently has another name.
  func mark(_ function: StaticString, _ algorithm: JWSAlgorithm, _ token: SplitToken) -> Text? {
    guard let digest, token.signingInput.count <= Self.cachedBytesMax else { return nil }
    var bytes = Array("\(function) \(algorithm.rawValue) ".utf8) + digest + token.signingInput
    bytes.append(UInt8(ascii: "."))
    bytes += token.signature.bytes
    return Text(bytes: DigestAlgorithm.sha256.digest(of: bytes))
  }

  func isKnown(_ mark: Text?, _ context: any BuiltinContext) -> Bool {
    mark.map { context.cache.find($0, KnownSignature.self) != nil } ?? false
  }

  func keep(_ mark: Text?, _ context: any BuiltinContext) {
    if let mark { context.cache.keep(other: KnownSignature(), for: mark) }
  }

  /// The key that the header names; where there is none, all whose algorithm is not another one.
  func candidates(_ header: TokenHeader) -> [JSONWebKey] {
    if !header.keyID.isEmpty {
      let name = header.keyID.bytes
      if let key = keys.first(where: { $0.keyID?.utf8.elementsEqual(name) ?? false }) { return [key] }
    }
    let algorithm = header.algorithm.bytes
    return keys.filter { key in
      guard let name = key.algorithmName else { return true }
      return name.utf8.elementsEqual(algorithm)
    }
  }
}
