import Cryptography
import S3Model

/// Where a chain of chunk signatures starts: the request's own signature and what it was made with.
struct ChunkSeed: Sendable {
  let key: SigningKey
  let algorithm: SignatureAlgorithm
  /// Hexadecimal text, which the next string to sign repeats.
  private(set) var previous: [UInt8]
  /// `date LF scope LF`
  private let context: [UInt8]

  init(
    key: SigningKey, algorithm: SignatureAlgorithm, signature: ClaimedSignature, date: SigningDate,
    scope: CredentialScope
  ) {
    self.key = key
    self.algorithm = algorithm
    var previous: [UInt8] = []
    switch signature {
    case .hmac(let digest): digest.appendHex(to: &previous)
    case .ecdsa(let der): der.withUnsafeBytes { Hex.append($0, to: &previous) }
    case .malformed: break
    }
    self.previous = previous
    var context: [UInt8] = []
    date.appendBasic(to: &context)
    context.append(0x0A)
    context.append(contentsOf: scope.text.bytes)
    context.append(0x0A)
    self.context = context
  }

  /// Source: Amazon S3 API Reference, "Signature calculations … transferring payload in multiple chunks".
  func writeChunkString(_ digest: SHA256Digest, to output: inout [UInt8]) {
    start("-PAYLOAD", &output)
    SHA256Digest.ofNothing.appendHex(to: &output)
    output.append(0x0A)
    digest.appendHex(to: &output)
  }

  /// Source: Amazon S3 API Reference, "… chunked upload with trailing headers".
  func writeTrailerString(_ digest: SHA256Digest, to output: inout [UInt8]) {
    start("-TRAILER", &output)
    digest.appendHex(to: &output)
  }

  private func start(_ suffix: StaticString, _ output: inout [UInt8]) {
    output.removeAll(keepingCapacity: true)
    output.append(algorithm.name)
    output.append(suffix)
    output.append(0x0A)
    output.append(contentsOf: context)
    output.append(contentsOf: previous)
    output.append(0x0A)
  }

  /// Checks a chunk's or trailer's signature over `stringToSign`; on success it becomes the previous one.
  /// - Parameter text: hexadecimal; in SigV4A padded with `*` to a fixed length.
  mutating func accept(
    _ text: UnsafeBufferPointer<UInt8>, _ stringToSign: [UInt8], using hasher: SHA256Hasher
  ) -> Bool {
    var end = text.count
    if algorithm == .ecdsaP256SHA256 {
      while end > 0, text[end - 1] == 0x2A { end -= 1 }
    }
    let text = text[bytes: 0..<end]
    let matches =
      switch (ClaimedSignature(text, algorithm), key) {
      case (.hmac(let claimed), .hmac(let key)):
        stringToSign.withUnsafeBytes { key.authenticate($0, using: hasher) }.constantTimeEquals(claimed)
      case (.ecdsa(let claimed), .ecdsa(let key)):
        key.publicKey.isValid(signature: claimed, for: stringToSign.withUnsafeBytes { hasher.digest(of: $0) })
      default: false
      }
    guard matches else { return false }
    previous.removeAll(keepingCapacity: true)
    previous.append(contentsOf: text)
    return true
  }
}
