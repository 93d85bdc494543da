import ArgumentParser
import JSON
import QueryClient
import Settings

/// `martlet service-account`: keys below one's own, which a policy can only restrict; a client of the gateway's IAM API.
struct ServiceAccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "service-account",
    abstract: "Manage service accounts of a running gateway.",
    discussion: """
      Signs with the credentials that `aws` would use: environment, then profile. Prints JSON. The secret key of a new \
      service account is printed once and never again.
      """,
    subcommands: [Create.self, List.self, Get.self, Update.self, Delete.self])

  /// What can be said of a service account.
  struct Properties: ParsableArguments {
    @Option(help: "A name for people.")
    var name: String?

    @Option(help: "What it is for.")
    var description: String?

    @Option(help: ArgumentHelp("File with a policy that restricts it.", valueName: "file"))
    var policyFile: String?

    @Option(help: ArgumentHelp("When it ends: ISO 8601, or seconds since 1970.", valueName: "time"))
    var expiration: String?

    func parameters() throws(QueryClientError) -> [(name: String, value: String?)] {
      var policy: String?
      if let policyFile {
        do throws(FileFault) {
          policy = String(decoding: try RegularFile.read(policyFile, bytesMax: 131_072), as: UTF8.self)
        } catch {
          throw .file(path: policyFile, reason: "\(error)")
        }
      }
      return [("Name", name), ("Description", description), ("Policy", policy), ("Expiration", expiration)]
    }
  }

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make a service account; prints its secret key.")
    @OptionGroup var query: QueryOptions
    @Option(help: ArgumentHelp("Whose. Default: the caller's.", valueName: "name")) var userName: String?
    @OptionGroup var properties: Properties

    func run() async throws {
      try await QueryAnswer.show { () async throws(QueryClientError) in
        try await query.call("CreateServiceAccount", [("UserName", userName)] + properties.parameters())
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the service accounts of a user.")
    @OptionGroup var query: QueryOptions
    @Option(help: ArgumentHelp("Whose. Default: the caller's.", valueName: "name")) var userName: String?

    func run() async throws {
      try await QueryAnswer.show { () async throws(QueryClientError) in
        var accounts: [QueryValue] = []
        var marker: String?
        repeat {
          let page = try await query.call("ListServiceAccounts", [("UserName", userName), ("Marker", marker)])
          accounts += page["ServiceAccounts"]?.list ?? []
          marker = page["IsTruncated"]?.text == "true" ? page["Marker"]?.text : nil
        } while marker != nil
        return .structure([.init(name: "ServiceAccounts", value: .list(accounts))])
      }
    }
  }

  struct Get: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show a service account with its policy.")
    @OptionGroup var query: QueryOptions
    @Argument(help: "Access key id.") var accessKeyID: String

    func run() async throws {
      try await QueryAnswer.show { () async throws(QueryClientError) in
        try await query.call("GetServiceAccount", [("AccessKeyId", accessKeyID)])
      }
    }
  }

  struct Update: AsyncParsableCommand {
    enum Status: String, CaseIterable, ExpressibleByArgument { case active = "Active", inactive = "Inactive" }

    static let configuration = CommandConfiguration(
      abstract: "Change a service account. What is not given stays; an empty value takes it away.")
    @OptionGroup var query: QueryOptions
    @Argument(help: "Access key id.") var accessKeyID: String
    @Option(help: "Whether it may be used.") var status: Status?
    @OptionGroup var properties: Properties

    func run() async throws {
      try await QueryAnswer.show { () async throws(QueryClientError) in
        try await query.call(
          "UpdateServiceAccount",
          [("AccessKeyId", accessKeyID), ("Status", status?.rawValue)] + properties.parameters())
      }
    }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Delete a service account; its key ends at once.")
    @OptionGroup var query: QueryOptions
    @Argument(help: "Access key id.") var accessKeyID: String

    func run() async throws {
      try await QueryAnswer.show { () async throws(QueryClientError) in
        try await query.call("DeleteServiceAccount", [("AccessKeyId", accessKeyID)])
      }
    }
  }
}

/// Prints what a query action answers.
enum QueryAnswer {
  /// - Throws: exit code 1, after saying why on standard error.
  static func show(_ ask: () async throws(QueryClientError) -> QueryValue) async throws {
    do throws(QueryClientError) {
      let answer = try await ask()
      if case .structure(let members) = answer, members.isEmpty { return }
      StandardOutput.write(json(answer, indent: ""))
    } catch {
      StandardError.write("martlet: \(error)")
      throw ExitCode(1)
    }
  }

  private static func json(_ value: QueryValue, indent: String) -> String {
    let inner = indent + "  "
    switch value {
    case .text(let text): return quoted(text)
    case .list(let values):
      if values.isEmpty { return "[]" }
      return "[\n" + values.map { inner + json($0, indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
    case .structure(let members):
      if members.isEmpty { return "{}" }
      let lines = members.map { "\(inner)\(quoted($0.name)): \(json($0.value, indent: inner))" }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    String(decoding: JSONValue.string(text).compact, as: UTF8.self)
  }
}
