import IAMPolicy
import S3Model

extension JSONLine {
  /// Longest Referer; without its query, which may hold what is nobody's business.
  static let refererBytesMax = 256

  mutating func append(_ facts: AuditFacts) {
    append(member: ",\"facts\":{\"method\":", facts.method)
    if let path = facts.path { append(member: ",\"path\":", path) }
    if !facts.query.isEmpty {
      for (index, item) in facts.query.enumerated() {
        append(literal: index == 0 ? ",\"query\":{" : ",")
        append(member: "", item.name.name)
        append(member: ":", item.value)
      }
      append(literal: "}")
    }
    if let length = facts.contentLength { append(member: ",\"length\":", number: length) }
    if let region = facts.region { append(member: ",\"region\":", region) }
    if let authentication = facts.authentication { append(member: ",\"auth\":", authentication) }
    if let age = facts.signatureAgeMilliseconds { append(member: ",\"age_ms\":", number: UInt64(clamping: age)) }
    if let algorithm = facts.algorithm { append(member: ",\"algorithm\":", algorithm) }
    if let referer = facts.referer { append(referer: referer) }
    if !facts.conditions.isEmpty {
      for (index, condition) in facts.conditions.enumerated() {
        append(literal: index == 0 ? ",\"conditions\":{" : ",")
        append(member: "", condition.key.name)
        append(0x3A)
        append(condition.value)
      }
      append(literal: "}")
    }
    append(",\"request_tags\":", facts.requestTags)
    append(",\"object_tags\":", facts.objectTags)
    append(",\"replaced_tags\":", facts.replacedTags)
    if let source = facts.copySource {
      append(member: ",\"copy_source\":{\"bucket\":", source.bucket)
      append(member: ",\"key\":", source.key)
      if let version = source.versionID { append(member: ",\"version_id\":", version) }
      append(literal: "}")
    }
    append(literal: facts.hidesMissingKey ? ",\"hides_missing_key\":true}" : "}")
  }

  private mutating func append(referer: ByteString) {
    let kept = referer.bytes.prefix(Self.refererBytesMax).prefix { $0 != UInt8(ascii: "?") }
    append(member: ",\"referer\":", ByteString(kept))
    if kept.count < referer.count { append(literal: ",\"referer_cut\":true") }
  }

  private mutating func append(_ member: StaticString, _ tags: AuditFacts.Tags) {
    switch tags {
    case .notRead: break
    case .unavailable:
      append(literal: member)
      append(literal: "null")
    case .tags(let tags):
      append(literal: member)
      append(pairs: tags.lazy.map { ($0.key, $0.value) })
    }
  }

  /// `[["key","value"],…]`: names may occur twice, which members of an object must not.
  mutating func append(pairs: some Sequence<(ByteString, ByteString)>) {
    append(0x5B)
    var isFirst = true
    for (key, value) in pairs {
      append(member: isFirst ? "[" : ",[", key)
      append(member: ",", value)
      append(0x5D)
      isFirst = false
    }
    append(0x5D)
  }

  mutating func append(list: [ByteString]) {
    append(0x5B)
    for (index, text) in list.enumerated() { append(member: index == 0 ? "" : ",", text) }
    append(0x5D)
  }

  private mutating func append(_ value: ConditionValue) {
    switch value {
    case .absent, .unavailable: append(literal: "null")
    case .text(let text): append(member: "", text)
    case .texts(let texts): append(list: texts)
    case .boolean(let flag): append(literal: flag ? "true" : "false")
    case .integer(let number):
      if number < 0 { append(0x2D) }
      append(decimal: number.magnitude)
    case .date(let date): append(member: "", date.bytes)
    case .address(let address): append(member: "", address.description)
    }
  }
}
