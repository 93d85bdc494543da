import ArgumentParser
import Bundles
import PolicyTool
import Rego

/// What several policy commands read.
struct PolicyOptions: ParsableArguments {
  @Option(
    name: [.customShort("d"), .customLong("data")],
    help: "A module or a document, or a folder of them: every .rego, .json and .yaml file in it. Repeatable.")
  var data: [String] = []

  @Option(
    name: [.customShort("b"), .customLong("bundle")],
    help: "A bundle's folder: its .rego, data.json and data.yaml files, as `serve` reads them. Repeatable.")
  var bundles: [String] = []

  @Flag(help: "Modules are of Rego v0 unless they import rego.v1.")
  var v0Compatible = false

  /// - Parameter counts: for coverage.
  func load(
    folders: [String] = [], strict: Bool = false, refusesUnsupported: Bool = false, counts: Bool = false
  ) throws(ToolError) -> CompiledBundle {
    try compile(
      try content(folders: folders), strict: strict, refusesUnsupported: refusesUnsupported, counts: counts)
  }

  func content(folders: [String] = []) throws(ToolError) -> BundleContent {
    try PolicyFiles.load(data: data, bundles: bundles + folders)
  }

  func compile(
    _ content: BundleContent, strict: Bool = false, refusesUnsupported: Bool = false, counts: Bool = false
  ) throws(ToolError) -> CompiledBundle {
    var options = CompiledBundle.Options()
    options.isV0Compatible = v0Compatible
    options.compiler.strict = strict
    options.refusesUnsupported = refusesUnsupported
    options.counts = counts
    do throws(BundleError) { return try CompiledBundle(content, options: options) } catch { throw .bundle(error) }
  }
}

/// Where `input` comes from.
struct PolicyInputOptions: ParsableArguments {
  @Option(name: [.customShort("i"), .customLong("input")], help: "The file of the input document, JSON or YAML.")
  var input: String?

  @Flag(name: [.customShort("I"), .customLong("stdin-input")], help: "Read the input document from standard input.")
  var standardInput = false

  func validate() throws {
    if input != nil, standardInput { throw ValidationError("--input and --stdin-input exclude each other") }
  }

  /// The document's text and name, nil for no input.
  func text() throws(ToolError) -> (bytes: [UInt8], path: String)? {
    if let input { return (try WholeFile.read(input), input) }
    return standardInput ? (try WholeFile.standardInput(), "standard input") : nil
  }

  func load() throws(ToolError) -> PolicyInput {
    guard let text = try text() else { return .none }
    return .value(try PolicyFiles.document(text.bytes, path: text.path))
  }
}
