/// One entry of a search's answer.
struct LDAPEntry: Sendable {
  /// As the directory writes it.
  var name: [UInt8]
  /// By type in lower case.
  var attributes: [String: [[UInt8]]]

  func values(_ type: String) -> [[UInt8]] { attributes[type.lowercased()] ?? [] }

  func texts(_ type: String) -> [String] { values(type).map { String(decoding: $0, as: UTF8.self) } }
}
