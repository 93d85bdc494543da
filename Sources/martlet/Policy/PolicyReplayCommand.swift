import ArgumentParser
import PolicyExplanation
import PolicyTool

/// `martlet policy replay`: recorded requests, decided again under other policies.
struct PolicyReplayCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Decide audited requests again and list what would change.",
    discussion: """
      Reads audit files, plain or gzip-compressed, and decides every request that was decided then under the settings of \
      --config and the bundle of --policies. Requests that cannot be decided because the record lacks something, such as \
      tags that nobody had read, are counted by what is missing. Exit code 0, 1 with --fail-on-change when a decision \
      changes, 2 on errors.
      """)

  @Option(
    name: .customLong("audit"), parsing: .upToNextOption,
    help: ArgumentHelp("Audit files, `-` for standard input.", valueName: "file"))
  var files: [String]

  @OptionGroup var options: PolicyWorldOptions

  @Option(name: [.customShort("f"), .long], help: "How to print the changes.")
  var format = Format.text

  @Option(help: "How many kinds of changes, and in JSON how many single ones, to list.")
  var limit = 100

  @Flag(help: "Exit code 1 when a decision changes.")
  var failOnChange = false

  func validate() throws {
    if files.isEmpty { throw ValidationError("name at least one audit file") }
    if limit < 0 { throw ValidationError("--limit is not negative") }
  }

  func run() throws {
    let replay = PolicyReplay(try options.load(), changesMax: format == .json ? limit : 0)
    var torn = 0
    do throws(ToolError) { torn = try read(replay) } catch {
      throw PolicyFailure.report(error, asJSON: format == .json, exitCode: 2)
    }
    let report = ReplayReport(replay, torn: torn, groupsMax: limit)
    switch format {
    case .text: StandardOutput.write(report.text(colors: .standardOutput))
    case .json: StandardOutput.write(report.document.pretty)
    }
    if failOnChange, replay.changeCount > 0 { throw ExitCode(1) }
  }

  /// - Returns: how many files end in the middle of a line.
  private func read(_ replay: PolicyReplay) throws(ToolError) -> Int {
    var readers: [LineReader] = []
    for file in files { readers.append(try LineReader(file)) }
    let isSized = readers.allSatisfy { $0.bytesTotal > 0 }
    var progress = ReplayProgress(bytesTotal: isSized ? readers.reduce(0) { $0 + $1.bytesTotal } : 0)
    defer { progress.end() }
    var before: Int64 = 0
    var torn = 0
    for reader in readers {
      try reader.forEachLine { line in
        switch line {
        case .line(let bytes): replay.take(bytes)
        case .overlong: replay.takeOverlong()
        case .torn: torn += 1
        }
        progress.show(bytes: before + reader.bytesRead)
      }
      before += reader.bytesRead
    }
    return torn
  }
}
