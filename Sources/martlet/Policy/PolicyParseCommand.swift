import ArgumentParser
import PolicyTool
import Rego

/// `martlet policy parse`: the syntax tree of a module.
struct PolicyParseCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case json }

  static let configuration = CommandConfiguration(
    commandName: "parse",
    abstract: "Print the syntax tree of a module as OPA's JSON.",
    discussion: "Exit code 1 if the module does not parse.")

  @Argument(help: "The module; standard input when none is named.")
  var path: String?

  @Option(name: [.customShort("f"), .long], help: "How to print the tree.")
  var format = Format.json

  @Flag(help: "The module is of Rego v0 unless it imports rego.v1.")
  var v0Compatible = false

  func run() throws {
    do throws(ToolError) {
      let text = if let path { try WholeFile.read(path) } else { try WholeFile.standardInput() }
      let source = Source(name: path ?? "stdin", text: text)
      do throws(RegoErrors) {
        let module = try RegoParser.parseModule(source, version: v0Compatible ? .v0 : .v1)
        StandardOutput.write(OutputDocument.value(SyntaxTree.value(of: module, fileName: source.name)).pretty)
      } catch {
        throw .rego(error, sources: [source])
      }
    } catch {
      throw PolicyFailure.report(error, asJSON: true, exitCode: 1)
    }
  }
}
