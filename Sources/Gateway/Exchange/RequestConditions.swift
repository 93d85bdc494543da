import Authorization
import HTTPWire
import IAMPolicy
import S3Model
import S3Wire
import SigV4

/// Where policy conditions read one request from.
///
/// Each key has exactly one source, named by ``S3ConditionKey/source`` and the table below. A header counts only where
/// the signature covers it (or presigning hoisted it); `aws:UserAgent` and `aws:Referer` alone are taken as sent, as
/// on AWS. What the gateway cannot know is absent. Keys about the caller and the time are `Authorization`'s to answer.
///
/// | key | source |
/// |---|---|
/// | `aws:SourceIp` | the connection, or what a trusted proxy said of it |
/// | `aws:SecureTransport` | the connection |
/// | `aws:UserAgent`, `aws:Referer` | the headers, unsigned too |
/// | `aws:RequestedRegion` | the region of the credential scope, else the gateway's first |
/// | `aws:ResourceAccount` | the account setting |
/// | `s3:…` | ``S3ConditionKey/source`` |
struct RequestConditions {
  /// What is read, when it is read: most decisions ask for little or nothing, and copies would cost more than they.
  let exchange: Exchange
  /// Of the access being decided.
  var versionID: ByteString?
  /// Of the object that this access is about.
  var storedTags: StoredTags

  enum StoredTags: Sendable {
    case notFetched
    case failed
    case tags([ObjectTag])
  }

  /// Nil for sts.
  private var request: S3Request? { exchange.request }
  private var signature: VerifiedSignature? { exchange.verified }

  func value(for key: ConditionKey) -> ConditionValue {
    switch key.name {
    case .aws(let name): aws(name, key)
    case .s3(let name): s3(name, key)
    case .sts, .iam, .other: .absent
    }
  }

  private func aws(_ name: AWSConditionKey, _ key: ConditionKey) -> ConditionValue {
    switch name {
    case .sourceIP: exchange.sourceAddress.map { .address($0) } ?? .absent
    case .secureTransport: .boolean(exchange.isSecure)
    case .userAgent: unsignedHeader(.userAgent)
    case .referer: unsignedHeader(.referer)
    case .requestedRegion: .text(exchange.region)
    case .resourceAccount: .text(exchange.snapshot.accountID)
    // Tags of buckets; those of objects have keys of their own.
    case .requestTag where request?.operation == .createBucket: Self.value(key, of: exchange.bodyTags ?? [])
    case .tagKeys where request?.operation == .createBucket: .texts((exchange.bodyTags ?? []).map(\.key))
    default: .absent
    }
  }

  private func s3(_ name: S3ConditionKey, _ key: ConditionKey) -> ConditionValue {
    switch name.source {
    case .header(.xAmzContentSha256): contentSHA256
    case .header(let header): signedHeader(header)
    case .query(let parameter):
      parameter == .maxKeys ? maxKeys() : request?.query(parameter).map { .text($0) } ?? .absent
    case .accessVersion: versionID.map { .text($0) } ?? .absent
    case .requestTags: requestTags(name, key)
    case .storedTags: storedTag(key)
    // Nobody fetches them: a statement about them must not look as if the bucket had none.
    case .bucketTags: .unavailable
    case .locationConstraint: exchange.locationConstraint.map { .text($0) } ?? .absent
    case .createsObject: createsObject
    case .retentionDays: retentionDays
    case .authenticationType: authenticationType
    case .signatureAge:
      signature.map { .integer(max(0, exchange.now.milliseconds - $0.date.unixSeconds * 1000)) } ?? .absent
    case .signatureVersion:
      signature.map { .text(ByteString(String(describing: $0.algorithm.name))) } ?? .absent
    case .tlsVersion: exchange.tlsVersion.map { .text(ByteString(String(describing: $0))) } ?? .absent
    case .resourceAccount: .text(exchange.snapshot.accountID)
    case .unavailable: .absent
    }
  }

  private func unsignedHeader(_ name: FieldName) -> ConditionValue {
    exchange.head.fields.first(name).map { range in .text(exchange.head.fields.withBytes(range) { ByteString($0) }) }
      ?? .absent
  }

