public import Authorization
public import IAMPolicy
public import Rego
public import S3Model

/// What a request says, as flags or an audit line tell it: looked up, never guessed.
///
/// Reading what is not known is noted in ``lacks``: a decision that read it would be about another request.
public final class StatedFacts: RequestFacts {
  public var conditions: [ConditionKey: ConditionValue] = [:]
  /// Of the object that the access is about.
  public var objectTags: ObjectTags = .none
  /// Tags that the request sets; nil where it sets none.
  public var requestTags: [ObjectTag]?
  /// The request makes a bucket: what it sets are tags of the bucket.
  public var tagsBuckets = false
  public var facts: [Fact: Value] = [:]
  /// Keys whose values are not known, with what is missing.
  public var unknownKeys: [ConditionKey.Name: String] = [:]
  /// Keys whose values exist and could not be had, which denies.
  public var unavailable: Set<ConditionKey.Name> = []
  /// What is missing where nothing of the request was recorded but what ``conditions`` has.
  public var lacksOthers: String?
  /// What was asked for and is not known.
  public private(set) var lacks: Set<String> = []

  private var session: RegoSession?

  public enum Fact: Hashable, Sendable {
    case operation, requestID, method, path, query, contentLength, accessKeyID
  }

  public init() {}

  public func forgetLacks() { lacks = [] }

  /// Evaluation memory that several requests use one after the other.
  public func share(_ session: RegoSession?) { self.session = session }

  public func value(for key: ConditionKey) -> ConditionValue {
    if let value = conditions[key] { return value }
    if unavailable.contains(key.name) { return .unavailable }
    if let missing = unknownKeys[key.name] {
      lacks.insert(missing)
      return .absent
    }
    switch key.name {
    case .s3(let name):
      switch name.source {
      case .requestTags:
        guard let requestTags else { break }
        if name == .requestObjectTagKeys { return .texts(requestTags.map(\.key)) }
        return Self.value(key, of: requestTags)
      case .storedTags:
        guard case .tags(let tags) = objectTags else { return .unavailable }
        return Self.value(key, of: tags)
      // Nobody fetches them.
      case .bucketTags: return .unavailable
      case .unavailable: return .absent
      default: break
      }
    case .aws(.requestTag) where tagsBuckets: return Self.value(key, of: requestTags ?? [])
    case .aws(.tagKeys) where tagsBuckets: return .texts((requestTags ?? []).map(\.key))
    case .aws, .sts, .iam, .other: break
    }
    if let lacksOthers { lacks.insert(lacksOthers) }
    return .absent
  }

  /// Keys of conditions have no case and keys of tags do: which of two tags counts is not for their order to say.
  private static func value(_ key: ConditionKey, of tags: [ObjectTag]) -> ConditionValue {
    let found = tags.filter { key.names(tag: $0.key.bytes) }
    return found.count > 1 ? .unavailable : found.first.map { .text($0.value) } ?? .absent
  }

  public func fact(_ name: RequestFact) -> Value {
    let fact: Fact
    switch name {
    case .operation: fact = .operation
    case .requestID: fact = .requestID
    case .method: fact = .method
    case .path: fact = .path
    case .query: fact = .query
    case .contentLength: fact = .contentLength
    case .accessKeyID: fact = .accessKeyID
    case .requestTags:
      guard let requestTags else { return .undefined }
      return .object(
        ValueObject(
          requestTags.map { (.string(Text(bytes: $0.key.bytes)), .string(Text(bytes: $0.value.bytes))) }))
    case .roleARN, .roleSessionName: return .undefined
    }
    if let value = facts[fact] { return value }
    if let lacksOthers, fact == .method || fact == .path || fact == .query || fact == .contentLength {
      lacks.insert(lacksOthers)
    }
    return .undefined
  }

  public func regoSession(_ authority: RegoAuthority) -> RegoSession? {
    if let session, session.isFor(authority) { return session }
    let session = authority.makeSession()
    self.session = session
    return session
  }
}

@available(*, unavailable)
extension StatedFacts: Sendable {}
