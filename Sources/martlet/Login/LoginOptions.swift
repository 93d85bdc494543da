import ArgumentParser
import Cryptography
import Glibc
import Kerberos
import Login
import NIOPosix
import S3Model
import Settings

/// Who logs in, how, and for what.
struct LoginOptions: ParsableArguments {
  enum Method: EnumerableFlag {
    case ldap, oidc, kerberos, certificate

    static func help(for value: Self) -> ArgumentHelp? {
      switch value {
      case .ldap: "By name and password of a directory; asks for the password without showing it."
      case .oidc: "By an OpenID provider: in the browser, with --device elsewhere, or with --token-file."
      case .kerberos: "By the ticket that kinit got."
      case .certificate: "By a client certificate: --certificate-file and --key-file."
      }
    }
  }

  @Flag(exclusivity: .exclusive) var method: Method

  @Option(name: .customLong("endpoint-url"), help: ArgumentHelp("The gateway.", valueName: "url"))
  var endpointURL: String

  @Option(
    help: ArgumentHelp("Authorities of the gateway's certificate, PEM. Default: the system's.", valueName: "file"))
  var caFile: String?

  @Option(
    help: ArgumentHelp("Name of the provider in the gateway's settings, where there are several.", valueName: "name"))
  var provider: String?

  @Option(help: ArgumentHelp("Role to assume; without it the policies that the gateway maps.", valueName: "arn"))
  var role: String?

  @Option(help: ArgumentHelp("Name of the role's session. Default: the name of the user here.", valueName: "name"))
  var sessionName: String?

  @Option(help: ArgumentHelp("How long the keys live.", valueName: "seconds"))
  var duration: Int?

  @Option(help: ArgumentHelp("File with a session policy, which can only restrict.", valueName: "file"))
  var policy: String?

  // MARK: LDAP

  @Option(help: ArgumentHelp("Name in the directory. Default: asked for.", valueName: "name"))
  var user: String?

  @Flag(help: "Read the password from the first line of standard input.")
  var passwordStdin = false

  // MARK: OpenID Connect

  @Option(help: ArgumentHelp("The OpenID provider.", valueName: "url"))
  var issuer: String?

  @Option(help: ArgumentHelp("Client id of this program at the provider.", valueName: "id"))
  var clientID: String?

  @Option(help: ArgumentHelp("File with the client's secret, where the provider wants one.", valueName: "file"))
  var clientSecretFile: String?

  @Option(
    help: ArgumentHelp("Authorities of the provider's certificate. Default: those of --ca-file.", valueName: "file"))
  var issuerCAFile: String?

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Scopes to ask for.", valueName: "scope"))
  var scope: [String] = ["openid", "profile", "email"]

  @Flag(help: "Show a code to type in on another device.")
  var device = false

  @Option(help: ArgumentHelp("File with an ID token.", valueName: "file"))
  var tokenFile: String?

  // MARK: Certificate

  @Option(help: ArgumentHelp("Client certificate chain, PEM.", valueName: "file"))
  var certificateFile: String?

  @Option(help: ArgumentHelp("Its private key, PEM.", valueName: "file"))
  var keyFile: String?

  func validate() throws {
    if let duration, !(900...604_800).contains(duration) {
      throw ValidationError("--duration is 900 to 604800 seconds")
    }
    switch method {
    case .ldap: break
    case .oidc:
      if tokenFile == nil, issuer == nil || clientID == nil {
        throw ValidationError("--oidc needs --issuer and --client-id, or --token-file")
      }
    case .kerberos: break
    case .certificate:
      if certificateFile == nil || keyFile == nil {
        throw ValidationError("--certificate needs --certificate-file and --key-file")
      }
    }
    let url: HTTPURL
    do throws(HTTPURL.Malformed) {
      url = try HTTPURL(endpointURL)
    } catch {
      throw ValidationError("--endpoint-url is not a URL")
    }
    // A password must not travel in the clear.
    if url.scheme == .http, !url.isLoopback { throw ValidationError("--endpoint-url is https") }
  }

  /// Everything that decides what the credentials are.
  var identity: [String] {
    [
      "\(method)", endpointURL, provider, role, sessionName, duration.map { "\($0)" }, policy.map(Self.absolute), user,
      issuer, clientID, scope.joined(separator: " "), tokenFile.map(Self.absolute),
      certificateFile.map(Self.absolute), method == .kerberos ? ProcessEnvironment.all["KRB5CCNAME"] : nil,
    ].map { $0.map { "=\($0)" } ?? "" }
  }

  // MARK: Logging in

