import S3Model

/// How strictly, and for which service, a signature is verified.
public struct SignatureProfile: Sendable {
  /// The service its scope must name.
  let service: ByteString
  /// Remove dot segments and empty segments from the path, then encode the path as sent once more. S3 does neither: its
  /// keys may contain both.
  let normalizesPath: Bool
  let encodesPathAgain: Bool
  /// Body hash in a header, or no signature at all.
  let requiresContentSHA256: Bool
  /// Bodies may be unsigned or aws-chunked.
  let allowsStreaming: Bool
  /// Global services also take the default region, whatever the gateway's own.
  let alsoAcceptsDefaultRegion: Bool
  /// Every `x-amz-*` header signed, values on one line, tokens inside the signature. Off only for a test suite.
  let isStrict: Bool

  public static let s3 = SignatureProfile(
    service: "s3", normalizesPath: false, encodesPathAgain: false, requiresContentSHA256: true, allowsStreaming: true,
    alsoAcceptsDefaultRegion: false, isStrict: true)
  public static let sts = SignatureProfile.generic("sts")
  public static let iam = SignatureProfile.generic("iam")

  private static func generic(_ service: ByteString) -> SignatureProfile {
    SignatureProfile(
      service: service, normalizesPath: true, encodesPathAgain: true, requiresContentSHA256: false,
      allowsStreaming: false, alsoAcceptsDefaultRegion: true, isStrict: true)
  }

  /// For AWS's signing test suite alone, hence not public: it signs for a service called "service", folds values and
  /// leaves tokens out of signatures.
  static func lenient(service: ByteString, normalizesPath: Bool) -> SignatureProfile {
    SignatureProfile(
      service: service, normalizesPath: normalizesPath, encodesPathAgain: true, requiresContentSHA256: false,
      allowsStreaming: false, alsoAcceptsDefaultRegion: false, isStrict: false)
  }
}
