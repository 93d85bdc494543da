import Authorization
import HTTPWire
import IAMPolicy
import Rego
import S3Model
import S3Wire
import SigV4

/// What Rego's `input` says of a request beyond condition keys.
extension RequestConditions: RequestFacts {
  func fact(_ name: RequestFact) -> Value {
    switch name {
    case .operation:
      (exchange.request?.operation.name ?? exchange.queryAction?.operation).map { Self.text($0) } ?? .undefined
    case .requestID: .string(Text(exchange.requestID.text))
    case .method: Self.text(exchange.head.method.name)
    case .path: exchange.head.fields.withBytes(exchange.head.path) { .string(Text(UnsafeRawBufferPointer($0))) }
    case .query: query
    case .contentLength: exchange.statedLength.map { .integer(Int64(clamping: $0)) } ?? .undefined
    case .accessKeyID: exchange.claim.map { .string(Text(bytes: $0.accessKeyID.bytes)) } ?? .undefined
    case .requestTags: requestTags
    case .roleARN, .roleSessionName: .undefined
    }
  }

  var objectTags: ObjectTags {
    switch storedTags {
    case .notFetched: .notFetched
    case .failed: .unavailable
    case .tags(let tags): .tags(tags)
    }
  }

  func regoSession(_ authority: RegoAuthority) -> RegoSession? { exchange.worker.regoSessions.session(authority) }

  func externalAnswer(_ access: Access) -> ExternalAnswer? { exchange.inquiries.answers[access] }

  /// As sent but for what signs: names of signatures, credentials and tokens all begin alike.
  private var query: Value {
    guard let range = exchange.head.query else { return .undefined }
    return exchange.head.fields.withBytes(range) { bytes in
      let kept = bytes.split(separator: 0x26).filter { item in
        let name = item.prefix { $0 != 0x3D }.map(ASCII.lowercased)
        // A percent sign could hide such a name.
        return !name.starts(with: "x-amz-".utf8) && !name.contains(0x25)
      }
      return .string(Text(bytes: Array(kept.joined(separator: [0x26]))))
    }
  }

  private var requestTags: Value {
    let tags: [ObjectTag]
    if let bodyTags = exchange.bodyTags {
      tags = bodyTags
    } else if let header = exchange.request?.header(.xAmzTagging) {
      // A header that is no list of tags is refused before anything is stored.
      tags = ObjectTag.parse(header: header) ?? []
    } else {
      return .undefined
    }
    return .object(
      ValueObject(tags.map { (.string(Text(bytes: $0.key.bytes)), .string(Text(bytes: $0.value.bytes))) }))
  }

  private static func text(_ text: StaticString) -> Value {
    text.withUTF8Buffer { .string(Text(UnsafeRawBufferPointer($0))) }
  }
}
