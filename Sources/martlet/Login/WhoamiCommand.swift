import ArgumentParser
import QueryClient

/// `martlet whoami`: as whom the gateway knows the credentials that `aws` would use.
struct WhoamiCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami",
    abstract: "Show as whom a gateway knows these credentials.",
    discussion: "Takes the credentials that `aws` would use: environment, then profile, its credential_process too.")

  @OptionGroup var query: QueryOptions

  func run() async throws {
    try await QueryAnswer.show { () async throws(QueryClientError) in
      try await query.call("GetCallerIdentity", of: .sts)
    }
  }
}
