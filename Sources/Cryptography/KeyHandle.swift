import COpenSSL

/// Owns one EVP_PKEY, public or private.
///
/// Unchecked Sendable: an EVP_PKEY is immutable here, and OpenSSL locks its reference count.
final class KeyHandle: @unchecked Sendable {
  /// Modulus sizes in bits. Less can be factored; more lets a stranger's key cost seconds per signature.
  static let rsaBits = 1024...16384

  let pointer: OpaquePointer
  let kind: KeyKind
  /// Size of the key: of RSA's modulus or the curve's field, in bits.
  let bits: Int

  /// - Parameter pointer: shared; the handle holds a reference of its own.
  private init(sharing pointer: OpaquePointer) throws(CryptographyError) {
    self.pointer = pointer
    bits = Int(EVP_PKEY_get_bits(pointer))
    if EVP_PKEY_is_a(pointer, "RSA") == 1 {
      guard Self.rsaBits.contains(bits), Self.hasSoundExponent(pointer) else { throw .unsupportedKey }
      kind = .rsa
    } else if EVP_PKEY_is_a(pointer, "ED25519") == 1 {
      kind = .ed25519
    } else if EVP_PKEY_is_a(pointer, "ED448") == 1 {
      kind = .ed448
    } else if EVP_PKEY_is_a(pointer, "EC") == 1, let curve = Self.curve(pointer) {
      kind = .ec(curve)
    } else {
      throw .unsupportedKey
    }
    EVP_PKEY_up_ref(pointer)
  }

  deinit { EVP_PKEY_free(pointer) }

  /// - Parameter pointer: taken over, also when this throws; nil when OpenSSL refused the key.
  static func take(_ pointer: OpaquePointer?, else error: CryptographyError) throws(CryptographyError) -> KeyHandle {
    guard let pointer else {
      ERR_clear_error()
      throw error
    }
    defer { EVP_PKEY_free(pointer) }
    return try KeyHandle(sharing: pointer)
  }

  private static func curve(_ key: OpaquePointer) -> EllipticCurve? {
    var name = [CChar](repeating: 0, count: 64)
    var count = 0
    guard EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1 else { return nil }
    let text = name.prefix(count).map { UInt8(bitPattern: $0) }
    return EllipticCurve.allCases.first { curve in
      UnsafeBufferPointer(start: curve.groupName.utf8Start, count: curve.groupName.utf8CodeUnitCount)
        .elementsEqual(text)
    }
  }

  /// Odd, above 1, and at most 31 bits: with exponent 1 every message signs itself, long ones cost time.
  private static func hasSoundExponent(_ key: OpaquePointer) -> Bool {
    var number: OpaquePointer?
    guard EVP_PKEY_get_bn_param(key, "e", &number) == 1, let number else { return false }
    defer { BN_free(number) }
    return BN_is_odd(number) == 1 && BN_is_one(number) == 0 && BN_num_bits(number) <= 31
  }

  /// An unsigned number of the key, big-endian without leading zeros; nil when the key has none of that name.
  func number(_ name: StaticString) -> [UInt8]? {
    var number: OpaquePointer?
    guard EVP_PKEY_get_bn_param(pointer, KeyParameters.text(name), &number) == 1, let number else {
      ERR_clear_error()
      return nil
    }
    defer { BN_clear_free(number) }
    var bytes = [UInt8](repeating: 0, count: (Int(BN_num_bits(number)) + 7) / 8)
    return Int(BN_bn2bin(number, &bytes)) == bytes.count ? bytes : nil
  }

  /// A number with zeros in front up to `count` bytes.
  func number(_ name: StaticString, count: Int) -> [UInt8]? {
    guard let bytes = number(name), bytes.count <= count else { return nil }
    return [UInt8](repeating: 0, count: count - bytes.count) + bytes
  }
}
