/// Names and sizes of the Edwards-curve keys (RFC 8032).
enum Edwards {
  /// - Throws: `unsupportedKey` for any other kind.
  static func keyByteCount(_ kind: KeyKind) throws(CryptographyError) -> Int {
    switch kind {
    case .ed25519: 32
    case .ed448: 57
    case .rsa, .ec: throw .unsupportedKey
    }
  }

  static func name(_ kind: KeyKind) -> UnsafePointer<CChar> {
    KeyParameters.text(kind == .ed448 ? "ED448" : "ED25519")
  }
}
