import ArgumentParser
import Glibc
import Settings

/// Where settings come from; the same for every command that reads them.
struct SettingsOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Settings: a YAML file, or a folder of them. Without it, defaults.", valueName: "path"))
  var config: String?

  @Option(help: ArgumentHelp("Folder for what Martlet keeps: keys, certificates, audit, objects.", valueName: "folder"))
  var data: String?

  @Option(help: ArgumentHelp("Address of the gateway; port 0 picks a free one.", valueName: "host:port"))
  var listen: String?

  @Option(help: ArgumentHelp("Address for probes and metrics.", valueName: "host:port"))
  var operations: String?

  func loader(environment: [String: String]) -> SettingsLoader {
    var overrides: [String: String] = [:]
    if let data { overrides["data"] = data }
    if let listen { overrides["listen"] = listen }
    if let operations { overrides["operations.listen"] = operations }
    return SettingsLoader(path: config, environment: environment, overrides: overrides)
  }
}
