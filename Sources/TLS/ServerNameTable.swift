/// From server names (SNI) to the `SSL_CTX` that holds the certificate for them.
struct ServerNameTable {
  private var exact: [String: OpaquePointer] = [:]
  /// Keyed by what follows `*.`.
  private var wildcards: [String: OpaquePointer] = [:]

  /// - Parameter entries: lowercased DNS names of each certificate. An earlier entry wins over a later one.
  init(_ entries: [(names: [String], context: OpaquePointer)]) {
    for (names, context) in entries {
      for name in names {
        if name.hasPrefix("*.") {
          let parent = String(name.dropFirst(2))
          if wildcards[parent] == nil { wildcards[parent] = context }
        } else if exact[name] == nil {
          exact[name] = context
        }
      }
    }
  }

  func context(for name: UnsafePointer<CChar>) -> OpaquePointer? {
    var name = String(cString: name).lowercased()
    if name.hasSuffix(".") { name.removeLast() }
    if let context = exact[name] { return context }
    // A wildcard stands for exactly one label (RFC 9525 section 6.3).
    guard let dot = name.utf8.firstIndex(of: 0x2E), dot != name.startIndex else { return nil }
    return wildcards[String(name[name.index(after: dot)...])]
  }
}
