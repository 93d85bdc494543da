import ArgumentParser
import Bundles
import PolicyTool
import Rego

/// `martlet policy test`: runs the `test_` rules of a bundle.
struct PolicyTestCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case pretty, json, junit }

  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run the rules that begin with test_.",
    discussion: """
      Folders are read as `serve` reads a bundle: .rego files, data.json and data.yaml. Rules that begin with todo_test_ \
      are skipped. Exit code 0 when all pass, 2 when one fails or the coverage is too low, 1 when the policy does not \
      compile.
      """)

  @Argument(help: "Folders of bundles, and single modules or documents.")
  var paths: [String] = []

  @OptionGroup var policy: PolicyOptions

  @Flag(name: [.short, .long], help: "Print every test, with what it printed.")
  var verbose = false

  @Option(
    name: [.customShort("r"), .customLong("run")], help: "Run only tests whose full name matches a regular expression.")
  var pattern: String?

  @Option(name: [.customShort("f"), .long], help: "How to print the results.")
  var format = Format.pretty

  @Flag(name: [.customShort("c"), .long], help: "Print which lines the tests reached, as OPA's JSON report.")
  var coverage = false

  @Option(help: "Exit code 2 when fewer per cent of the lines are reached; implies --coverage.")
  var threshold: Double?

  @Flag(help: "Measure the tests.")
  var bench = false

  @Option(help: "How often --bench runs each test (default: for a third of a second).")
  var count: Int?

  @Option(name: [.customShort("t"), .long], help: "A test that takes more seconds is an error.")
  var timeout: Double = 5

  func validate() throws {
    if paths.isEmpty, policy.data.isEmpty, policy.bundles.isEmpty {
      throw ValidationError("name at least one file or folder")
    }
    if let threshold, !(0...100).contains(threshold) { throw ValidationError("--threshold is a number from 0 to 100") }
    if !(timeout > 0 && timeout <= 1e6) { throw ValidationError("--timeout is a positive number of seconds") }
    if let count, count < 1 { throw ValidationError("--count is a positive number") }
  }

  func run() throws {
    let expression = try pattern.map { pattern in
      do { return try Regex(pattern) } catch { throw ValidationError("--run is no regular expression: `\(pattern)`") }
    }
    let needsCoverage = coverage || threshold != nil
    let bundle: CompiledBundle
    do throws(ToolError) { bundle = try policy.load(folders: paths, counts: needsCoverage) } catch {
      throw PolicyFailure.report(error, asJSON: format == .json, exitCode: 1)
    }
    let tests = PolicyTest.find(in: bundle.resolved).filter { test in
      expression.map { test.fullName.contains($0) } ?? true
    }
    let runner = PolicyTestRunner(
      bundle.policy, settings: .interactive(sources: bundle.resolved.sources),
      timeoutNanoseconds: Int64(timeout * 1e9))
    if bench { return try measure(tests, runner) }
    var counts: [UInt64] = []
    let report = TestReport(tests.map { runner.run($0, counts: &counts) })
    if needsCoverage { return try finish(report, CoverageReport(bundle.policy, counts: counts)) }
    switch format {
    case .pretty:
      if tests.isEmpty { StandardError.write("no tests") }
      let text = report.pretty(verbose: verbose, colors: .standardOutput)
      if !text.isEmpty { StandardOutput.write(text) }
    case .json: StandardOutput.write(report.document.pretty)
    case .junit: StandardOutput.write(report.junit)
    }
    if !report.isGood { throw ExitCode(2) }
  }

  private func finish(_ report: TestReport, _ coverage: CoverageReport) throws {
    if !report.isGood {
      StandardError.write(report.pretty(verbose: false, colors: .standardError))
      throw ExitCode(2)
    }
    StandardOutput.write(coverage.document.pretty)
    if let threshold, coverage.percent < threshold {
      StandardError.write("coverage threshold not met: \(coverage.percentText) instead of \(threshold) per cent")
      throw ExitCode(2)
    }
  }

  private func measure(_ tests: [PolicyTest], _ runner: PolicyTestRunner) throws {
    var table = TextTable(["test"] + Measurement.titles)
    var documents: [(String, OutputDocument)] = []
    var failed = false
    for test in tests where !test.isSkipped {
      var counts: [UInt64] = []
      let result = runner.run(test, counts: &counts)
      guard result.isGood else {
        StandardError.write(TestReport([result]).pretty(verbose: false, colors: .standardError))
        failed = true
        continue
      }
      try PolicyFailure.run(exitCode: 2) { () throws(ToolError) in
        let measurement = try runner.measure(test, count: count)
        table.rows.append([test.fullName] + measurement.cells)
        documents.append((test.fullName, measurement.document))
      }
    }
    StandardOutput.write(format == .json ? OutputDocument.object(documents).pretty : table.plain())
    if failed { throw ExitCode(2) }
  }
}
