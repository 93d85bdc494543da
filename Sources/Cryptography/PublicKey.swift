import COpenSSL

/// A public key for verifying signatures: RSA of 1,024 to 16,384 bits, ECDSA on P-256, P-384 or P-521, Ed25519, Ed448.
public final class PublicKey: Sendable {
  let handle: KeyHandle

  public var kind: KeyKind { handle.kind }
  /// Size of the key: of RSA's modulus or the curve's field, in bits.
  public var bits: Int { handle.bits }

  init(handle: KeyHandle) { self.handle = handle }

  /// - Parameters: unsigned and big-endian.
  public init(rsaModulus modulus: [UInt8], exponent: [UInt8]) throws(CryptographyError) {
    guard modulus.count <= KeyHandle.rsaBits.upperBound / 8, exponent.count <= 8 else { throw .unsupportedKey }
    let parameters = try KeyParameters()
    parameters.add("n", modulus)
    parameters.add("e", exponent)
    handle = try .take(parameters.key("RSA", isPrivate: false), else: .invalidKey)
  }

  /// - Parameters x, y: big-endian, exactly as long as the curve's coordinates; `invalidKey` when not on the curve.
  public init(curve: EllipticCurve, x: [UInt8], y: [UInt8]) throws(CryptographyError) {
    let count = curve.coordinateByteCount
    guard x.count == count, y.count == count else { throw .wrongLength(expected: count) }
    handle = try Self.make(point: [4] + x + y, on: curve)
  }

  /// - Parameter edwards: `ed25519` (32 bytes) or `ed448` (57 bytes).
  public init(edwards kind: KeyKind, bytes: [UInt8]) throws(CryptographyError) {
    let expected = try Edwards.keyByteCount(kind)
    guard bytes.count == expected else { throw .wrongLength(expected: expected) }
    let key = EVP_PKEY_new_raw_public_key_ex(nil, Edwards.name(kind), nil, bytes, bytes.count)
    handle = try .take(key, else: .invalidKey)
  }

  /// - Parameter spki: DER of a SubjectPublicKeyInfo (RFC 5280), nothing behind it.
  public init(spki: [UInt8]) throws(CryptographyError) {
    handle = try .take(
      DER.whole(spki) { start, count in d2i_PUBKEY(nil, start, count) }, else: .malformed(.publicKey))
  }

  /// - Parameter pem: one block `PUBLIC KEY`, `RSA PUBLIC KEY` or `CERTIFICATE`; text around it is passed over.
  public convenience init(pem: [UInt8]) throws(CryptographyError) {
    guard let block = PEMBlock.first(in: pem) else { throw .malformed(.publicKey) }
    try self.init(block)
  }

  /// - Parameter block: labelled `PUBLIC KEY`, `RSA PUBLIC KEY` or `CERTIFICATE`.
  public init(_ block: PEMBlock) throws(CryptographyError) {
    let key: OpaquePointer? =
      switch block.label {
      case "PUBLIC KEY": DER.whole(block.bytes) { start, count in d2i_PUBKEY(nil, start, count) }
      case "RSA PUBLIC KEY":
        DER.whole(block.bytes) { start, count in d2i_PublicKey(EVP_PKEY_RSA, nil, start, count) }
      case "CERTIFICATE": Self.key(ofCertificate: block.bytes)
      default: nil
      }
    handle = try .take(key, else: .malformed(.publicKey))
  }

  /// - Parameter certificate: DER.
  public init(certificate: [UInt8]) throws(CryptographyError) {
    handle = try .take(Self.key(ofCertificate: certificate), else: .malformed(.certificate))
  }

  /// Whether the signature is the message's. A scheme that the key does not fit, or anything malformed, is not valid.
  public func isValid(
    _ signature: [UInt8], for message: UnsafeRawBufferPointer, _ scheme: SignatureScheme
  ) -> Bool {
    guard scheme.fits(kind) else { return false }
    var signature = signature
    if case .ec(let curve) = kind {
      guard let der = ECDSASignature.der(raw: signature, coordinate: curve.coordinateByteCount) else { return false }
      signature = der
    }
    defer { ERR_clear_error() }
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    var settings: OpaquePointer?
    guard EVP_DigestVerifyInit(context, &settings, scheme.digest?.function, nil, handle.pointer) == 1,
      scheme.apply(to: settings)
    else { return false }
    // One byte for an empty message: OpenSSL takes no null pointer.
    return withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { nothing in
      let start = message.baseAddress ?? UnsafeRawPointer(nothing.baseAddress)
      return EVP_DigestVerify(
        context, signature, signature.count, start?.assumingMemoryBound(to: UInt8.self), message.count) == 1
    }
  }

  public func isValid(_ signature: [UInt8], for message: [UInt8], _ scheme: SignatureScheme) -> Bool {
    message.withUnsafeBytes { isValid(signature, for: $0, scheme) }
  }

  /// The key's numbers.
  public func parameters() throws(CryptographyError) -> PublicKeyParameters {
    switch kind {
    case .rsa:
      guard let modulus = handle.number("n"), let exponent = handle.number("e") else { throw .unavailable }
      return .rsa(modulus: modulus, exponent: exponent)
    case .ec(let curve):
      guard let x = handle.number("qx", count: curve.coordinateByteCount),
        let y = handle.number("qy", count: curve.coordinateByteCount)
      else { throw .unavailable }
      return .ec(curve, x: x, y: y)
    case .ed25519, .ed448:
      var bytes = [UInt8](repeating: 0, count: try Edwards.keyByteCount(kind))
      var count = bytes.count
      guard EVP_PKEY_get_raw_public_key(handle.pointer, &bytes, &count) == 1, count == bytes.count else {
        throw .unavailable
      }
      return .edwards(kind, bytes)
    }
  }

  private static func key(ofCertificate der: [UInt8]) -> OpaquePointer? {
    guard let certificate = DER.whole(der, { start, count in d2i_X509(nil, start, count) }) else { return nil }
    defer { X509_free(certificate) }
    return X509_get_pubkey(certificate)
  }

  private static func make(point: [UInt8], on curve: EllipticCurve) throws(CryptographyError) -> KeyHandle {
    let parameters = try KeyParameters()
    parameters.add("group", text: curve.groupName)
    let key = point.withUnsafeBytes { point -> Result<OpaquePointer?, CryptographyError> in
      parameters.add("pub", octets: point)
      do throws(CryptographyError) {
        return .success(try parameters.key("EC", isPrivate: false))
      } catch {
        return .failure(error)
      }
    }
    return try .take(key.get(), else: .invalidKey)
  }
}

/// A public key's numbers, big-endian and unsigned. RSA's are without leading zeros, coordinates of the curve's length.
public enum PublicKeyParameters: Hashable, Sendable {
  case rsa(modulus: [UInt8], exponent: [UInt8])
  case ec(EllipticCurve, x: [UInt8], y: [UInt8])
  /// `ed25519` or `ed448`, and the key as RFC 8032 encodes it.
  case edwards(KeyKind, [UInt8])
}

extension SignatureScheme {
  /// - Parameter settings: EVP_PKEY_CTX of a signature about to be made or checked.
  func apply(to settings: OpaquePointer?) -> Bool {
    guard case .rsaPSS(let digest) = self else { return true }
    return EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1
      && EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1
      && EVP_PKEY_CTX_set_rsa_mgf1_md(settings, digest.function) == 1
  }
}
