import ArgumentParser
import Authorization
import Bundles
import PolicyTool
import Rego

/// `martlet policy check`: all mistakes of a policy, without evaluating it.
struct PolicyCheckCommand: ParsableCommand {
  enum Mode: String, CaseIterable, ExpressibleByArgument {
    case restrict, grant, decide

    var mode: RegoMode {
      switch self {
      case .restrict: .restrict
      case .grant: .grant
      case .decide: .decide
      }
    }
  }

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

  @Option(
    help: "Also refuse a bundle without the rules that `serve` would evaluate with this setting `authorization.rego`.")
  var mode: Mode?

  @Option(help: "The package of these rules.")
  var package = "martlet.authz"

  func validate() throws {
    if paths.isEmpty, policy.data.isEmpty, policy.bundles.isEmpty {
      throw ValidationError("name at least one file or folder")
    }
  }

  func run() throws {
    do throws(ToolError) {
      let content = try policy.content(folders: paths)
      let bundle = try policy.compile(content, strict: strict, refusesUnsupported: true)
      if let mode {
        let entry = BundleEntry(package: package.split(separator: ".").map { Text($0) }, mode: mode.mode)
        do throws(BundleError) { try bundle.require(entry, data: content.data) } catch { throw .bundle(error) }
      }
    } catch {
      throw PolicyFailure.report(error, asJSON: format == .json, exitCode: 1)
    }
    if format == .json { StandardOutput.write("{}") }
  }
}
