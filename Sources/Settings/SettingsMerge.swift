/// Several settings files are one: mappings are joined, anything else may be set in one file only.
enum SettingsMerge {
  static func join(_ documents: [SettingsNode], errors: inout [SettingsError]) -> SettingsNode? {
    guard var result = documents.first else { return nil }
    for document in documents.dropFirst() { join(document, into: &result, path: "", errors: &errors) }
    return result
  }

  private static func join(
    _ node: SettingsNode, into result: inout SettingsNode, path: String, errors: inout [SettingsError]
  ) {
    switch (result.content, node.content) {
    case (_, .null):
      return
    case (.null, _):
      result = node
    case (.mapping(var entries), .mapping(let added)):
      for entry in added {
        let entryPath = path.isEmpty ? entry.key : "\(path).\(entry.key)"
        if let index = entries.firstIndex(where: { $0.key.utf8.elementsEqual(entry.key.utf8) }) {
          join(entry.node, into: &entries[index].node, path: entryPath, errors: &errors)
        } else {
          entries.append(entry)
        }
      }
      result.content = .mapping(entries)
    default:
      let origin = SettingsOrigin(keyPath: path, location: node.location)
      errors.append(SettingsError(.duplicateKey(first: result.location), at: origin))
    }
  }
}
