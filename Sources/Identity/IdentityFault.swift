public import IAMPolicy
public import IdentityStore
public import S3Model

/// What is wrong with identities in force: told to the log. Everybody it is about is refused.
public enum IdentityFault: Equatable, Sendable {
  case unreadable(RecordKey, RecordFault)
  /// A policy of the record does not compile. It denies everything to those that it binds.
  case policy(RecordKey, name: String, PolicyError)
  /// The record refers to a managed policy that is not there.
  case unknownPolicy(RecordKey, arn: ByteString)
  /// The record is named like the root user's access key.
  case reservedName(RecordKey)
  /// A secret does not open.
  case sealed(RecordKey)
}

extension IdentityFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let key, let fault): "\(key) cannot be read: member `\(fault.member)`"
    case .policy(let key, let name, let error): "policy `\(name)` of \(key) denies everything: \(error)"
    case .unknownPolicy(let key, let arn): "\(key) is denied everything: there is no policy \(arn)"
    case .reservedName(let key): "\(key) is refused: it is named like the root user's access key"
    case .sealed(let key): "the secret of \(key) does not open"
    }
  }
}
