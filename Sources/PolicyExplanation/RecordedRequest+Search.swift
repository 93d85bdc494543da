public import PolicyTool

extension RecordedRequest {
  /// The record of a request in an audit file.
  /// - Parameters:
  ///   - requestID: as `x-amz-request-id` shows it; nil for the first record.
  ///   - path: `-` for standard input, whose last line need not be ended.
  public static func find(_ requestID: String?, in path: String) throws(ToolError) -> RecordedRequest {
    var found: Result<RecordedRequest, Fault>?
    let needle = requestID.map { Array("\"request_id\":\"\($0)\"".utf8) }
    try LineReader(path).forEachLine { line in
      let bytes: UnsafeRawBufferPointer
      switch line {
      case .line(let whole): bytes = whole
      case .torn(let rest): bytes = rest
      case .overlong: return
      }
      guard found == nil, !bytes.isEmpty, needle.map({ contains(bytes, $0) }) ?? true else { return }
      do throws(Fault) {
        let record = try RecordedRequest(line: bytes)
        if requestID == nil || record.requestID == requestID { found = .success(record) }
      } catch {
        found = .failure(error)
      }
    }
    switch found {
    case .success(let record): return record
    case .failure(.json(let reason)): throw .input(path: path, reason: "no audit record: \(reason)")
    case .failure(.member(let name)): throw .input(path: path, reason: "no audit record: `\(name)`")
    case nil: throw .input(path: path, reason: requestID.map { "no record of request \($0)" } ?? "no records")
    }
  }

  private static func contains(_ bytes: UnsafeRawBufferPointer, _ needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    var rest = bytes[...]
    while let place = rest.firstIndex(of: first) {
      rest = rest[place...]
      if rest.starts(with: needle) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
