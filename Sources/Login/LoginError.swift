import Glibc
public import HTTPClient

/// Why somebody could not log in, or out. No case holds a password, a token or a key.
public enum LoginError: Error, Sendable {
  // The gateway and the provider
  case server(HTTPClientError)
  /// The gateway refused, with its own code and message.
  case refused(code: String, message: String)
  /// Something that is no answer of STS.
  case unreadableAnswer(status: UInt16)
  /// The provider's metadata has no such endpoint, or it is not https.
  case missingEndpoint(String)
  /// The provider refused, with RFC 6749's error code.
  case provider(code: String, description: String)
  case unreadableProviderAnswer(status: UInt16)

  // The person
  /// Nothing came back from the browser or the device in time.
  case timedOut
  case wrongState
  case noTerminal
  case emptyPassword

  // Files
  case file(path: String, errno: Int32)
  /// Others could read it.
  case exposedFile(path: String)
  case unusableFile(path: String, reason: String)
  case invalidProfileName(String)
  case noHome
}

extension LoginError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .server(let error): "\(error)"
    case .refused(let code, let message): message.isEmpty ? code : "\(code): \(message)"
    case .unreadableAnswer(let status): "the gateway's answer (status \(status)) is not one of STS"
    case .missingEndpoint(let name): "the provider's metadata names no usable `\(name)`"
    case .provider(let code, let description):
      description.isEmpty ? "the provider refused: \(code)" : "the provider refused: \(code): \(description)"
    case .unreadableProviderAnswer(let status): "the provider's answer (status \(status)) cannot be read"
    case .timedOut: "nobody logged in in time"
    case .wrongState: "the browser came back with another login than the one that was begun"
    case .noTerminal: "there is no terminal to ask on; use `--password-stdin` or a file"
    case .emptyPassword: "an empty password"
    case .file(let path, let number): "\(path): \(String(cString: strerror(number)))"
    case .exposedFile(let path): "\(path): others can read or change it; `chmod 600` it"
    case .unusableFile(let path, let reason): "\(path): \(reason)"
    case .invalidProfileName(let name): "`\(name)` is no name of a profile"
    case .noHome: "HOME is not set"
    }
  }
}
