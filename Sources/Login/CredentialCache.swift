import Cryptography

/// Credentials kept until shortly before they end, one file for each way of logging in, for their owner alone.
public struct CredentialCache: Sendable {
  /// Credentials are not handed out in the last of their life: a request made with them should still arrive.
  public static let marginSeconds: Int64 = 300

  private let folder: String

  /// `$XDG_CACHE_HOME/martlet/login`, or `~/.cache/martlet/login`.
  /// Source: XDG Base Directory Specification.
  public init(environment: [String: String]) throws(LoginError) {
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      folder = "\(cache)/martlet/login"
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      folder = "\(home)/.cache/martlet/login"
    } else {
      throw .noHome
    }
  }

  /// What still counts of a login.
  /// - Parameters:
  ///   - login: everything that decides what the credentials are: endpoint, provider, person, role, policy, duration.
  ///   - now: in seconds since 1970.
  public func credentials(for login: [String], atSeconds now: Int64) throws(LoginError) -> TemporaryCredentials? {
    guard let credentials = try stored(for: login), credentials.expirySeconds - Self.marginSeconds > now else {
      return nil
    }
    return credentials
  }

  /// What was kept of a login, whatever the time.
  public func stored(for login: [String]) throws(LoginError) -> TemporaryCredentials? {
    guard let document = try PrivateFile.read(path(login), isSecret: true) else { return nil }
    return TemporaryCredentials(processDocument: document)
  }

  public func keep(_ credentials: TemporaryCredentials, for login: [String]) throws(LoginError) {
    try PrivateFile.makeFolder(folder)
    try PrivateFile.replace(path(login), credentials.processDocument)
  }

  public func forget(_ login: [String]) throws(LoginError) { try PrivateFile.remove(path(login)) }

  /// Forgets credentials, however their login was asked for.
  public func forget(accessKeyID: String) throws(LoginError) {
    for path in PrivateFile.list(folder) where path.hasSuffix(".json") {
      guard let document = try PrivateFile.read(path, isSecret: true),
        TemporaryCredentials(processDocument: document)?.accessKeyID == accessKeyID
      else { continue }
      try PrivateFile.remove(path)
    }
  }

  /// A name that gives nothing of the login away; parts are told apart by their lengths.
  private func path(_ login: [String]) -> String {
    let hasher = SHA256Hasher()
    for part in login { hasher.update(Array("\(part.utf8.count):\(part)".utf8)) }
    return "\(folder)/\(Hex.encode(hasher.finish().bytes)).json"
  }
}
