import COpenSSL

/// ECDSA signatures between JOSE's form, r and s side by side, and the DER that OpenSSL takes.
enum ECDSASignature {
  /// - Parameter count: bytes of a coordinate. Nil unless `raw` is exactly two of them.
  static func der(raw: [UInt8], coordinate count: Int) -> [UInt8]? {
    guard raw.count == 2 * count else { return nil }
    let body = integer(raw[..<count]) + integer(raw[count...])
    // At most 2 * 69 bytes: one length byte, or 0x81 and one.
    return (body.count < 0x80 ? [0x30, UInt8(body.count)] : [0x30, 0x81, UInt8(body.count)]) + body
  }

  private static func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var digits = Array(bytes.drop { $0 == 0 })
    if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
    return [0x02, UInt8(digits.count)] + digits
  }

  /// - Parameter der: as OpenSSL made it.
  static func raw(der: [UInt8], coordinate count: Int) -> [UInt8]? {
    let signature = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      var start = bytes.baseAddress
      return d2i_ECDSA_SIG(nil, &start, bytes.count)
    }
    guard let signature else {
      ERR_clear_error()
      return nil
    }
    defer { ECDSA_SIG_free(signature) }
    var raw = [UInt8](repeating: 0, count: 2 * count)
    let isWritten = raw.withUnsafeMutableBufferPointer { buffer -> Bool in
      guard let start = buffer.baseAddress else { return false }
      return BN_bn2binpad(ECDSA_SIG_get0_r(signature), start, Int32(count)) == Int32(count)
        && BN_bn2binpad(ECDSA_SIG_get0_s(signature), start + count, Int32(count)) == Int32(count)
    }
    return isWritten ? raw : nil
  }
}
