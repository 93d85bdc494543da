public import IAMPolicy

/// A policy document as the settings give it: as YAML, as JSON text, or by file name.
public struct PolicySource: Sendable {
  public enum Content: Sendable {
    /// JSON text.
    case inline([UInt8])
    case file(FileReference)
  }

  public let content: Content
  public let origin: SettingsOrigin

  /// Limit on one document, in bytes; far above AWS's limits on what each kind of policy may hold.
  package static let bytesMax = 256 * 1024

  /// The document's JSON text.
  public func load() throws(SettingsError) -> [UInt8] {
    switch content {
    case .inline(let json): json
    case .file(let reference): try reference.read(bytesMax: Self.bytesMax)
    }
  }

  /// The document, parsed and checked.
  /// - Parameter name: the policy's name or ARN, which decisions repeat.
  public func compile(name: String, kind: PolicyKind) throws(SettingsError) -> CompiledPolicy {
    let document = try load()
    do throws(PolicyError) {
      return try CompiledPolicy(parsing: document, name: name, kind: kind)
    } catch {
      throw SettingsError(.malformedPolicy(reason: error.description), at: origin)
    }
  }
}

extension PolicySource {
  /// - Parameter node: a mapping that is the policy; a mapping with the single key `file`; or JSON text.
  init?(_ node: SettingsNode, keyPath: String, decoder: SettingsDecoder) {
    let origin = SettingsOrigin(keyPath: keyPath, location: node.location)
    self.origin = origin
    switch node.content {
    case .null:
      decoder.report(.missing, at: origin)
      return nil
    case .list:
      decoder.report(.wrongShape(expected: .mapping, found: .list), at: origin)
      return nil
    case .text(let text):
      guard text.utf8.first(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) == 0x7B else {
        let expected = "a policy as a mapping, as JSON text, or `file: PATH`"
        decoder.report(.malformed(expected: expected, found: String(text.prefix(60))), at: origin)
        return nil
      }
      content = .inline(Array(text.utf8))
    case .mapping(let entries):
      if entries.contains(where: { $0.key == "file" }) {
        let reference = SectionReader.read(decoder, path: keyPath, node: node) { $0.file("file") }
        guard let reference else { return nil }
        content = .file(reference)
      } else {
        var json: [UInt8] = []
        do throws(SettingsError) {
          try Self.append(node, keyPath: keyPath, to: &json)
        } catch {
          decoder.report(error.problem, at: error.origin)
          return nil
        }
        content = .inline(json)
      }
    }
  }

  /// Every scalar becomes a string, which is what policies hold: `Version: 2012-10-17`, `Bool: {…: true}` and numbers
  /// all mean their text.
  private static func append(_ node: SettingsNode, keyPath: String, to json: inout [UInt8]) throws(SettingsError) {
    switch node.content {
    case .null:
      throw SettingsError(.missing, at: SettingsOrigin(keyPath: keyPath, location: node.location))
    case .text(let text):
      append(text, to: &json)
    case .list(let nodes):
      json.append(0x5B)
      for (index, item) in nodes.enumerated() {
        if index > 0 { json.append(0x2C) }
        try append(item, keyPath: "\(keyPath)[\(index)]", to: &json)
      }
      json.append(0x5D)
    case .mapping(let entries):
      json.append(0x7B)
      for (index, entry) in entries.enumerated() {
        if index > 0 { json.append(0x2C) }
        append(entry.key, to: &json)
        json.append(0x3A)
        try append(entry.node, keyPath: "\(keyPath).\(entry.key)", to: &json)
      }
      json.append(0x7D)
    }
  }

  private static func append(_ text: String, to json: inout [UInt8]) {
    json.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C:
        json.append(0x5C)
        json.append(byte)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        json.append(contentsOf: "\\u00".utf8)
        json.append(digits[Int(byte >> 4)])
        json.append(digits[Int(byte & 15)])
      default:
        json.append(byte)
      }
    }
    json.append(0x22)
  }
}
