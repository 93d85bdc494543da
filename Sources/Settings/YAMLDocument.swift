import Yams

/// YAML text to ``SettingsNode``. Duplicate keys, tags and a second document are refused.
enum YAMLDocument {
  /// Bounds what aliases can multiply.
  static let nodesMax = 200_000
  static let bytesMax = 16 * 1024 * 1024

  /// - Parameter place: where a line and a column lie.
  /// - Returns: nil for a document with nothing in it.
  static func parse(
    _ text: String, place: @escaping (_ line: Int, _ column: Int) -> SettingsLocation
  ) throws(SettingsError) -> SettingsNode? {
    func failure(_ mark: Mark?, _ problem: SettingsProblem, key: String = "") -> SettingsError {
      SettingsError(problem, at: SettingsOrigin(keyPath: key, location: place(mark?.line ?? 1, mark?.column ?? 1)))
    }
    let root: Node?
    do {
      root = try Parser(yaml: text, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      switch error {
      case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
        .composer(let context, let problem, let mark, _):
        throw failure(mark, .syntax(message: context.map { "\(problem) (\($0.text))" } ?? problem))
      case .duplicatedKeysInMapping(let duplicates, let context):
        throw failure(context.mark, .duplicateKey(first: nil), key: duplicates.first ?? "")
      case .reader(let problem, _, _, _):
        throw failure(nil, .syntax(message: problem))
      case .memory, .no, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
        throw failure(nil, .syntax(message: "this cannot be read as YAML"))
      }
    } catch {
      throw failure(nil, .syntax(message: "this cannot be read as YAML"))
    }
    guard let root else { return nil }
    var converter = Converter(place: place)
    let node = try converter.convert(root)
    return node.shape == nil ? nil : node
  }

  private struct Converter {
    let place: (Int, Int) -> SettingsLocation
    var nodesLeft = YAMLDocument.nodesMax

    mutating func convert(_ node: Node) throws(SettingsError) -> SettingsNode {
      let location = node.mark.map { place($0.line, $0.column) } ?? place(1, 1)
      nodesLeft -= 1
      guard nodesLeft >= 0 else {
        throw error(.tooManyNodes(maximum: YAMLDocument.nodesMax), location)
      }
      let tag = node.tag.description
      guard tag.hasPrefix("tag:yaml.org,2002:") else {
        throw error(.syntax(message: "the tag `\(tag)` is not known"), location)
      }
      switch node {
      case .scalar(let scalar):
        let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
        return SettingsNode(content: isNull ? .null : .text(scalar.string), location: location)
      case .sequence(let sequence):
        var items: [SettingsNode] = []
        for item in sequence { items.append(try convert(item)) }
        return SettingsNode(content: .list(items), location: location)
      case .mapping(let mapping):
        var entries: [SettingsNode.Entry] = []
        for (key, value) in mapping {
          let keyLocation = key.mark.map { place($0.line, $0.column) } ?? location
          guard case .scalar(let name) = key else {
            throw error(.syntax(message: "a key must be text"), keyLocation)
          }
          let node = try convert(value)
          entries.append(SettingsNode.Entry(key: name.string, keyLocation: keyLocation, node: node))
        }
        return SettingsNode(content: .mapping(entries), location: location)
      case .alias:
        throw error(.syntax(message: "an alias stands where a value is needed"), location)
      }
    }

    private func error(_ problem: SettingsProblem, _ location: SettingsLocation) -> SettingsError {
      SettingsError(problem, at: SettingsOrigin(keyPath: "", location: location))
    }
  }
}
