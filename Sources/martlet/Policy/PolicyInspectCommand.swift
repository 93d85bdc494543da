import ArgumentParser
import PolicyTool

/// `martlet policy inspect`: what a bundle consists of.
struct PolicyInspectCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case pretty, json }

  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "List packages, rules, documents and annotations of a bundle.")

  @Argument(help: "Folders of bundles, and single modules or documents.")
  var paths: [String]

  @Flag(name: [.customShort("a"), .long], help: "Print annotations.")
  var annotations = false

  @Option(name: [.customShort("f"), .long], help: "How to print it.")
  var format = Format.pretty

  @Flag(help: "Modules are of Rego v0 unless they import rego.v1.")
  var v0Compatible = false

  func run() throws {
    do throws(ToolError) {
      let inspection = try BundleInspection(try PolicyFiles.load(bundles: paths), isV0Compatible: v0Compatible)
      switch format {
      case .pretty: StandardOutput.write(inspection.pretty(withAnnotations: annotations))
      case .json: StandardOutput.write(inspection.document(withAnnotations: annotations).pretty)
      }
    } catch {
      throw PolicyFailure.report(error, asJSON: format == .json, exitCode: 1)
    }
  }
}
