import ArgumentParser
import Authorization
import Bundles
import Gateway
import Identity
import PolicyExplanation
import Rego
import S3Model
import Settings

/// What requests are decided under: settings as `serve` reads them, or another bundle.
struct PolicyWorldOptions: ParsableArguments {
  @OptionGroup var settings: SettingsOptions

  @Option(
    help: ArgumentHelp(
      "A bundle's folder or archive instead of that of the settings. Repeatable.", valueName: "path"))
  var policies: [String] = []

  /// Identities, policies and bundle; reads no secrets and makes no files. Says on standard error what it cannot read.
  func load() throws -> PolicyWorld {
    do {
      let settings = try self.settings.loader(environment: ProcessEnvironment.all).load()
      var snapshot = try IdentityDirectory.authorization(settings)
      for fault in try StoredBucketRules.add(to: &snapshot, data: settings.data) { StandardError.write(fault) }
      if settings.authorization.opa != nil, settings.authorization.mode != .off, policies.isEmpty {
        StandardError.write("an OPA server decides beside IAM and is not asked here: name a bundle by --policies")
        throw ExitCode(2)
      }
      if settings.authorization.mode == .off, !policies.isEmpty {
        StandardError.write("`authorization.rego` is `off`: the bundle has no say")
      }
      let bundle = try PolicyLoader.bundle(
        settings.authorization, BundleDownloads(folder: settings.data + "/bundles"), ZoneFiles.load(),
        instead: policies)
      snapshot.rego = bundle?.authority
      return PolicyWorld(
        snapshot: snapshot, rules: bundle?.rules ?? [], region: ByteString(settings.regions[0]))
    } catch let errors as SettingsErrors {
      for error in errors.errors { StandardError.write("\(error)") }
      throw ExitCode(2)
    } catch let exit as ExitCode {
      throw exit
    } catch {
      StandardError.write("\(error)")
      throw ExitCode(2)
    }
  }
}