  func credentials() async throws(LoginError) -> TemporaryCredentials {
    let group = MultiThreadedEventLoopGroup.singleton
    let url = try gateway()
    let client = try SecurityTokenClient(
      url, certificateAuthorityFile: caFile, clientCertificateFile: method == .certificate ? certificateFile : nil,
      clientKeyFile: method == .certificate ? keyFile : nil, group: group)
    defer { client.shutDown() }
    var parameters = try commonParameters()
    switch method {
    case .ldap:
      var person = user ?? ""
      if user == nil { person = try TerminalPrompt.ask("Name: ") }
      let password =
        passwordStdin
        ? try TerminalPrompt.standardInputLine() : try TerminalPrompt.ask("Password of \(person): ", isSecret: true)
      guard !password.isEmpty else { throw .emptyPassword }
      parameters += [
        (name: "Action", value: "AssumeRoleWithLDAPIdentity"), (name: "LDAPUsername", value: person),
        (name: "LDAPPassword", value: password),
      ]
      return try await client.credentials(parameters)
    case .oidc:
      parameters += [
        (name: "Action", value: "AssumeRoleWithWebIdentity"), (name: "WebIdentityToken", value: try await token()),
      ]
      return try await client.credentials(parameters)
    case .kerberos:
      let token: [UInt8]
      do throws(KerberosError) {
        token = try ServiceTicket.token(host: url.host)
      } catch {
        throw .refused(code: "Kerberos", message: "\(error)")
      }
      parameters.append((name: "Action", value: "AssumeRoleWithKerberos"))
      return try await client.credentials(parameters, authorization: "Negotiate \(Base64.encode(token))")
    case .certificate:
      parameters.append((name: "Action", value: "AssumeRoleWithCertificate"))
      return try await client.credentials(parameters)
    }
  }

  private func commonParameters() throws(LoginError) -> [(name: String, value: String)] {
    var parameters: [(name: String, value: String)] = []
    if let role {
      parameters += [
        (name: "RoleArn", value: role), (name: "RoleSessionName", value: sessionName ?? Self.userName),
      ]
    }
    if let provider, method != .oidc { parameters.append((name: "ProviderId", value: provider)) }
    if let duration { parameters.append((name: "DurationSeconds", value: "\(duration)")) }
    if let policy {
      parameters.append((name: "Policy", value: try Self.text(policy, protection: .any)))
    }
    return parameters
  }

  private func token() async throws(LoginError) -> String {
    if let tokenFile { return try Self.text(tokenFile, protection: .any).filter { !$0.isWhitespace } }
    guard let issuer, let clientID else { throw .missingEndpoint("issuer") }
    var secret: String?
    if let clientSecretFile {
      secret = try Self.text(clientSecretFile, protection: .secret).filter { !$0.isNewline }
    }
    let login = try await OpenIDLogin(
      issuer: issuer, client: OpenIDLogin.Client(id: clientID, secret: secret, scopes: scope),
      certificateAuthorityFile: issuerCAFile ?? caFile, group: MultiThreadedEventLoopGroup.singleton)
    if device {
      return try await login.tokenByDevice { address, code, complete in
        StandardError.write("Open \(address) and type in: \(code)")
        if let complete { StandardError.write("or open \(complete)") }
      }
    }
    return try await login.tokenByBrowser { address in
      StandardError.write("Log in here, if no browser opened: \(address)")
      Browser.open(address)
    }
  }

  private func gateway() throws(LoginError) -> HTTPURL {
    do throws(HTTPURL.Malformed) {
      return try HTTPURL(endpointURL)
    } catch {
      throw .missingEndpoint("endpoint-url")
    }
  }

  private static func text(_ path: String, protection: RegularFile.Protection) throws(LoginError) -> String {
    do throws(FileFault) {
      return String(decoding: try RegularFile.read(path, bytesMax: 1 << 16, protection: protection), as: UTF8.self)
    } catch {
      throw .unusableFile(path: path, reason: "\(error)")
    }
  }

  /// The name of the user who runs this, as far as a session's name can have it.
  private static var userName: String {
    let name = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "martlet"
    let kept = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "_=,.@-".contains($0)) }
    return kept.count >= 2 ? String(kept.prefix(64)) : "martlet"
  }

  static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return "\(String(cString: folder))/\(path)"
  }

  // MARK: The same again

  /// The command line that logs in like this, for `credential_process`.
  func command() throws(LoginError) -> String {
    var program = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &program, program.count - 1)
    guard count > 0 else { throw .file(path: "/proc/self/exe", errno: errno) }
    var words = [
      String(decoding: program.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self), "login", "--\(method)",
      "--endpoint-url", endpointURL,
    ]
    func add(_ name: String, _ value: String?) {
      if let value { words += ["--\(name)", value] }
    }
    add("ca-file", caFile.map(Self.absolute))
    add("provider", provider)
    add("role", role)
    add("session-name", sessionName)
    add("duration", duration.map { "\($0)" })
    add("policy", policy.map(Self.absolute))
    add("user", user)
    add("issuer", issuer)
    add("client-id", clientID)
    add("client-secret-file", clientSecretFile.map(Self.absolute))
    add("issuer-ca-file", issuerCAFile.map(Self.absolute))
    if method == .oidc, tokenFile == nil { words += ["--scope"] + scope }
    if device { words.append("--device") }
    add("token-file", tokenFile.map(Self.absolute))
    add("certificate-file", certificateFile.map(Self.absolute))
    add("key-file", keyFile.map(Self.absolute))
    return words.map(ShellWord.quoted).joined(separator: " ")
  }
}

/// Whatever opens addresses here, if anything does.
enum Browser {
  static func open(_ address: String) {
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("xdg-open"), strdup(address), nil]
    defer { for argument in arguments { free(argument) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // What it has to say does not belong into the document that is printed.
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var process = pid_t()
    // The address is on the terminal too, for where there is no browser.
    posix_spawnp(&process, "xdg-open", &actions, nil, &arguments, environ)
  }
}
