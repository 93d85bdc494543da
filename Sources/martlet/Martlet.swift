import ArgumentParser

/// The program: settings in, a running gateway or an exit code out.
@main
struct Martlet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "martlet",
    abstract: "A security-policy and identity gateway in front of object storage.",
    subcommands: [
      ServeCommand.self, CheckCommand.self, PolicyCommand.self, LoginCommand.self, WhoamiCommand.self,
      LogoutCommand.self, ServiceAccountCommand.self, IdentityCommand.self, KeysCommand.self,
    ])
}
