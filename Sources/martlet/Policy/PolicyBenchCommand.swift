public import ArgumentParser
import Bundles
public import PolicyTool
import Rego

/// `martlet policy bench`: how long decisions take.
struct PolicyBenchCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case pretty, json }

  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure a decision, or with --suite the engine.",
    discussion: """
      Each decision is measured with its input read from JSON every time (json) and given as a value (value). Times are \
      wall-clock nanoseconds; very short decisions are timed several together. Use a release build.
      """)

  @Argument(help: "The document to evaluate, such as `data.authz.allow`, or any query.")
  var query: String?

  @OptionGroup var policy: PolicyOptions
  @OptionGroup var input: PolicyInputOptions

  @Option(help: "How many decisions (default: for a third of a second).")
  var count: Int?

  @Flag(help: "Measure the built-in policies and the curves over users and rules.")
  var suite = false

  @Option(help: "Of the suite, only the policies whose name begins with this. Repeatable.")
  var only: [String] = []

  @Option(help: "Write module, data and inputs of the suite's policies into this folder, to measure other engines by.")
  var export: String?

  @Option(help: "One way of giving the input, json or value; both by default.")
  var mode: DecisionBenchmark.Mode?

  @Option(name: [.customShort("f"), .long], help: "How to print the result.")
  var format = Format.pretty

  func validate() throws {
    if suite == (query != nil) { throw ValidationError("name a query or --suite") }
    if let count, count < 1 { throw ValidationError("--count is a positive number") }
  }

  func run() throws {
    #if DEBUG
    StandardError.write("this is a debug build: a release build is many times faster")
    #endif
    var table = TextTable([suite ? "policy" : "query", "input"] + Measurement.titles)
    var documents: [OutputDocument] = []
    let progress: (String) -> Void = { if format == .pretty { StandardError.write($0) } }
    func add(_ name: String, _ mode: String, _ measurement: Measurement) {
      table.rows.append([name, mode] + measurement.cells)
      documents.append(
        .object([("name", .text(name)), ("input", .text(mode)), ("measurement", measurement.document)]))
    }
    try PolicyFailure.run { () throws(ToolError) in
      if suite {
        for name in BenchmarkSuite.names where only.isEmpty || only.contains(where: name.hasPrefix) {
          guard let policy = BenchmarkSuite.make(name) else { continue }
          if let export { try write(policy, into: export) }
          progress(name)
          let benchmark = try policy.benchmark()
          for mode in modes { add(name, mode.rawValue, try benchmark.measure(mode, count: count)) }
        }
      } else if let query {
        try measure(query, add)
      }
    }
    StandardOutput.write(
      format == .json ? OutputDocument.array(documents).pretty : table.plain(leftColumnCount: 2))
  }

  /// `NAME.json`, an object of texts: `module`, `data`, and `inputs`.
  private func write(_ policy: BenchmarkSuite.Case, into folder: String) throws(ToolError) {
    let document = OutputDocument.object([
      ("module", .text(policy.module)), ("data", .text(policy.data)),
      ("inputs", .array(policy.inputs.map { .text($0) })),
    ])
    try WholeFile.create("\(folder)/\(policy.name).json", with: Array(document.pretty.utf8))
  }

  private var modes: [DecisionBenchmark.Mode] { mode.map { [$0] } ?? DecisionBenchmark.Mode.allCases }

  private func measure(_ query: String, _ add: (String, String, Measurement) -> Void) throws(ToolError) {
    let bundle = try policy.load()
    let settings = EvaluationSettings.interactive(sources: bundle.resolved.sources)
    let text = try input.text()
    if let path = DocumentPath.read(query) {
      let entrypoint = bundle.policy.entrypoint(path)
      let benchmark = try DecisionBenchmark(entrypoint, inputs: text.map { [$0.bytes] } ?? [], settings: settings)
      for mode in text == nil ? [.value] : modes {
        add(query, text == nil ? "none" : mode.rawValue, try benchmark.measure(mode, count: count))
      }
      return
    }
    // Only documents take their input from JSON piece by piece.
    let run = try QueryRun(query, against: bundle)
    let document: PolicyInput =
      if let text { .value(try PolicyFiles.document(text.bytes, path: text.path)) } else { .none }
    add(query, text == nil ? "none" : "value", try run.measure(input: document, settings: settings, count: count))
  }
}

extension DecisionBenchmark.Mode: ExpressibleByArgument {}
