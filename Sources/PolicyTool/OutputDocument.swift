public import Rego

/// A JSON document whose members keep the order in which they are given, as OPA prints its own.
public indirect enum OutputDocument: Sendable {
  case value(Value)
  case object([(String, OutputDocument)])
  case array([OutputDocument])

  public static func text(_ text: String) -> OutputDocument { .value(.string(Text(text))) }
  public static func integer(_ value: Int) -> OutputDocument { .value(.integer(Int64(value))) }

  public static func location(_ location: SourceLocation, file: String?) -> OutputDocument {
    var members: [(String, OutputDocument)] = []
    if let file { members.append(("file", .text(file))) }
    members.append(("row", .integer(Int(location.row))))
    members.append(("col", .integer(Int(location.column))))
    return .object(members)
  }

  /// Laid out with two spaces for each level, without a line break at the end.
  public var pretty: String {
    var bytes: [UInt8] = []
    write(&bytes, depth: 0)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(_ bytes: inout [UInt8], depth: Int) {
    let indent = [UInt8](repeating: UInt8(ascii: " "), count: 2 * depth)
    func breakLine(_ bytes: inout [UInt8], inner: Bool) {
      bytes.append(UInt8(ascii: "\n"))
      bytes += indent
      if inner { bytes += "  ".utf8 }
    }
    switch self {
    case .value(let value):
      var writer = ValueJSONWriter(layout: .init(prefix: indent, indent: Array("  ".utf8)))
      writer.write(value)
      bytes += writer.bytes
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (position, member) in members.enumerated() {
        if position > 0 { bytes.append(UInt8(ascii: ",")) }
        breakLine(&bytes, inner: true)
        bytes += Value.string(Text(member.0)).jsonBytes
        bytes += ": ".utf8
        member.1.write(&bytes, depth: depth + 1)
      }
      if !members.isEmpty { breakLine(&bytes, inner: false) }
      bytes.append(UInt8(ascii: "}"))
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (position, element) in elements.enumerated() {
        if position > 0 { bytes.append(UInt8(ascii: ",")) }
        breakLine(&bytes, inner: true)
        element.write(&bytes, depth: depth + 1)
      }
      if !elements.isEmpty { breakLine(&bytes, inner: false) }
      bytes.append(UInt8(ascii: "]"))
    }
  }
}
