import Foundation
import Rego
import Testing

@testable import Bundles

@Suite struct BundleFolderTests {
  /// A folder with these files, for the time of a test.
  private static func withFolder<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result
  {
    let folder = FileManager.default.temporaryDirectory.appending(path: "bundle-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return try body(folder.path)
  }

  @Test func readsModulesAndData() throws {
    let files = [
      "a.rego": "package a\nx := data.access.level", "deep/b.rego": "package b", "a_test.rego": "package a_test",
      "data.json": #"{"access": {"level": 12345678901234567890123}}"#, "access/data.yaml": "names: [one, two]\n",
      ".hidden/c.rego": "not rego", "notes.txt": "not rego", "..data/d.rego": "not rego",
    ]
    let content = try Self.withFolder(files) { try BundleFolder($0).load() }
    #expect(content.modules.map(\.name) == ["a.rego", "a_test.rego", "deep/b.rego"])
    #expect(content.withoutTests.modules.count == 2)
    #expect(
      content.data == (try Value(json: #"{"access": {"level": 12345678901234567890123, "names": ["one", "two"]}}"#)))
    let bundle = try CompiledBundle(content.withoutTests)
    let entry = bundle.policy.entrypoint(["a", "x"])
    let value = try entry.evaluate(input: .none, settings: EvaluationSettings(), in: entry.makeContext())
    #expect(value.jsonText == "12345678901234567890123")
  }

  @Test func reportsAllMistakesWithTheirPlaces() throws {
    let files = ["a.rego": "package a\nx if y == 1", "b.rego": "package b\np if z == 1"]
    let error = try Self.withFolder(files) { folder in
      #expect(throws: BundleError.self) { try CompiledBundle(try BundleFolder(folder).load()) }
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("a.rego:2") && text.contains("var y is unsafe"), "\(text)")
    #expect(text.contains("b.rego:2") && text.contains("var z is unsafe"), "\(text)")
  }

  @Test(arguments: [
    ["data.json": "[1]"], ["data.json": "{"], ["data.yaml": "a: [1"],
    ["data.json": #"{"a": {"b": 1}}"#, "a/data.json": #"{"b": 2}"#],
    ["data.json": #"{"a": {"x": 1}}"#, "a.rego": "package a\nx := 1"],
    ["a.rego": "package a\nx := http.send({})"], ["a.rego": "package"],
  ])
  func refuses(_ files: [String: String]) throws {
    _ = try Self.withFolder(files) { folder in
      #expect(throws: BundleError.self) { try CompiledBundle(try BundleFolder(folder).load()) }
    }
  }

  @Test func refusesWhatIsTooLarge() throws {
    try Self.withFolder(["a.rego": "package a\n", "b.rego": "package b\n"]) { folder in
      var limits = BundleLimits()
      limits.filesMax = 1
      #expect(throws: BundleError.self) { try BundleFolder(folder, limits: limits).load() }
      limits = BundleLimits()
      limits.bytesMax = 15
      #expect(throws: BundleError.self) { try BundleFolder(folder, limits: limits).load() }
      #expect(throws: Never.self) { try BundleFolder(folder).load() }
    }
  }

  @Test func readsTheSystemsZones() throws {
    let zones = ZoneFiles.load()
    let source = Source(name: "a", text: "package a\nx := time.clock([1700000000000000000, \"Asia/Kolkata\"])")
    let resolved = try RegoCompiler().compile([try RegoParser.parseModule(source, file: 0)], sources: [source])
    let entry = try Policy(resolved).entrypoint(["a", "x"])
    let value = try entry.evaluate(
      input: .none, settings: EvaluationSettings(zones: zones), in: entry.makeContext())
    #expect(value.jsonText == "[3,43,20]")
    #expect(ZoneFiles.load("/nowhere").names.isEmpty)
  }
}
