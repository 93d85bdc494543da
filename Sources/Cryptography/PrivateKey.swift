import COpenSSL

/// A private key for making signatures. Prints as `<redacted>`; only ``exportedParameters()`` gives its numbers.
public final class PrivateKey: Sendable {
  let handle: KeyHandle
  public let publicKey: PublicKey

  public var kind: KeyKind { handle.kind }

  init(handle: KeyHandle) throws(CryptographyError) {
    self.handle = handle
    publicKey = try Self.publicPart(of: handle)
  }

  /// - Parameter parameters: `invalidKey` when the public and the private numbers do not belong together (EC and
  ///   Edwards keys; RSA numbers are not proved prime here).
  public convenience init(_ parameters: PrivateKeyParameters) throws(CryptographyError) {
    try self.init(handle: try Self.make(parameters))
  }

  /// - Parameter pem: one block, see ``init(_:)-(PEMBlock)``; text around it is passed over.
  public convenience init(pem: [UInt8]) throws(CryptographyError) {
    guard let block = PEMBlock.first(in: pem) else { throw .malformed(.privateKey) }
    try self.init(block)
  }

  /// - Parameter block: labelled `PRIVATE KEY` (PKCS #8), `RSA PRIVATE KEY` (PKCS #1) or `EC PRIVATE KEY` (SEC 1), not
  ///   encrypted.
  public convenience init(_ block: PEMBlock) throws(CryptographyError) {
    let key: OpaquePointer? =
      switch block.label {
      case "PRIVATE KEY": Self.key(pkcs8: block.bytes)
      case "RSA PRIVATE KEY":
        DER.whole(block.bytes) { start, count in d2i_PrivateKey(EVP_PKEY_RSA, nil, start, count) }
      case "EC PRIVATE KEY":
        DER.whole(block.bytes) { start, count in d2i_PrivateKey(EVP_PKEY_EC, nil, start, count) }
      default: nil
      }
    try self.init(handle: try .take(key, else: .malformed(.privateKey)))
  }

  /// - Parameter pkcs8: DER of a PrivateKeyInfo (RFC 5208), not encrypted.
  public convenience init(pkcs8: [UInt8]) throws(CryptographyError) {
    try self.init(handle: try .take(Self.key(pkcs8: pkcs8), else: .malformed(.privateKey)))
  }

