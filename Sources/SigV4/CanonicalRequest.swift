import Cryptography
import HTTPWire
import S3Model

/// Writes canonical requests.
/// Source: AWS IAM User Guide, "Create a signed AWS API request", create a canonical request.
struct CanonicalRequest {
  enum Failure {
    case malformedPath, malformedQuery
    /// Not lower case, not in order, or not a list of names.
    case malformedSignedHeaders
    /// A control byte in the value of this field.
    case foldedValue(ByteRange)
  }

  let head: RequestHead
  let signedHeaders: [UInt8]
  let profile: SignatureProfile
  var query = CanonicalQuery()

  /// Writes all but the payload line, which follows without a line break.
  /// - Parameters:
  ///   - isSigned: set for every header line that the signature covers.
  ///   - isComplete: false when a signed header is missing; then no signature can match.
  func write(to output: inout [UInt8], isSigned: inout [Bool], isComplete: inout Bool) -> Failure? {
    output.removeAll(keepingCapacity: true)
    isSigned.removeAll(keepingCapacity: true)
    isSigned.append(contentsOf: repeatElement(false, count: head.fields.fields.count))
    return head.fields.bytes.withUnsafeBufferPointer { bytes in
      output.append(contentsOf: bytes[bytes: head.methodRange.range])
      output.append(0x0A)
      guard CanonicalPath.append(bytes[bytes: head.path.range], profile, to: &output) else { return .malformedPath }
      output.append(0x0A)
      if let range = head.query {
        guard query.append(bytes[bytes: range.range], to: &output) else { return .malformedQuery }
      }
      output.append(0x0A)
      if let failure = appendHeaders(bytes, to: &output, &isSigned, &isComplete) { return failure }
      output.append(0x0A)
      output.append(contentsOf: signedHeaders)
      output.append(0x0A)
      return nil
    }
  }

  @inline(__always)
  private func appendHeaders(
    _ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8], _ isSigned: inout [Bool], _ isComplete: inout Bool
  ) -> Failure? {
    signedHeaders.withUnsafeBufferPointer { names in
      var start = 0
      var previous = 0..<0
      while start < names.count {
        var end = start
        while end < names.count, names[end] != 0x3B {
          // Upper case cannot match a header, so it would sign nothing.
          guard ASCII.isToken(names[end]), ASCII.lowercased(names[end]) == names[end] else {
            return .malformedSignedHeaders
          }
          end += 1
        }
        let name = names[bytes: start..<end]
        guard !name.isEmpty, end + 1 != names.count,
          previous.isEmpty || names[bytes: previous].precedes(name)
        else { return .malformedSignedHeaders }
        previous = start..<end
        start = end + 1
        if let failure = append(name, bytes, to: &output, &isSigned, &isComplete) { return failure }
      }
      return nil
    }
  }

  /// One header: `name:value`, the values of repeated lines joined by commas.
  @inline(__always)
  private func append(
    _ name: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8],
    _ isSigned: inout [Bool], _ isComplete: inout Bool
  ) -> Failure? {
    output.append(contentsOf: name)
    output.append(0x3A)
    var isFirst = true
    let fields = head.fields.fields
    for index in 0..<fields.count {
      let field = fields[index]
      guard field.name.count == name.count, bytes[bytes: field.name.range].equals(name) else { continue }
      isSigned[index] = true
      if !isFirst { output.append(0x2C) }
      isFirst = false
      if query.redacts, Redaction.isSecret(name) {
        output.append(Redaction.placeholder)
      } else if !CanonicalValue.append(bytes[bytes: field.value.range], isStrict: profile.isStrict, to: &output) {
        return .foldedValue(field.name)
      }
    }
    if isFirst { isComplete = false }
    output.append(0x0A)
    return nil
  }
}
