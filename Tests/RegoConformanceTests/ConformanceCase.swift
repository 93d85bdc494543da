import Foundation
import JSON
import Rego

/// One case of OPA's, rego-cpp's or regorus' suite.
struct ConformanceCase: Sendable {
  var name: String
  var category: String
  var fields: Value
  /// Of regorus: the query is one expression, and sets and objects in the result are spelled out.
  var isExpression: Bool

  func field(_ name: String) -> Value { fields.lookUp(.string(Text(name))) }

  func text(_ name: String) -> String? {
    if case .string(let text) = field(name) { return text.string }
    return nil
  }

  func flag(_ name: String) -> Bool { field(name) == true }

  var modules: [String] {
    guard case .array(let modules) = field("modules") else { return [] }
    return modules.elements.compactMap { if case .string(let text) = $0 { text.string } else { nil } }
  }

  /// Versions to parse the modules as, in turn.
  var versions: [Module.Version] {
    if text("rego_version") == "v0" { return [.v0, .v1] }
    return category.hasPrefix("rego") ? [.v1, .v0] : [.v1]
  }

  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["MARTLET_CONFORMANCE"] { return URL(fileURLWithPath: path) }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("../shared/conformance").standardizedFileURL
  }()

  /// Every case in the files there, whatever their names.
  static func all(in name: String) throws -> [ConformanceCase] {
    let folder = folder.appendingPathComponent(name)
    let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    var cases: [ConformanceCase] = []
    for file in files where file.hasSuffix(".json") && file != "index.json" {
      let category = String(file.dropLast(5))
      let data = try Data(contentsOf: folder.appendingPathComponent(file))
      var document = try Value(
        json: [UInt8](data), options: .init(limits: JSONLimits(bytesMax: 1 << 30, depthMax: 1000)))
      if case .object = document { document = document.lookUp("cases") }
      guard case .array(let entries) = document else { continue }
      for (index, entry) in entries.elements.enumerated() {
        var test = ConformanceCase(name: "", category: category, fields: entry, isExpression: category == "regorus")
        test.name = "\(category)#\(index): \(test.text("note") ?? "")"
        cases.append(test)
      }
    }
    return cases
  }

  /// Class by category, from `index.json` where there is one.
  static func classes(in name: String) -> [String: String] {
    let file = folder.appendingPathComponent(name).appendingPathComponent("index.json")
    guard let data = try? Data(contentsOf: file), let index = try? Value(json: [UInt8](data)),
      case .object(let categories) = index
    else { return [:] }
    var classes: [String: String] = [:]
    for (position, key) in categories.keys.enumerated() {
      if case .string(let key) = key, case .string(let value) = categories.values[position].lookUp("class") {
        classes[key.string] = value.string
      }
    }
    return classes
  }
}
