import JSON

extension CompiledPolicy {
  /// Parses, checks and compiles a policy document.
  ///
  /// Whatever is not understood is refused: an unknown element, operator or version, a malformed value, an element
  /// that the kind must not have.
  /// - Parameters:
  ///   - name: the policy's name or ARN, which decisions repeat.
  ///   - limits: AWS's for the kind when nil.
  /// Source: IAM User Guide, "Grammar of the IAM JSON policy language".
  public convenience init(
    parsing document: [UInt8], name: String, kind: PolicyKind, limits: PolicyLimits? = nil
  ) throws(PolicyError) {
    let limits = limits ?? .standard(kind)
    let counted = limits.countsWhiteSpace ? document.count : PolicyLimits.countWithoutWhiteSpace(document)
    guard counted <= limits.bytesMax else { throw .tooLarge(bytes: counted, bytesMax: limits.bytesMax) }
    let value: JSONValue
    do throws(JSONError) {
      // White space may not count, but it must not be unbounded either.
      value = try JSONValue(
        parsing: document, limits: JSONLimits(bytesMax: max(4 * limits.bytesMax, 65_536), depthMax: 8))
    } catch {
      throw .notJSON(error)
    }
    try self.init(document: value, name: name, kind: kind, limits: limits)
  }

  public convenience init(
    parsing document: String, name: String, kind: PolicyKind, limits: PolicyLimits? = nil
  ) throws(PolicyError) {
    try self.init(parsing: Array(document.utf8), name: name, kind: kind, limits: limits)
  }

  private convenience init(
    document: JSONValue, name: String, kind: PolicyKind, limits: PolicyLimits
  ) throws(PolicyError) {
    let root = PolicyNode(document, path: "")
    let object = try root.object()
    try root.refuseUnknown(object, ["Version", "Id", "Statement"])
    var variables = false
    if let version = root.member(object, "Version") {
      switch try version.string() {
      case "2012-10-17": variables = true
      case "2008-10-17": break
      default: throw version.fault(.unsupportedVersion)
      }
    }
    if let id = root.member(object, "Id") { _ = try id.string() }
    guard let list = root.member(object, "Statement") else { throw root.fault(.missingElement("Statement")) }
    let nodes = try list.oneOrMany()
    // An empty session policy is one that allows nothing; elsewhere it is a mistake.
    guard !nodes.isEmpty || kind == .session else { throw list.fault(.noStatement) }
    guard nodes.count <= limits.statementsMax else {
      throw list.fault(.tooManyStatements(max: limits.statementsMax))
    }
    var parser = StatementParser(kind: kind, variables: variables)
    var statements: [CompiledStatement] = []
    for (index, node) in nodes.enumerated() { statements.append(try parser.parse(node, index: index)) }
    self.init(name: name, kind: kind, statements: statements)
  }
}

extension PolicyLimits {
  /// Bytes of a document without white space outside its strings, as IAM's quotas count.
  public static func countWithoutWhiteSpace(_ document: [UInt8]) -> Int {
    var count = 0
    var inString = false
    var escaped = false
    for byte in document {
      if inString {
        count += 1
        if escaped {
          escaped = false
        } else if byte == UInt8(ascii: "\\") {
          escaped = true
        } else if byte == UInt8(ascii: "\"") {
          inString = false
        }
        continue
      }
      if byte == UInt8(ascii: "\"") { inString = true }
      if !(byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D) { count += 1 }
    }
    return count
  }
}
