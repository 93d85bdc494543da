import ArgumentParser
import PolicyTool
import Rego

/// `martlet policy fmt`: lays modules out as `opa fmt` does.
struct PolicyFormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Format modules; standard input when no file is named.",
    discussion: "Without -w, -d or --list the formatted text is printed. Exit code 1 if a module does not parse.")

  @Argument(help: "Modules, and folders of modules.")
  var paths: [String] = []

  @Flag(name: [.customShort("w"), .long], help: "Write the result into the files.")
  var write = false

  @Flag(name: [.customShort("d"), .long], help: "Print what would change.")
  var diff = false

  @Flag(name: [.customShort("l"), .long], help: "Print the names of the files that would change.")
  var list = false

  @Flag(help: "Exit code 1 if anything would change.")
  var fail = false

  @Flag(help: "Modules are of Rego v0 unless they import rego.v1.")
  var v0Compatible = false

  func run() throws {
    var changedCount = 0
    var failed = false
    let sources: [Source]
    do throws(ToolError) {
      sources =
        paths.isEmpty ? [Source(name: "stdin", text: try WholeFile.standardInput())] : try PolicyFiles.modules(paths)
    } catch {
      throw PolicyFailure.report(error, asJSON: false, exitCode: 1)
    }
    for source in sources {
      // One that does not parse keeps no other from being formatted.
      do throws(ToolError) {
        if try format(source) { changedCount += 1 }
      } catch {
        _ = PolicyFailure.report(error, asJSON: false, exitCode: 1)
        failed = true
      }
    }
    if failed || fail && changedCount > 0 { throw ExitCode(1) }
  }

  /// - Returns: whether the text changes.
  private func format(_ source: Source) throws(ToolError) -> Bool {
    let formatted: [UInt8]
    do throws(RegoErrors) {
      formatted = try RegoFormatter.format(source, version: v0Compatible ? .v0 : .v1)
    } catch {
      throw .rego(RegoErrors(error.errors.map(Self.inFirst)), sources: [source])
    }
    let changes = formatted != source.text
    if changes, list { StandardOutput.write(source.name) }
    if changes, diff {
      let colors = TerminalColors.standardOutput
      for line in LineDifference.unified(source.text, formatted, name: source.name).split(
        separator: "\n", omittingEmptySubsequences: false)
      {
        let style: TerminalColors.Style? = line.hasPrefix("-") ? .red : line.hasPrefix("+") ? .green : nil
        StandardOutput.write(style.map { colors.paint(String(line), $0) } ?? String(line))
      }
    }
    if changes, write, !paths.isEmpty { try WholeFile.replace(source.name, with: formatted) }
    if !list, !diff, !write || paths.isEmpty { StandardOutput.write(bytes: formatted) }
    return changes
  }

  /// The formatter knows one source only.
  private static func inFirst(_ error: RegoError) -> RegoError {
    var error = error
    error.location.file = 0
    return error
  }
}
