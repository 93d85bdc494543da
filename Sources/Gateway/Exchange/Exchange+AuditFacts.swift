import Audit
import HTTPWire
import IAMPolicy
import S3Model
import SigV4

/// What decisions read of an S3 request, for the audit record.
extension Exchange {
  func auditFacts(_ request: S3Request) -> AuditFacts {
    var facts = AuditFacts(method: head.method.name)
    facts.path = pathUnlessPlain(request)
    facts.query = request.query
    facts.contentLength = decidedLength
    if let scope = claim?.scope, !scope.region.isEmpty, !scope.region.elementsEqual(snapshot.region.bytes) {
      facts.region = ByteString(Array(scope.region))
    }
    let conditions = baseConditions
    if let verified {
      facts.authentication = conditions.authenticationName
      if case .integer(let age) = conditions.value(for: ConditionKey(.signatureAge)) {
        facts.signatureAgeMilliseconds = age
      }
      if verified.algorithm != .hmacSHA256 { facts.algorithm = verified.algorithm.name }
    }
    facts.referer = head.fields.first(.referer).map { range in head.fields.withBytes(range) { ByteString($0) } }
    addConditions(&facts, request, conditions)
    if bodyTags != nil || request.hasHeader(.xAmzTagging) {
      facts.requestTags = conditions.setTags.map { .tags($0) } ?? .unavailable
    }
    facts.objectTags = Self.auditTags(storedTags)
    facts.replacedTags = Self.auditTags(replacedTags)
    facts.copySource = request.copySource
    facts.hidesMissingKey = hasHiddenMissingKey
    return facts
  }

  private func addConditions(_ facts: inout AuditFacts, _ request: S3Request, _ conditions: RequestConditions) {
    func add(_ key: S3ConditionKey) {
      let value = conditions.value(for: ConditionKey(key))
      if case .absent = value { return }
      if facts.conditions.contains(where: { $0.key == key }) { return }
      facts.conditions.append((key, value))
    }
    for field in head.fields.fields {
      if let key = Self.keysByHeader[Int(field.id.rawValue)] { add(key) }
    }
    for header in request.hoisted {
      if let key = Self.keysByHeader[Int(header.id.rawValue)] { add(key) }
    }
    if !request.query.isEmpty {
      add(.prefix)
      add(.delimiter)
      add(.maxKeys)
    }
    if let verified, verified.placement != .header { add(.xAmzContentSha256) }
    if locationConstraint != nil { add(.locationConstraint) }
    add(.objectCreationOperation)
    switch request.operation {
    case .putObjectRetention, .putObjectLegalHold:
      add(.objectLockMode)
      add(.objectLockRetainUntilDate)
      add(.objectLockLegalHold)
      add(.objectLockRemainingRetentionDays)
    default:
      if facts.conditions.contains(where: { $0.key == .objectLockRetainUntilDate }) {
        add(.objectLockRemainingRetentionDays)
      }
    }
  }

  /// By ``FieldName``, so that one pass over a head finds what conditions read.
  private static let keysByHeader: [S3ConditionKey?] = {
    var keys = [S3ConditionKey?](repeating: nil, count: 256)
    for key in S3ConditionKey.allCases {
      if case .header(let name) = key.source { keys[Int(name.rawValue)] = key }
    }
    return keys
  }()

  private static func auditTags(_ tags: RequestConditions.StoredTags) -> AuditFacts.Tags {
    switch tags {
    case .notFetched: .notRead
    case .failed: .unavailable
    case .tags(let tags): .tags(tags)
    }
  }

  private func pathUnlessPlain(_ request: S3Request) -> ByteString? {
    head.fields.withBytes(head.path) { path in
      var rest = path[...]
      func take(_ bytes: some Collection<UInt8>) -> Bool {
        guard rest.starts(with: bytes) else { return false }
        rest = rest.dropFirst(bytes.count)
        return true
      }
      var isPlain = take(CollectionOfOne(UInt8(ascii: "/")))
      if let bucket = request.bucket { isPlain = isPlain && take(bucket.utf8) }
      if let key = request.key { isPlain = isPlain && take(CollectionOfOne(UInt8(ascii: "/"))) && take(key.bytes) }
      return isPlain && rest.isEmpty ? nil : ByteString(path)
    }
  }
}
