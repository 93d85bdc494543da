import Authorization
import IAMPolicy
import Rego
import S3Model

/// What an audit line says of a request for decisions.
public struct RecordedFacts {
  /// Longest user agent that a line holds; one of this length may have been cut.
  private static let userAgentBytesMax = 256

  private enum Tags {
    case notRead, unavailable
    case tags([ObjectTag])
  }

  private let root: RecordedValue
  private let objectTags: Tags
  private let replacedTags: Tags
  private let bucket: String?
  private let key: ByteString?
  private let source: (bucket: String, key: ByteString, versionID: ByteString?)?

  init(_ root: RecordedValue) {
    self.root = root
    let facts = root["facts"]
    objectTags = Self.tags(facts["object_tags"])
    replacedTags = Self.tags(facts["replaced_tags"])
    bucket = root["bucket"].string
    key = root["key"].text
    if let bucket = facts["copy_source"]["bucket"].string, let key = facts["copy_source"]["key"].text {
      source = (bucket, key, facts["copy_source"]["version_id"].text)
    } else {
      source = nil
    }
  }

  private static func tags(_ value: RecordedValue) -> Tags {
    if value.isNull { return .unavailable }
    guard let pairs = value.pairs else { return .notRead }
    return .tags(pairs.map { ObjectTag(key: $0.0, value: $0.1) })
  }

  var copySourceBucket: String? { source?.bucket }

  /// Whether tags that a decision about these accesses reads are missing.
  func lacksTags(_ accesses: [Access]) -> Bool {
    // Without a key nobody would have read them, but for the keys of a DeleteObjects.
    guard key != nil || root["operation"].string == "DeleteObjects" else { return false }
    if case .notRead = objectTags { return true }
    if source != nil, case .notRead = replacedTags { return true }
    return false
  }

  /// What the request says, to be narrowed to an access by ``narrow(_:to:)``.
  /// - Parameter region: the gateway's first.
  func make(account: AccountID, region: ByteString) -> StatedFacts {
    let stated = StatedFacts()
    let facts = root["facts"]
    func set(_ key: ConditionKey, _ value: ConditionValue?) { if let value { stated.conditions[key] = value } }
    for member in facts["conditions"].members {
      if let key = ConditionKey(parsing: member.name.bytes) { set(key, Self.condition(member.value)) }
    }
    if let address = root["remote"].string.flatMap({ IPAddress($0) }) {
      set(ConditionKey(.sourceIP), .address(address))
    }
    set(ConditionKey(.secureTransport), .boolean(root["tls"].isThere))
    set(ConditionKey(.tlsVersion), root["tls"].text.map { .text($0) })
    set(ConditionKey(.resourceAccount as AWSConditionKey), .text(account.bytes))
    set(ConditionKey(.resourceAccount as S3ConditionKey), .text(account.bytes))
    set(ConditionKey(.requestedRegion), .text(facts["region"].text ?? region))
    set(ConditionKey(.authType), facts["auth"].text.map { .text($0) })
    set(ConditionKey(.signatureAge), facts["age_ms"].integer.map { .integer($0) })
    if facts["auth"].isThere {
      set(ConditionKey(.signatureVersion), .text(facts["algorithm"].text ?? "AWS4-HMAC-SHA256"))
    }
    if let agent = root["user_agent"].text {
      if agent.count >= Self.userAgentBytesMax {
        stated.unknownKeys[.aws(.userAgent)] = "the whole user agent"
      } else {
        set(ConditionKey(.userAgent), .text(agent))
      }
    }
    if facts["referer_cut"].isThere {
      stated.unknownKeys[.aws(.referer)] = "the whole Referer"
    } else {
      set(ConditionKey(.referer), facts["referer"].text.map { .text($0) })
    }
    addFacts(facts, to: stated)
    return stated
  }

  private func addFacts(_ facts: RecordedValue, to stated: StatedFacts) {
    func set(_ fact: StatedFacts.Fact, _ value: RecordedValue) {
      if value.isThere { stated.facts[fact] = value.value }
    }
    set(.operation, root["operation"])
    set(.requestID, root["request_id"])
    set(.method, facts["method"])
    set(.query, facts["query"])
    set(.contentLength, facts["length"])
    set(.accessKeyID, root["principal"]["access_key_id"])
    if facts["path"].isThere {
      set(.path, facts["path"])
    } else {
      var path = [UInt8(ascii: "/")]
      if let bucket { path += bucket.utf8 }
      if let key { path += [UInt8(ascii: "/")] + key.bytes }
      stated.facts[.path] = .string(Text(bytes: path))
    }
    stated.tagsBuckets = root["operation"].string == "CreateBucket"
    switch Self.tags(facts["request_tags"]) {
    case .notRead: break
    case .unavailable:
      stated.requestTags = []
      for key in [S3ConditionKey.requestObjectTag, .requestObjectTagKeys] { stated.unavailable.insert(.s3(key)) }
    case .tags(let tags): stated.requestTags = tags
    }
  }

  /// What conditions say about one access: its version, and the tags of the object that it is about.
  func narrow(_ stated: StatedFacts, to access: Access) -> StatedFacts {
    stated.conditions[ConditionKey(.versionID)] = access.versionID.map { .text($0) }
    var tags = objectTags
    if let source,
      access.bucket != source.bucket || access.key != source.key || access.versionID != source.versionID
    {
      tags = replacedTags
    }
    switch tags {
    case .notRead: stated.objectTags = .notFetched
    case .unavailable: stated.objectTags = .unavailable
    case .tags(let tags): stated.objectTags = .tags(tags)
    }
    return stated
  }

  private static func condition(_ value: RecordedValue) -> ConditionValue? {
    switch value.value {
    case .string(let text): .text(ByteString(text.bytes))
    case .integer(let number): .integer(number)
    case .boolean(let flag): .boolean(flag)
    case .array: .texts(value.texts)
    // The value was there and could not be had.
    case .null: .unavailable
    default: nil
    }
  }
}
