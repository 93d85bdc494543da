import Foundation
import Rego

/// The modules of the conformance data, each with the version it is written in.
enum ConformanceModules {
  struct Entry: Sendable {
    var name: String
    var text: String
    /// nil where the data does not say.
    var version: Module.Version?
    var query: String?
    /// The case expects some error, perhaps of the parser.
    var expectsError: Bool
  }

  static let url: URL = {
    if let path = ProcessInfo.processInfo.environment["MARTLET_CONFORMANCE"] { return URL(fileURLWithPath: path) }
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return package.appendingPathComponent("../shared/conformance").standardizedFileURL
  }()

  static func all() throws -> [Entry] {
    var entries: [Entry] = []
    for folder in ["rego", "rego-extra"] {
      let path = url.appendingPathComponent(folder).path
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? []
      if names.isEmpty { print("\(path): skipped, not there") }
      for name in names where name.hasSuffix(".json") && name != "index.json" {
        let data = try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
        let cases = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
        for (index, test) in cases.enumerated() {
          let version = (test["rego_version"] as? String).map { $0 == "v0" ? Module.Version.v0 : .v1 }
          for text in test["modules"] as? [String] ?? [] {
            let label = "\(folder)/\(name)#\(index) \(test["note"] ?? "")"
            entries.append(
              Entry(
                name: label, text: text, version: folder == "rego" ? .v1 : version, query: test["query"] as? String,
                expectsError: ["error", "want_error", "want_error_code"].contains { test[$0] != nil }))
          }
        }
      }
    }
    return entries
  }

  /// The versions to try in turn: other engines' cases are of mixed age.
  static func versions(_ entry: Entry) -> [Module.Version] {
    if entry.name.hasPrefix("rego/") { return [.v1] }
    return entry.version == .v0 ? [.v0, .v1] : [.v1, .v0]
  }
}
