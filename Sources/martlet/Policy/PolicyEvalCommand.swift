public import ArgumentParser
public import PolicyTool
import Rego

extension QueryPresentation.Format: ExpressibleByArgument {}

/// `martlet policy eval`: the answers of a query.
struct PolicyEvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Evaluate a query.",
    discussion: "Exit code 0, 1 where --fail or --fail-defined says so, 2 on errors.")

  @Argument(help: "Such as `data.authz.allow` or `x := data.roles[_]; startswith(x, \"a\")`.")
  var query: String

  @OptionGroup var policy: PolicyOptions
  @OptionGroup var input: PolicyInputOptions

  @Option(name: [.customShort("f"), .long], help: "How to print the answers.")
  var format = QueryPresentation.Format.json

  @Option(help: "The package whose rules the query may name without a path.")
  var package: String?

  @Option(name: .customLong("import"), help: "What the query imports, such as `data.roles as r`. Repeatable.")
  var imports: [String] = []

  @Flag(help: "Errors of builtins end the evaluation.")
  var strictBuiltinErrors = false

  @Flag(name: [.customShort("S"), .long], help: "Refuse what OPA's strict mode refuses.")
  var strict = false

  @Flag(help: "Exit code 1 when the query is undefined or has no answers.")
  var fail = false

  @Flag(help: "Exit code 1 when the query is defined.")
  var failDefined = false

  func validate() throws {
    if fail, failDefined { throw ValidationError("--fail and --fail-defined exclude each other") }
  }

  func run() throws {
    let answers: [QueryRun.Answer]
    do throws(ToolError) { answers = try evaluate() } catch {
      throw PolicyFailure.report(error, asJSON: format != .pretty && format != .raw, exitCode: 2)
    }
    if let text = QueryPresentation.text(answers, format) { StandardOutput.write(text) }
    if fail, answers.isEmpty { throw ExitCode(1) }
    if failDefined, !answers.isEmpty { throw ExitCode(1) }
  }

  private func evaluate() throws(ToolError) -> [QueryRun.Answer] {
    let bundle = try policy.load(strict: strict)
    let run = try QueryRun(query, against: bundle, package: package, imports: imports)
    let settings = EvaluationSettings.interactive(sources: run.sources, strictBuiltinErrors: strictBuiltinErrors)
    return try run.answers(input: try input.load(), settings: settings) { StandardError.write($0) }
  }
}
