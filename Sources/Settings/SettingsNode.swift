/// A YAML value without YAML's types: what a scalar means is decided by the key that reads it, so that `off`, `1.2` and
/// `000000000000` stay what was written.
struct SettingsNode: Sendable {
  struct Entry: Sendable {
    var key: String
    var keyLocation: SettingsLocation
    var node: SettingsNode
  }

  enum Content: Sendable {
    /// Nothing, `~` or `null`: as if the key were not there.
    case null
    case text(String)
    case list([SettingsNode])
    case mapping([Entry])
  }

  var content: Content
  var location: SettingsLocation

  /// Nil for null.
  var shape: SettingsShape? {
    switch content {
    case .null: nil
    case .text: .text
    case .list: .list
    case .mapping: .mapping
    }
  }
}
