import Cryptography
public import S3Model

/// Proof that a POST form was signed and keeps its policy. Only this module makes one.
public struct VerifiedPostForm: Sendable {
  public let signature: VerifiedSignature
  /// How large the file may be, in bytes.
  public let fileBytes: ClosedRange<UInt64>

  fileprivate init(signature: VerifiedSignature, fileBytes: ClosedRange<UInt64>) {
    self.signature = signature
    self.fileBytes = fileBytes
  }

  /// Refuses a file too large as soon as `bytes` of it have come.
  public func checkFileSoFar(bytes: UInt64) throws(SigV4Error) {
    guard bytes <= fileBytes.upperBound else {
      throw .entityTooLarge(bytes: bytes, bytesMax: fileBytes.upperBound)
    }
  }

  /// Refuses a complete file of the wrong size.
  public func checkFile(bytes: UInt64) throws(SigV4Error) {
    try checkFileSoFar(bytes: bytes)
    guard bytes >= fileBytes.lowerBound else {
      throw .entityTooSmall(bytes: bytes, bytesMin: fileBytes.lowerBound)
    }
  }
}

extension SignatureVerifier {
  /// Verifies a POST form: the signature over its policy, the policy's expiration, and its conditions.
  /// - Parameters:
  ///   - claim: as read from this same form.
  ///   - bucket: the one the request addresses.
  public func verify(
    _ claim: SignatureClaim, form: PostForm, bucket: ByteString, secret: SigningSecret, nowSeconds: Int64,
    scratch: SigningScratch
  ) throws(SigV4Error) -> VerifiedPostForm {
    guard claim.placement == .form else { throw .severalMechanisms }
    try checkScope(claim, .s3)
    let policyText = try form.required("policy")
    guard let key = scratch.keys.key(secret, claim.algorithm, claim.scope, using: scratch.hasher) else {
      throw .keyUnavailable
    }
    scratch.stringToSign.removeAll(keepingCapacity: true)
    scratch.stringToSign.append(contentsOf: policyText.bytes)
    guard scratch.matches(claim.signature, key) else {
      throw .signatureDoesNotMatch(
        SignatureMismatch(
          accessKeyID: claim.accessKeyID, canonicalRequest: [], stringToSign: scratch.stringToSign))
    }
    // Only now is the document worth reading.
    let policy = try PostPolicy(base64: policyText)
    guard nowSeconds <= policy.expiration.unixSeconds else { throw .postPolicyExpired }
    let fileBytes = try policy.check(form, bucket: bucket)
    return VerifiedPostForm(
      signature: VerifiedSignature(claim, signed: SignedFields(), payload: .unsigned), fileBytes: fileBytes)
  }
}
