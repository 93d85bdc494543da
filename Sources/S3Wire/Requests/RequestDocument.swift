/// Reads a request's document whole, or says why not.
enum RequestDocument {
  static func read<Value>(
    _ document: [UInt8], limits: XMLLimits = XMLLimits(),
    _ body: (inout XMLReader) throws(XMLFault) -> Value,
    check: (Value) throws(S3WireError) -> Void = { (_) throws(S3WireError) in }
  ) throws(S3WireError) -> Value {
    guard !document.isEmpty else { throw .missingDocument }
    let value: Value
    do throws(XMLFault) {
      var reader = try XMLReader(document, limits: limits)
      value = try body(&reader)
      try reader.finish()
    } catch {
      throw error == .tooLarge ? .documentTooLarge : .malformedXML(error)
    }
    try check(value)
    return value
  }
}
