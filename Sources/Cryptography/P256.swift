import COpenSSL

/// A P-256 private key for ECDSA (FIPS 186-5). Offers signing, never the scalar; prints as `<redacted>`.
///
/// Unchecked Sendable: an EVP_PKEY is immutable here, and OpenSSL locks its reference count.
public final class P256PrivateKey: @unchecked Sendable {
  private let key: OpaquePointer
  public let publicKey: P256PublicKey

  /// - Parameter scalar: 32 bytes, big-endian, from 1 to the order less one; else `invalidKey`.
  public init(scalar: [UInt8]) throws(CryptographyError) {
    guard scalar.count == 32 else { throw .wrongLength(expected: 32) }
    let group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)
    let number = BN_secure_new()
    defer {
      EC_GROUP_free(group)
      BN_clear_free(number)
    }
    guard let group, let number, BN_bin2bn(scalar, 32, number) != nil else { throw .unavailable }
    BN_set_flags(number, BN_FLG_CONSTTIME)
    guard BN_is_zero(number) == 0, let order = EC_GROUP_get0_order(group), BN_cmp(number, order) < 0 else {
      throw .invalidKey
    }
    let point = EC_POINT_new(group)
    defer { EC_POINT_free(point) }
    var encoded = [UInt8](repeating: 0, count: 65)
    guard let point, EC_POINT_mul(group, point, number, nil, nil, nil) == 1,
      EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, &encoded, 65, nil) == 65
    else { throw .unavailable }
    key = try P256Encoding.key(publicPoint: encoded, scalar: scalar)
    publicKey = try P256PublicKey(point: encoded)
  }

  deinit { EVP_PKEY_free(key) }

  /// Signs a SHA-256 digest with a random nonce: two signatures of one digest differ.
  /// - Returns: the signature in DER, 8 to 72 bytes.
  public func sign(_ digest: SHA256Digest) throws(CryptographyError) -> [UInt8] {
    guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { throw .unavailable }
    defer { EVP_PKEY_CTX_free(context) }
    var signature = [UInt8](repeating: 0, count: 80)
    var count = signature.count
    let isSigned = digest.withUnsafeBytes { digest in
      EVP_PKEY_sign_init(context) == 1
        && EVP_PKEY_sign(context, &signature, &count, digest.bindMemory(to: UInt8.self).baseAddress, 32) == 1
    }
    guard isSigned else { throw .unavailable }
    return Array(signature.prefix(count))
  }
}

extension P256PrivateKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A P-256 public key for ECDSA.
///
/// Unchecked Sendable: an EVP_PKEY is immutable here, and OpenSSL locks its reference count.
public final class P256PublicKey: @unchecked Sendable {
  private let key: OpaquePointer
  /// Uncompressed SEC 1 point: 0x04, x, y; 65 bytes.
  public let point: [UInt8]

  /// - Parameter point: as in ``point``; `invalidKey` when it is not on the curve.
  public init(point: [UInt8]) throws(CryptographyError) {
    guard point.count == 65, point[0] == 4 else { throw .invalidKey }
    key = try P256Encoding.key(publicPoint: point, scalar: nil)
    self.point = point
  }

  deinit { EVP_PKEY_free(key) }

  /// - Parameter signature: DER; anything malformed is simply not valid.
  public func isValid(signature: [UInt8], for digest: SHA256Digest) -> Bool {
    guard !signature.isEmpty, signature.count <= 80, let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else {
      return false
    }
    defer { EVP_PKEY_CTX_free(context) }
    let isValid = digest.withUnsafeBytes { digest in
      EVP_PKEY_verify_init(context) == 1
        && EVP_PKEY_verify(
          context, signature, signature.count, digest.bindMemory(to: UInt8.self).baseAddress, 32) == 1
    }
    if !isValid { ERR_clear_error() }
    return isValid
  }
}

enum P256Encoding {
  /// OSSL_PARAM keeps the pointer: a bridged String would be gone when it is read.
  private static func name(_ name: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
  }

  /// - Parameter scalar: nil for a public key.
  static func key(publicPoint: [UInt8], scalar: [UInt8]?) throws(CryptographyError) -> OpaquePointer {
    guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil), EVP_PKEY_fromdata_init(context) == 1 else {
      throw .unavailable
    }
    defer { EVP_PKEY_CTX_free(context) }
    var group = Array("prime256v1".utf8CString)
    var point = publicPoint
    // OSSL_PARAM integers are in the machine's byte order, scalars in network order.
    var native = scalar ?? []
    if Int(1).littleEndian == 1 { native.reverse() }
    defer { native.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    var key: OpaquePointer?
    let made = group.withUnsafeMutableBufferPointer { group in
      point.withUnsafeMutableBytes { point in
        native.withUnsafeMutableBytes { native in
          var parameters = [
            OSSL_PARAM_construct_utf8_string(name("group"), group.baseAddress, 0),
            OSSL_PARAM_construct_octet_string(name("pub"), point.baseAddress, point.count),
          ]
          if scalar != nil {
            parameters.append(
              OSSL_PARAM_construct_BN(
                name("priv"), native.baseAddress?.assumingMemoryBound(to: UInt8.self), native.count))
          }
          parameters.append(OSSL_PARAM_construct_end())
          let selection = scalar == nil ? COpenSSL_EVP_PKEY_PUBLIC_KEY() : COpenSSL_EVP_PKEY_KEYPAIR()
          return EVP_PKEY_fromdata(context, &key, selection, &parameters)
        }
      }
    }
    guard made == 1, let key else {
      ERR_clear_error()
      throw .invalidKey
    }
    return key
  }
}
