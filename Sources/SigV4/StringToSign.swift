import Cryptography
import S3Model

/// Writes strings to sign.
/// Source: AWS IAM User Guide, "Create a signed AWS API request", create a string to sign.
enum StringToSign {
  static func write(
    _ algorithm: SignatureAlgorithm, _ date: SigningDate, _ scope: CredentialScope, _ digest: SHA256Digest,
    _ dates: SigningDateTexts, to output: inout [UInt8]
  ) {
    output.removeAll(keepingCapacity: true)
    output.append(algorithm.name)
    output.append(0x0A)
    dates.appendBasic(date, to: &output)
    output.append(0x0A)
    output.append(contentsOf: scope.text.bytes)
    output.append(0x0A)
    digest.appendHex(to: &output)
  }
}
