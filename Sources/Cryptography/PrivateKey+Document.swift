extension PrivateKey {
  /// All private keys of a text, in order: PEM blocks, or the same in base64. Blocks of other kinds and text that is no
  /// PEM are passed over.
  public static func all(in text: [UInt8]) throws(CryptographyError) -> [PrivateKey] {
    var pem = text
    if let decoded = Base64.decode(text.filter { $0 != 0x0A && $0 != 0x0D }) { pem = decoded }
    defer { pem.withUnsafeMutableBytes { KeyBytes.wipe($0) } }
    var keys: [PrivateKey] = []
    for block in PEMBlock.all(in: pem) {
      switch block.label {
      case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY": keys.append(try PrivateKey(block))
      default: continue
      }
    }
    return keys
  }

  /// The secret numbers as JSON, in the shape that OPA's `crypto.parse_private_keys` gives them: that of Go's keys. The
  /// caller answers for them.
  /// - Throws: `unsupportedKey` for Ed448, which has no such shape.
  public static func exportedJSON(_ keys: [PrivateKey]) throws(CryptographyError) -> [UInt8] {
    var documents: [Document] = []
    for key in keys { documents.append(try key.document()) }
    return Document.list(documents).json
  }

  private func document() throws(CryptographyError) -> Document {
    switch try exportedParameters() {
    case .rsa(let modulus, let exponent, let d, let factors):
      guard let factors else { throw .unsupportedKey }
      return .object([
        ("N", .number(modulus)), ("E", .number(exponent)), ("D", .number(d)),
        ("Primes", .list([.number(factors.p), .number(factors.q)])),
        (
          "Precomputed",
          .object([
            ("Dp", .number(factors.dp)), ("Dq", .number(factors.dq)), ("Qinv", .number(factors.qi)),
            ("CRTValues", .list([])),
          ])
        ),
      ])
    case .ec(_, let x, let y, let scalar):
      return .object([("Curve", .object([])), ("X", .number(x)), ("Y", .number(y)), ("D", .number(scalar))])
    case .edwards(.ed25519, let publicBytes, let seed): return .bytes(seed + publicBytes)
    case .edwards: throw .unsupportedKey
    }
  }

  /// A certificate chain and its key as JSON, in the shape that OPA's `crypto.x509.parse_keypair` gives them: that of
  /// Go's `tls.Certificate`. The secret numbers are in it; the caller answers for them.
  /// - Parameters:
  ///   - certificates: PEM, the leaf first, or DER of one certificate, or either in base64.
  ///   - key: PEM, DER (PKCS #8), or either in base64.
  /// - Throws: `invalidKey` when the key is not the leaf's.
  public static func exportedPairJSON(certificates: [UInt8], key: [UInt8]) throws(CryptographyError) -> [UInt8] {
    let chain = try chain(certificates)
    guard let leaf = chain.first else { throw .malformed(.certificate) }
    let key = try pairKey(key)
    guard try leaf.publicKey().parameters() == key.publicKey.parameters() else { throw .invalidKey }
    return Document.object([
      ("Certificate", .list(chain.map { .bytes($0.der) })), ("PrivateKey", try key.document()),
      ("SupportedSignatureAlgorithms", .null), ("OCSPStaple", .null), ("SignedCertificateTimestamps", .null),
      ("Leaf", leaf.fields.document(der: leaf.der, includingURIStrings: false)),
    ]).json
  }

  /// Unlike ``Certificate/all(in:)`` this passes over blocks that are no certificates: a key may stand beside them.
  private static func chain(_ text: [UInt8]) throws(CryptographyError) -> [Certificate] {
    let bytes = try ArmoredBytes.decoded(text)
    guard ArmoredBytes.isPEM(bytes) else { return [try Certificate(der: bytes)] }
    var chain: [Certificate] = []
    for block in PEMBlock.all(in: bytes) where block.label.utf8.elementsEqual("CERTIFICATE".utf8) {
      chain.append(try Certificate(der: block.bytes))
    }
    return chain
  }

  private static func pairKey(_ text: [UInt8]) throws(CryptographyError) -> PrivateKey {
    var bytes = try ArmoredBytes.decoded(text)
    defer { bytes.withUnsafeMutableBytes { KeyBytes.wipe($0) } }
    guard ArmoredBytes.isPEM(bytes) else { return try PrivateKey(pkcs8: bytes) }
    guard let block = PEMBlock.all(in: bytes).first(where: { $0.label.hasSuffix("PRIVATE KEY") }) else {
      throw .malformed(.privateKey)
    }
    return try PrivateKey(block)
  }
}
