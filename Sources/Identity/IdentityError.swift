public import Authorization
public import S3Model
public import Settings

/// Why identities cannot be had. No case holds a secret.
public enum IdentityError: Error, Equatable, Sendable {
  /// What the settings declare is wrong; every mistake at once.
  case settings(SettingsErrors)
  /// - Parameter source: a file or the variables that the root keys came from.
  case rootKeys(source: String, KeyFault)
  case keyRing(path: String, KeyRingFault)
  case file(path: String, FileFault)
  /// What was declared does not fit together. `SettingsCheck` finds the same with key paths.
  case authorization(AuthorizationError)
  /// The system gives no random bytes.
  case noRandomness
}

/// Why an access key is refused.
public enum KeyFault: Hashable, Sendable {
  /// One half is there, the other is not.
  case incomplete(missing: String)
  case malformedIdentifier
  case tooShort(bytesMin: Int)
  case tooLong(bytesMax: Int)
  /// Known to everybody, equal to its id, or of too little variety.
  case guessable
  case malformedFile(reason: String)
}

/// Why a key ring is refused.
public enum KeyRingFault: Hashable, Sendable {
  case malformed(reason: String)
  case unknownMember(String)
  case duplicateID(ByteString)
  case duplicateKey(ByteString)
  case wrongLength(ByteString, bytes: Int)
  /// No random key looks like this.
  case weak(ByteString)
  case tooManyKeys(maximum: Int)
  /// Tokens could be opened, none could be made.
  case nothingSeals
}

extension IdentityError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .settings(let errors): "\(errors)"
    case .rootKeys(let source, let fault): "root keys from \(source): \(fault)"
    case .keyRing(let path, let fault): "key ring `\(path)`: \(fault)"
    case .file(let path, let fault): "`\(path)`: \(fault)"
    case .authorization(.policy(let owner, let error)): "`\(owner)`: \(error)"
    case .authorization(.unknownPolicy(let owner, let name)): "`\(owner)`: there is no policy `\(name)`"
    case .authorization(.unknownGroup(let owner, let name)): "`\(owner)`: there is no group `\(name)`"
    case .authorization(.duplicate(let owner)): "`\(owner)` is declared twice"
    case .noRandomness: "the system gives no random bytes"
    }
  }
}

extension KeyFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .incomplete(let missing): "`\(missing)` is missing"
    case .malformedIdentifier: "the access key id must have 3 to 128 letters, digits, `_`, `-`, `.`, `@` and `+`"
    case .tooShort(let bytesMin): "the secret must have at least \(bytesMin) characters"
    case .tooLong(let bytesMax): "the secret must have at most \(bytesMax) characters"
    case .guessable: "the keys are easy to guess or known to everybody"
    case .malformedFile(let reason): reason
    }
  }
}

extension KeyRingFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let reason): reason
    case .unknownMember(let name): "unknown member `\(name)`"
    case .duplicateID(let id): "two keys have the id `\(id)`"
    case .duplicateKey(let id): "key `\(id)` is the same as another"
    case .wrongLength(let id, let bytes): "key `\(id)` has \(bytes) bytes instead of 32"
    case .weak(let id): "key `\(id)` is not random"
    case .tooManyKeys(let maximum): "more than \(maximum) keys"
    case .nothingSeals: "no key has the state `seal`"
    }
  }
}
