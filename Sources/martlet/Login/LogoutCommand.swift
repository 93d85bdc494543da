import ArgumentParser
import Login
import QueryClient

/// `martlet logout`: ends a session before its time, at the gateway first and then here.
struct LogoutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logout",
    abstract: "End a session: its keys are refused from now on, by every node, and forgotten here.",
    discussion: """
      Takes the credentials that `aws` would use: environment, then profile. For a profile that `martlet login \
      --configure` wrote, the session that is kept for it ends; where none is, nothing is left to do.
      """)

  @OptionGroup var query: QueryOptions

  func run() async throws {
    do throws(QueryClientError) {
      StandardError.write(try await end().map { "logged out \($0)" } ?? "nobody is logged in")
    } catch {
      StandardError.write("martlet logout: \(error)")
      throw ExitCode(1)
    }
  }

  /// - Returns: the access key id of the session that ended, nil where there is none.
  private func end() async throws(QueryClientError) -> String? {
    var isLoggedIn = true
    let profile = try query.profile(for: .iam) { words throws(QueryClientError) in
      guard let login = try Self.login(words) else { return try CredentialProcess.credentials(words) }
      if let kept = try Self.kept(login) { return kept }
      isLoggedIn = false
      return AWSCredentials(accessKeyID: "", secretAccessKey: "")
    }
    guard isLoggedIn else { return nil }
    let credentials = profile.credentials
    guard credentials.sessionToken != nil else { throw .longLivedKeys }
    do throws(QueryClientError) {
      _ = try await query.call("RevokeSessions", [("SessionAccessKeyId", credentials.accessKeyID)], as: profile)
    } catch {
      // One that is over is as it should be.
      guard case .refused(_, let code, _) = error, Self.codesOfEnded.contains(code) else { throw error }
    }
    do throws(LoginError) {
      try CredentialCache(environment: ProcessEnvironment.all).forget(accessKeyID: credentials.accessKeyID)
    } catch {
      throw .file(path: "what was kept of the login", reason: "\(error)")
    }
    return credentials.accessKeyID
  }

  private static let codesOfEnded: Set<String> = ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"]

  /// - Returns: nil for a program that is not this one.
  private static func login(_ words: [String]) throws(QueryClientError) -> LoginOptions? {
    guard words.count > 2, words[1] == "login", words[0].split(separator: "/").last == "martlet" else { return nil }
    do {
      return try LoginCommand.parse(Array(words[2...])).login
    } catch {
      throw .unusableProcess(profile: words[0], reason: "its options are not those of `martlet login`")
    }
  }

  private static func kept(_ login: LoginOptions) throws(QueryClientError) -> AWSCredentials? {
    do throws(LoginError) {
      return try CredentialCache(environment: ProcessEnvironment.all).stored(for: login.identity).map {
        AWSCredentials(
          accessKeyID: $0.accessKeyID, secretAccessKey: $0.secretAccessKey, sessionToken: $0.sessionToken)
      }
    } catch {
      throw .file(path: "what was kept of the login", reason: "\(error)")
    }
  }
}
