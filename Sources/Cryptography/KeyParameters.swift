import COpenSSL

/// Builds an EVP_PKEY from its numbers; owns the builder and the numbers until then.
final class KeyParameters {
  private let builder: OpaquePointer
  private var numbers: [OpaquePointer] = []
  private var areComplete = true

  init() throws(CryptographyError) {
    guard let builder = OSSL_PARAM_BLD_new() else { throw .unavailable }
    self.builder = builder
  }

  deinit {
    OSSL_PARAM_BLD_free(builder)
    numbers.forEach { BN_clear_free($0) }
  }

  /// OpenSSL keeps the pointer: a bridged String would be gone when it is read.
  static func text(_ name: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
  }

  /// - Parameter bytes: big-endian.
  func add(_ name: StaticString, _ bytes: [UInt8], isSecret: Bool = false) {
    guard let count = Int32(exactly: bytes.count),
      let number = isSecret ? BN_secure_new() : BN_new()
    else {
      areComplete = false
      return
    }
    numbers.append(number)
    guard BN_bin2bn(bytes, count, number) != nil else {
      areComplete = false
      return
    }
    if isSecret { BN_set_flags(number, BN_FLG_CONSTTIME) }
    if OSSL_PARAM_BLD_push_BN(builder, Self.text(name), number) != 1 { areComplete = false }
  }

  func add(_ name: StaticString, text: StaticString) {
    guard
      OSSL_PARAM_BLD_push_utf8_string(builder, Self.text(name), Self.text(text), text.utf8CodeUnitCount) == 1
    else {
      areComplete = false
      return
    }
  }

  /// - Parameter octets: must live until ``key(_:isPrivate:)`` has returned.
  func add(_ name: StaticString, octets: UnsafeRawBufferPointer) {
    if OSSL_PARAM_BLD_push_octet_string(builder, Self.text(name), octets.baseAddress, octets.count) != 1 {
      areComplete = false
    }
  }

  /// - Parameter algorithm: `RSA` or `EC`.
  /// - Returns: nil when OpenSSL refuses the numbers.
  func key(_ algorithm: StaticString, isPrivate: Bool) throws(CryptographyError) -> OpaquePointer? {
    guard areComplete, let parameters = OSSL_PARAM_BLD_to_param(builder),
      let context = EVP_PKEY_CTX_new_from_name(nil, Self.text(algorithm), nil)
    else { throw .unavailable }
    defer {
      OSSL_PARAM_free(parameters)
      EVP_PKEY_CTX_free(context)
    }
    guard EVP_PKEY_fromdata_init(context) == 1 else { throw .unavailable }
    var key: OpaquePointer?
    let selection = isPrivate ? COpenSSL_EVP_PKEY_KEYPAIR() : COpenSSL_EVP_PKEY_PUBLIC_KEY()
    guard EVP_PKEY_fromdata(context, &key, selection, parameters) == 1 else {
      ERR_clear_error()
      return nil
    }
    return key
  }
}
