import Foundation
import Rego
import Testing

@testable import Bundles

@Suite struct BundleManifestTests {
  private static func load(_ files: [(String, String)]) throws(BundleError) -> BundleContent {
    try BundleArchive("bundle.tar.gz").load(ArchiveFixture.archive(files))
  }

  private static func manifest(_ text: String, _ files: (String, String)...) throws(BundleError) -> BundleContent {
    try load(files + [(".manifest", text)])
  }

  @Test(arguments: [
    ("a", "package a", "{}", true), ("a", "package a.b", "{}", true), ("a", "package ab", "{}", false),
    ("a/b", "package a.b", "{}", true), ("a/b", "package a.b.c", "{}", true), ("a/b", "package a", "{}", false),
    ("/a/", "package a", "{}", true), ("", "package other", "{}", true), ("a", "package a", #"{"a": 1}"#, true),
    ("a", "package a", #"{"a": {"x": 1}}"#, true), ("a", "package a", #"{"b": 1}"#, false),
    ("a", "package a", #"{"a": {}, "b": {}}"#, false), ("a/b", "package a.b", #"{"a": {"b": 1}}"#, true),
    ("a/b", "package a.b", #"{"a": {"c": 1}}"#, false), ("a/b", "package a.b", #"{"a": 1}"#, false),
    ("a/b", "package a.b", #"{"a": {}}"#, true), ("a", "package x\np { true }", "{}", false),
    (#"a/x-y"#, #"package a["x-y"]"#, "{}", true),
  ])
  func keepsToItsRoots(_ root: String, _ module: String, _ data: String, _ allowed: Bool) {
    let found = Result { () throws(BundleError) in
      try Self.manifest(#"{"roots": ["\#(root)"]}"#, ("m.rego", module), ("data.json", data))
    }
    switch found {
    case .success: #expect(allowed)
    case .failure(.outsideRoots): #expect(!allowed)
    case .failure(let error): Issue.record(error)
    }
  }

  /// As OPA has it: even no data at all is data.
  @Test func noRootsAllowNothing() {
    #expect(throws: BundleError.self) { try Self.manifest(#"{"roots": []}"#, ("m.rego", "package a")) }
    #expect(throws: BundleError.self) { try Self.manifest(#"{"roots": []}"#) }
  }

  @Test(arguments: [
    "[]", "{", #"{"revision": 1}"#, #"{"roots": "a"}"#, #"{"roots": [1]}"#, #"{"roots": ["a", "a/b"]}"#,
    #"{"roots": ["", "a"]}"#, #"{"roots": ["a", "a"]}"#, #"{"rego_version": 2}"#, #"{"rego_version": "1"}"#,
    #"{"metadata": []}"#, #"{"wasm": [{"entrypoint": "a", "module": "/policy.wasm"}]}"#,
    #"{"file_rego_versions": {"/a": 3}}"#, #"{"file_rego_versions": {"/[a]": 0}}"#,
    #"{"revision": "a", "revision": "b"}"#,
  ])
  func refusesMalformedManifests(_ text: String) {
    #expect(throws: BundleError.self) { try Self.manifest(text) }
  }

  @Test func tellsVersions() throws {
    let old = "package a\np { true }"
    #expect(throws: BundleError.self) { try CompiledBundle(try Self.load([("m.rego", old)])) }
    _ = try CompiledBundle(try Self.manifest(#"{"rego_version": 0}"#, ("m.rego", old)))
    let mixed = #"{"rego_version": 1, "file_rego_versions": {"/old/*": 0}}"#
    let new = ("new.rego", "package a\nq if true")
    _ = try CompiledBundle(try Self.manifest(mixed, ("old/deep/m.rego", old), new))
    #expect(throws: BundleError.self) { try CompiledBundle(try Self.manifest(mixed, ("m.rego", old), new)) }
  }

  @Test func refusesChangesOfOtherBundles() {
    #expect(throws: BundleError.self) { try Self.load([("patch.json", #"{"data": []}"#)]) }
  }

  @Test func refusesDocumentsThatDisagree() {
    #expect(throws: BundleError.self) {
      try Self.load([("data.json", #"{"a": {"b": 1}}"#), ("a/data.json", #"{"b": 2}"#)])
    }
  }

  @Test func joinsBundlesWithRootsOfTheirOwn() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "bundles-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder.appending(path: "two"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func one(_ roots: String) throws {
      let files = [("m.rego", "package a\nx := data.b.y"), (".manifest", #"{"revision": "1", "roots": \#(roots)}"#)]
      try Data(ArchiveFixture.archive(files)).write(to: folder.appending(path: "one.tar.gz"))
    }
    try Data("package b\ny { true }".utf8).write(to: folder.appending(path: "two/m.rego"))
    try Data(#"{"b": {"z": 1}}"#.utf8).write(to: folder.appending(path: "two/data.json"))
    try Data(#"{"revision": "2", "roots": ["b"], "rego_version": 0}"#.utf8).write(
      to: folder.appending(path: "two/.manifest"))
    let sources = ["one.tar.gz", "two"].map { BundleSource(folder.path + "/" + $0) }
    try one(#"["a"]"#)
    let content = try BundleSource.load(sources)
    #expect(content.revision == "1,2")
    #expect(content.modules.map(\.name) == sources.map { $0.path + "/m.rego" })
    let entry = try CompiledBundle(content).policy.entrypoint(["a", "x"])
    #expect(try entry.evaluate(input: .none, settings: EvaluationSettings(), in: entry.makeContext()) == .boolean(true))
    for roots in [#"["a", "b"]"#, #"["a", "b/z"]"#, #"[""]"#] {
      try one(roots)
      #expect(throws: BundleError.self) { try BundleSource.load(sources) }
    }
    #expect(try sources[1].files().map { $0.split(separator: "/").last } == [".manifest", "data.json", "m.rego"])
    #expect(try sources[0].files() == [sources[0].path])
  }
}