  /// Signs the message, digest included. ECDSA and PSS are random: two signatures of one message differ.
  /// - Throws: `wrongScheme` when the scheme is not for this kind of key.
  public func sign(
    _ message: UnsafeRawBufferPointer, _ scheme: SignatureScheme
  ) throws(CryptographyError) -> [UInt8] {
    guard scheme.fits(kind) else { throw .wrongScheme }
    guard let context = EVP_MD_CTX_new() else { throw .unavailable }
    defer { EVP_MD_CTX_free(context) }
    var settings: OpaquePointer?
    guard EVP_DigestSignInit(context, &settings, scheme.digest?.function, nil, handle.pointer) == 1,
      scheme.apply(to: settings)
    else {
      ERR_clear_error()
      throw .wrongScheme
    }
    var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(handle.pointer)))
    var count = signature.count
    let isSigned = withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { nothing in
      let start = message.baseAddress ?? UnsafeRawPointer(nothing.baseAddress)
      return EVP_DigestSign(
        context, &signature, &count, start?.assumingMemoryBound(to: UInt8.self), message.count) == 1
    }
    guard isSigned else {
      ERR_clear_error()
      throw .unavailable
    }
    signature.removeLast(signature.count - count)
    guard case .ec(let curve) = kind else { return signature }
    guard let raw = ECDSASignature.raw(der: signature, coordinate: curve.coordinateByteCount) else {
      throw .unavailable
    }
    return raw
  }

  public func sign(_ message: [UInt8], _ scheme: SignatureScheme) throws(CryptographyError) -> [UInt8] {
    let result = message.withUnsafeBytes { message -> Result<[UInt8], CryptographyError> in
      do throws(CryptographyError) {
        return .success(try sign(message, scheme))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// The private numbers, for formats that carry them (a JSON Web Key). The caller answers for them.
  public func exportedParameters() throws(CryptographyError) -> PrivateKeyParameters {
    switch try publicKey.parameters() {
    case .rsa(let modulus, let exponent):
      guard let d = handle.number("d") else { throw .unavailable }
      let factors: RSAFactors? =
        if let p = handle.number("rsa-factor1"), let q = handle.number("rsa-factor2"),
          let dp = handle.number("rsa-exponent1"), let dq = handle.number("rsa-exponent2"),
          let qi = handle.number("rsa-coefficient1")
        { RSAFactors(p: p, q: q, dp: dp, dq: dq, qi: qi) } else { nil }
      return .rsa(modulus: modulus, exponent: exponent, privateExponent: d, factors: factors)
    case .ec(let curve, let x, let y):
      guard let scalar = handle.number("priv", count: curve.coordinateByteCount) else { throw .unavailable }
      return .ec(curve, x: x, y: y, scalar: scalar)
    case .edwards(let kind, let publicBytes):
      var seed = [UInt8](repeating: 0, count: try Edwards.keyByteCount(kind))
      var count = seed.count
      guard EVP_PKEY_get_raw_private_key(handle.pointer, &seed, &count) == 1, count == seed.count else {
        throw .unavailable
      }
      return .edwards(kind, publicBytes, seed: seed)
    }
  }

  private static func make(_ parameters: PrivateKeyParameters) throws(CryptographyError) -> KeyHandle {
    switch parameters {
    case .rsa(let modulus, let exponent, let d, let factors):
      guard modulus.count <= KeyHandle.rsaBits.upperBound / 8, exponent.count <= 8, d.count <= modulus.count else {
        throw .unsupportedKey
      }
      let numbers = try KeyParameters()
      numbers.add("n", modulus)
      numbers.add("e", exponent)
      numbers.add("d", d, isSecret: true)
      if let factors {
        numbers.add("rsa-factor1", factors.p, isSecret: true)
        numbers.add("rsa-factor2", factors.q, isSecret: true)
        numbers.add("rsa-exponent1", factors.dp, isSecret: true)
        numbers.add("rsa-exponent2", factors.dq, isSecret: true)
        numbers.add("rsa-coefficient1", factors.qi, isSecret: true)
      }
      return try .take(numbers.key("RSA", isPrivate: true), else: .invalidKey)
    case .ec(let curve, let x, let y, let scalar):
      let count = curve.coordinateByteCount
      guard x.count == count, y.count == count, scalar.count == count else { throw .wrongLength(expected: count) }
      let numbers = try KeyParameters()
      numbers.add("group", text: curve.groupName)
      numbers.add("priv", scalar, isSecret: true)
      let point = [4] + x + y
      let key = point.withUnsafeBytes { point -> Result<OpaquePointer?, CryptographyError> in
        numbers.add("pub", octets: point)
        do throws(CryptographyError) {
          return .success(try numbers.key("EC", isPrivate: true))
        } catch {
          return .failure(error)
        }
      }
      let handle = try KeyHandle.take(key.get(), else: .invalidKey)
      guard isConsistent(handle) else { throw .invalidKey }
      return handle
    case .edwards(let kind, let publicBytes, let seed):
      let expected = try Edwards.keyByteCount(kind)
      guard seed.count == expected else { throw .wrongLength(expected: expected) }
      let key = EVP_PKEY_new_raw_private_key_ex(nil, Edwards.name(kind), nil, seed, seed.count)
      let handle = try KeyHandle.take(key, else: .invalidKey)
      // OpenSSL derives the public key from the seed; a different one beside it is somebody's mistake or trick.
      guard case .edwards(_, publicBytes) = try PublicKey(handle: handle).parameters() else { throw .invalidKey }
      return handle
    }
  }

  private static func isConsistent(_ handle: KeyHandle) -> Bool {
    guard let context = EVP_PKEY_CTX_new_from_pkey(nil, handle.pointer, nil) else { return false }
    defer { EVP_PKEY_CTX_free(context) }
    let isConsistent = EVP_PKEY_pairwise_check(context) == 1
    ERR_clear_error()
    return isConsistent
  }

  private static func key(pkcs8 der: [UInt8]) -> OpaquePointer? {
    guard let info = DER.whole(der, { start, count in d2i_PKCS8_PRIV_KEY_INFO(nil, start, count) }) else { return nil }
    defer { PKCS8_PRIV_KEY_INFO_free(info) }
    return EVP_PKCS82PKEY(info)
  }

  /// A key of its own, so that what verifies holds no secret.
  private static func publicPart(of handle: KeyHandle) throws(CryptographyError) -> PublicKey {
    switch try PublicKey(handle: handle).parameters() {
    case .rsa(let modulus, let exponent): try PublicKey(rsaModulus: modulus, exponent: exponent)
    case .ec(let curve, let x, let y): try PublicKey(curve: curve, x: x, y: y)
    case .edwards(let kind, let bytes): try PublicKey(edwards: kind, bytes: bytes)
    }
  }
}

extension PrivateKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
