import ArgumentParser

/// `martlet policy`: Rego at the command line, with OPA's flags and output where OPA has the command.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Evaluate, test, check, format and measure Rego policies; explain and replay decisions.",
    subcommands: [
      PolicyEvalCommand.self, PolicyTestCommand.self, PolicyCheckCommand.self, PolicyFormatCommand.self,
      PolicyBenchCommand.self, PolicyParseCommand.self, PolicyInspectCommand.self, PolicyExplainCommand.self,
      PolicyReplayCommand.self,
    ])
}
