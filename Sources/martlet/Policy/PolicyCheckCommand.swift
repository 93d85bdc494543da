import ArgumentParser
import PolicyTool

/// `martlet policy check`: all mistakes of a policy, without evaluating it.
struct PolicyCheckCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case pretty, json }

  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check that policies parse and compile, and call only builtins that do no input or output.",
    discussion: "Exit code 1 if anything is wrong.")

  @Argument(help: "Folders of bundles, and single modules or documents.")
  var paths: [String] = []

  @OptionGroup var policy: PolicyOptions

  @Flag(
    name: [.customShort("S"), .long],
    help: "Also refuse unused variables and imports, and what OPA's strict mode refuses.")
  var strict = false

  @Option(name: [.customShort("f"), .long], help: "How to print errors.")
  var format = Format.pretty

  func validate() throws {
    if paths.isEmpty, policy.data.isEmpty, policy.bundles.isEmpty {
      throw ValidationError("name at least one file or folder")
    }
  }

  func run() throws {
    do throws(ToolError) {
      _ = try policy.load(folders: paths, strict: strict, refusesUnsupported: true)
    } catch {
      throw PolicyFailure.report(error, asJSON: format == .json, exitCode: 1)
    }
    if format == .json { StandardOutput.write("{}") }
  }
}
