import S3Model

/// Rules over session policies that no single parameter shows.
enum SessionPolicyInput {
  /// The inline policy and the ARNs share one bound of characters.
  static func checkLength(_ policy: ByteString?, _ arns: [ByteString]) throws(STSError) {
    let characters = ([policy].compactMap { $0 } + arns).reduce(0) { $0 + $1.text.utf16.count }
    guard characters <= SessionTokenLimits.policyCharactersMax else {
      throw .packedPolicyTooLarge(percent: (characters * 100 + 2047) / SessionTokenLimits.policyCharactersMax)
    }
  }

  /// A JSON document without white space outside its strings: what is sealed is what was asked for, in fewer bytes.
  static func compacted(_ document: ByteString) -> ByteString {
    var output: [UInt8] = []
    output.reserveCapacity(document.count)
    var isInString = false
    var isEscaped = false
    for byte in document.bytes {
      if isInString {
        output.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else {
        if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { continue }
        if byte == UInt8(ascii: "\"") { isInString = true }
        output.append(byte)
      }
    }
    return ByteString(output)
  }
}