  /// Presigned requests and forms need not have the header: their payload is not signed, and policies deny by that.
  /// Source: Amazon S3 API Reference, "Signature Version 4 authentication specific policy keys".
  private var contentSHA256: ConditionValue {
    let value = signedHeader(.xAmzContentSha256)
    guard case .absent = value, let signature, signature.placement != .header else { return value }
    return .text("UNSIGNED-PAYLOAD")
  }

  /// Days from now to the date until which the object would be locked; a day that has begun counts.
  private var retentionDays: ConditionValue {
    guard case .text(let text) = signedHeader(.xAmzObjectLockRetainUntilDate) else {
      return standsInDocument(.xAmzObjectLockRetainUntilDate) ? .unavailable : .absent
    }
    guard let until = ISO8601.parse(text.bytes) else { return .unavailable }
    let day: Int64 = 86_400_000
    return .integer(max(0, (until - exchange.now.milliseconds + day - 1) / day))
  }

  /// Whether the operation has in its document what others have in this header.
  private func standsInDocument(_ name: FieldName) -> Bool {
    switch name {
    case .xAmzObjectLockMode, .xAmzObjectLockRetainUntilDate: request?.operation == .putObjectRetention
    case .xAmzObjectLockLegalHold: request?.operation == .putObjectLegalHold
    default: false
    }
  }

  private func signedHeader(_ name: FieldName) -> ConditionValue {
    // What the document says is not read here, and must not count as not said.
    if standsInDocument(name) { return .unavailable }
    guard let request, let value = request.header(name) else { return .absent }
    guard let signature else {
      // Nothing of an anonymous request is signed; what it says about itself is all there is.
      return .text(value)
    }
    // A form's fields stand here as headers, and its signed policy covers every one of them.
    let isCovered =
      signature.placement == .form || signature.signs(name) || request.hoisted.contains { $0.id == name }
    return isCovered ? .text(value) : .absent
  }

  private func maxKeys() -> ConditionValue {
    guard let text = request?.query(.maxKeys) else { return .absent }
    // What is no number is text, which no numeric condition holds for.
    return Int64(text.text).map { .integer($0) } ?? .text(text)
  }

  private func requestTags(_ name: S3ConditionKey, _ key: ConditionKey) -> ConditionValue {
    guard exchange.bodyTags != nil || request?.hasHeader(.xAmzTagging) == true else { return .absent }
    guard let tags = setTags else { return .unavailable }
    if name == .requestObjectTagKeys { return .texts(tags.map(\.key)) }
    return Self.value(key, of: tags)
  }

  /// The tags that the request sets; nil where they cannot be read.
  var setTags: [ObjectTag]? {
    exchange.bodyTags ?? request?.header(.xAmzTagging).flatMap { ObjectTag.parse(header: $0) }
  }

  /// Keys of conditions have no case and keys of tags do: which of two tags counts is not for their order to say.
  private static func value(_ key: ConditionKey, of tags: [ObjectTag]) -> ConditionValue {
    let found = tags.filter { key.names(tag: $0.key.bytes) }
    return found.count > 1 ? .unavailable : found.first.map { .text($0.value) } ?? .absent
  }

  private func storedTag(_ key: ConditionKey) -> ConditionValue {
    switch storedTags {
    case .notFetched, .failed: .unavailable
    case .tags(let tags): Self.value(key, of: tags)
    }
  }

  private var createsObject: ConditionValue {
    switch request?.operation {
    case .putObject, .copyObject, .completeMultipartUpload, .postObject: .boolean(true)
    case .createMultipartUpload, .uploadPart, .uploadPartCopy: .boolean(false)
    default: .absent
    }
  }

  private var authenticationType: ConditionValue {
    authenticationName.map { .text(ByteString(String(describing: $0))) } ?? .absent
  }

  var authenticationName: StaticString? {
    switch signature?.placement {
    case .header: "REST-HEADER"
    case .query: "REST-QUERY-STRING"
    case .form: "POST"
    case nil: nil
    }
  }
}
