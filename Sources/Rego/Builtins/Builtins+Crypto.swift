import Cryptography

/// Digests and message authentication codes of `crypto.*`. Source: OPA v1/topdown/crypto.go.
enum CryptoBuiltins {
  static let all: [Builtin] = [
    digest("crypto.md5", .md5), digest("crypto.sha1", .sha1), digest("crypto.sha256", .sha256),
    code("crypto.hmac.md5", .md5), code("crypto.hmac.sha1", .sha1), code("crypto.hmac.sha256", .sha256),
    code("crypto.hmac.sha512", .sha512),
    Builtin("crypto.hmac.equal", [.string, .string], .boolean) { operands, context throws(BuiltinError) in
      let (left, right) = (try operands.text(0), try operands.text(1))
      try context.charge(instructions: (left.byteCount + right.byteCount) / 16, bytes: 0)
      return .boolean(left.withBytes { left in right.withBytes { constantTimeEquals(left, $0) } })
    },
  ]

  private static func digest(_ name: String, _ algorithm: DigestAlgorithm) -> Builtin {
    Builtin(name, [.string], .string) { operands, context throws(BuiltinError) in
      let text = try operands.text(0)
      try context.charge(instructions: 16 + text.byteCount / 16, bytes: 160)
      return .string(Text(Hex.encode(text.withBytes { algorithm.digest(of: $0) })))
    }
  }

  private static func code(_ name: String, _ algorithm: DigestAlgorithm) -> Builtin {
    Builtin(name, [.string, .string], .string) { operands, context throws(BuiltinError) in
      let (message, key) = (try operands.text(0), try operands.text(1))
      try context.charge(instructions: 32 + (message.byteCount + key.byteCount) / 16, bytes: 160)
      let secret = key.withBytes { HMACKey($0) }
      return .string(Text(Hex.encode(message.withBytes { secret.authenticate($0, algorithm) })))
    }
  }
}
