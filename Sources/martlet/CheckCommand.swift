import ArgumentParser
import Settings

/// `martlet check`: validates settings and policies without starting anything.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check settings, the files they name, and policies. Exit code 1 if anything is wrong.")

  @OptionGroup var options: SettingsOptions

  func run() throws {
    let environment = ProcessEnvironment.all
    let settings: GatewaySettings
    do {
      settings = try options.loader(environment: environment).load()
    } catch {
      for error in error.errors { StandardError.write("\(error)") }
      let count = error.errors.count
      StandardError.write(count == 1 ? "1 error" : "\(count) errors")
      throw ExitCode(1)
    }
    do {
      try PolicyLoader.check(settings.authorization)
    } catch {
      StandardError.write("authorization.policies: \(error)")
      throw ExitCode(1)
    }
    print("settings are good")
  }
}
