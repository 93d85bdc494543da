import Settings

/// What AWS tools sign with. Prints without its secrets.
public struct AWSCredentials: Sendable, CustomStringConvertible {
  public var accessKeyID: String
  public var secretAccessKey: String
  public var sessionToken: String?

  public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
  }

  public var description: String { accessKeyID }
}

/// What the environment and the AWS tools' files say about whom to ask, and as whom.
///
/// As for the `aws` CLI: a profile that is named by option comes before keys in the environment, and these before a
/// profile that the environment names; `~/.aws/credentials` comes before `~/.aws/config`.
/// Source: AWS CLI User Guide, "Configuration and credential file settings".
public struct AWSProfile: Sendable {
  public let credentials: AWSCredentials
  /// Nil where neither says one.
  public let region: String?
  public let endpointURL: String?
  /// PEM.
  public let certificateAuthorityFile: String?

  /// Reads files and may run the profile's `credential_process`; blocks.
  /// - Parameters:
  ///   - profile: named by option; nil: `AWS_PROFILE`, `AWS_DEFAULT_PROFILE` or `default`.
  ///   - service: whose endpoint is wanted, as `AWS_ENDPOINT_URL_…` names it.
  ///   - process: gets credentials from the words of a `credential_process`.
  public init(
    profile: String?, environment: [String: String], service: String = "IAM",
    process: ([String]) throws(QueryClientError) -> AWSCredentials = CredentialProcess.credentials
  ) throws(QueryClientError) {
    try self.init(
      profile: profile, environment: environment, service: service,
      read: { path throws(QueryClientError) in
        do throws(FileFault) {
          return String(decoding: try RegularFile.read(path, bytesMax: 1 << 20), as: UTF8.self)
        } catch .missing {
          return nil
        } catch {
          throw .file(path: path, reason: "\(error)")
        }
      }, process: process)
  }

  init(
    profile: String?, environment: [String: String], service: String = "IAM",
    read: (String) throws(QueryClientError) -> String?,
    process: ([String]) throws(QueryClientError) -> AWSCredentials
  ) throws(QueryClientError) {
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    func sections(_ name: String, _ file: String) throws(QueryClientError) -> [String: [String: String]] {
      guard let path = variable(name) ?? variable("HOME").map({ "\($0)/.aws/\(file)" }) else { return [:] }
      let expanded =
        path.hasPrefix("~/") ? variable("HOME").map { $0 + String(path.dropFirst()) } ?? path : path
      return try read(expanded).map { ProfileReader($0).sections } ?? [:]
    }
    let name = profile ?? variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE") ?? "default"
    let secrets = try sections("AWS_SHARED_CREDENTIALS_FILE", "credentials")[name]
    let configuration = try sections("AWS_CONFIG_FILE", "config")
    let settings = configuration["profile \(name)"] ?? (name == "default" ? configuration["default"] : nil)

    var found: AWSCredentials?
    if profile == nil {
      found = try Self.credentials(profile: nil) { setting in
        switch setting {
        case "aws_access_key_id": variable("AWS_ACCESS_KEY_ID")
        case "aws_secret_access_key": variable("AWS_SECRET_ACCESS_KEY")
        default: variable("AWS_SESSION_TOKEN")
        }
      }
    }
    if found == nil { found = try Self.credentials(profile: name) { secrets?[$0] } }
    if found == nil { found = try Self.credentials(profile: name) { settings?[$0] } }
    if found == nil, let command = secrets?["credential_process"] ?? settings?["credential_process"] {
      guard let words = CredentialProcess.words(command), !words.isEmpty else {
        throw .unusableProcess(profile: name, reason: "it is no command line")
      }
      found = try process(words)
    }
    if let found {
      credentials = found
    } else if secrets == nil, settings == nil, name != "default" {
      throw .noSuchProfile(name)
    } else {
      for setting in Self.otherSources where settings?[setting] != nil || secrets?[setting] != nil {
        throw .unsupportedProfile(name, setting: setting)
      }
      throw .noCredentials(profile: name)
    }
    region = variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? settings?["region"]
    endpointURL = variable("AWS_ENDPOINT_URL_\(service)") ?? variable("AWS_ENDPOINT_URL") ?? settings?["endpoint_url"]
    certificateAuthorityFile = variable("AWS_CA_BUNDLE") ?? settings?["ca_bundle"]
  }

  /// Ways to credentials that are not taken; said by name, so that nobody wonders.
  private static let otherSources = [
    "role_arn", "sso_session", "sso_start_url", "web_identity_token_file", "credential_source",
  ]

  private static func credentials(
    profile: String?, _ value: (String) -> String?
  ) throws(QueryClientError) -> AWSCredentials? {
    switch (value("aws_access_key_id"), value("aws_secret_access_key")) {
    case (nil, nil): return nil
    case (let id?, let secret?):
      return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: value("aws_session_token"))
    default: throw .incompleteCredentials(profile: profile)
    }
  }
}
