import ArgumentParser
import Cryptography
import Glibc
import Kerberos
import Login
import NIOPosix
import S3Model

/// `martlet login`: temporary keys for somebody who has an identity elsewhere.
struct LoginCommand: AsyncParsableCommand {
  enum Output: String, CaseIterable, ExpressibleByArgument { case process, environment }

  static let configuration = CommandConfiguration(
    commandName: "login",
    abstract: "Trade a company identity for temporary S3 keys.",
    discussion: """
      Prints the document of AWS's credential_process when standard output is no terminal, and lines for a shell when it \
      is one. Keys are kept for their owner alone until five minutes before they end, and then asked for again. With \
      --configure the AWS profile of that name is written, and nothing else is done: `aws --profile NAME` logs in by \
      itself from then on.
      """)

  @OptionGroup var login: LoginOptions

  @Option(help: "What to print. Default: as standard output is.")
  var output: Output?

  @Option(help: ArgumentHelp("Write this profile into the AWS configuration file.", valueName: "profile"))
  var configure: String?

  @Option(help: ArgumentHelp("Region of the profile.", valueName: "region"))
  var region = "us-east-1"

  @Flag(help: "Log in again, whatever is kept.")
  var fresh = false

  func run() async throws {
    let environment = ProcessEnvironment.all
    do throws(LoginError) {
      if let profile = configure { return try write(profile, environment) }
      let cache = try CredentialCache(environment: environment)
      let kept = fresh ? nil : try cache.credentials(for: login.identity, atSeconds: Int64(time(nil)))
      let credentials: TemporaryCredentials
      if let kept {
        credentials = kept
      } else {
        credentials = try await login.credentials()
        try cache.keep(credentials, for: login.identity)
      }
      show(credentials)
    } catch {
      StandardError.write("martlet login: \(error)")
      throw ExitCode(1)
    }
  }

  private func show(_ credentials: TemporaryCredentials) {
    switch output ?? (isatty(STDOUT_FILENO) == 1 ? .environment : .process) {
    case .process: StandardOutput.write(bytes: credentials.processDocument)
    case .environment:
      StandardOutput.write("export AWS_ACCESS_KEY_ID=\(ShellWord.quoted(credentials.accessKeyID))")
      StandardOutput.write("export AWS_SECRET_ACCESS_KEY=\(ShellWord.quoted(credentials.secretAccessKey))")
      StandardOutput.write("export AWS_SESSION_TOKEN=\(ShellWord.quoted(credentials.sessionToken))")
      StandardOutput.write("export AWS_ENDPOINT_URL=\(ShellWord.quoted(login.endpointURL))")
      StandardOutput.write("# until \(credentials.expiration)")
    }
  }

  private func write(_ profile: String, _ environment: [String: String]) throws(LoginError) {
    var file = try ProfileFile(environment: environment)
    var settings = [
      (name: "credential_process", value: try login.command()), (name: "endpoint_url", value: login.endpointURL),
      (name: "region", value: region),
    ]
    if let authorities = login.caFile {
      settings.append((name: "ca_bundle", value: LoginOptions.absolute(authorities)))
    }
    try file.set(settings, ofProfile: profile)
    try file.save()
    StandardError.write("wrote profile \(profile); try: aws s3 ls --profile \(profile)")
  }
}

/// A word that a shell, and the AWS tools' reading of `credential_process`, take as it is.
enum ShellWord {
  static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || "-_./:=@+,%".utf8.contains($0)
      }
    return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
  }
}
