public import Cryptography

/// What `x-amz-content-sha256` says about the body.
public enum PayloadClaim: Equatable, Sendable {
  /// No such header.
  case absent
  /// `UNSIGNED-PAYLOAD`
  case unsigned
  /// The SHA-256 of the body.
  case digest(SHA256Digest)
  /// `STREAMING-AWS4-…-PAYLOAD[-TRAILER]`: aws-chunked, every chunk signed.
  case signedChunks(SignatureAlgorithm, hasTrailers: Bool)
  /// `STREAMING-UNSIGNED-PAYLOAD-TRAILER`: aws-chunked with trailers, nothing but the head signed.
  case unsignedChunks
  /// Anything else.
  case malformed

  init(_ value: UnsafeBufferPointer<UInt8>) {
    if let digest = SHA256Digest(hex: value) {
      self = .digest(digest)
    } else if value.equals("UNSIGNED-PAYLOAD") {
      self = .unsigned
    } else if value.equals("STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
      self = .unsignedChunks
    } else if value.equals("STREAMING-AWS4-HMAC-SHA256-PAYLOAD") {
      self = .signedChunks(.hmacSHA256, hasTrailers: false)
    } else if value.equals("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") {
      self = .signedChunks(.hmacSHA256, hasTrailers: true)
    } else if value.equals("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD") {
      self = .signedChunks(.ecdsaP256SHA256, hasTrailers: false)
    } else if value.equals("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER") {
      self = .signedChunks(.ecdsaP256SHA256, hasTrailers: true)
    } else {
      self = .malformed
    }
  }

  /// Appends the last line of the canonical request.
  func appendCanonical(to output: inout [UInt8]) {
    switch self {
    case .absent, .unsigned, .malformed: output.append("UNSIGNED-PAYLOAD")
    case .digest(let digest): digest.appendHex(to: &output)
    case .unsignedChunks: output.append("STREAMING-UNSIGNED-PAYLOAD-TRAILER")
    case .signedChunks(.hmacSHA256, false): output.append("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
    case .signedChunks(.hmacSHA256, true): output.append("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")
    case .signedChunks(.ecdsaP256SHA256, false): output.append("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")
    case .signedChunks(.ecdsaP256SHA256, true): output.append("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER")
    }
  }
}
