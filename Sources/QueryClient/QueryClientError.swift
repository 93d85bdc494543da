public import HTTPClient

/// Why a query action gave no result. No case holds a key or a token.
public enum QueryClientError: Error, Sendable {
  case server(HTTPClientError)
  /// The gateway refused, with its own code and message, free of control characters.
  case refused(status: UInt16, code: String, message: String)
  /// Something that is no answer of a query action.
  case unreadableAnswer(status: UInt16)
  /// The request cannot be signed with these credentials.
  case unsignable

  // Settings
  /// Nothing names the gateway, or not by an http or https URL.
  case noEndpoint
  /// Neither the environment nor a profile has them.
  case noCredentials(profile: String)
  case noSuchProfile(String)
  /// One of the two keys is there, the other is not.
  case incompleteCredentials(profile: String?)
  /// The profile gets its credentials in a way that this client does not know.
  case unsupportedProfile(String, setting: String)
  /// A session was wanted.
  case longLivedKeys
  /// What the profile's `credential_process` did instead of giving credentials.
  case unusableProcess(profile: String, reason: String)
  case file(path: String, reason: String)
}

extension QueryClientError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .server(let error): "\(error)"
    case .refused(_, let code, let message): message.isEmpty ? code : "\(code): \(message)"
    case .unreadableAnswer(let status): "the answer (status \(status)) is not one of a query action"
    case .unsignable: "these credentials cannot sign"
    case .noEndpoint: "name the gateway with `--endpoint-url https://…` or AWS_ENDPOINT_URL"
    case .noCredentials(let profile):
      "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or put them in profile `\(profile)`"
    case .noSuchProfile(let name): "there is no profile `\(name)`"
    case .incompleteCredentials(let profile):
      "only one of access key id and secret access key is in \(profile.map { "profile `\($0)`" } ?? "the environment")"
    case .unsupportedProfile(let name, let setting):
      "profile `\(name)` has no keys of its own but `\(setting)`, which is not supported here"
    case .longLivedKeys: "these are long-lived keys and no session; they stay"
    case .unusableProcess(let name, let reason): "credential_process of `\(name)`: \(reason)"
    case .file(let path, let reason): "\(path): \(reason)"
    }
  }
}
