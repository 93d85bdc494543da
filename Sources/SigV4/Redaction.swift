import HTTPWire

/// The values that never leave in an error: session tokens and the keys of SSE-C.
enum Redaction {
  static let placeholder: StaticString = "<redacted>"

  /// - Parameter name: of a header or query parameter, in any case.
  static func isSecret(_ bytes: [UInt8], _ name: Range<Int>) -> Bool {
    bytes.withUnsafeBufferPointer { isSecret($0[bytes: name]) }
  }

  static func isSecret(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    name.equalsIgnoringCase("x-amz-security-token")
      || name.equalsIgnoringCase("x-amz-server-side-encryption-customer-key")
      || name.equalsIgnoringCase("x-amz-copy-source-server-side-encryption-customer-key")
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// - Parameter lowercased: ASCII in lower case.
  func equalsIgnoringCase(_ lowercased: StaticString) -> Bool {
    guard count == lowercased.utf8CodeUnitCount else { return false }
    for index in 0..<count where ASCII.lowercased(self[index]) != lowercased.utf8Start[index] { return false }
    return true
  }
}
