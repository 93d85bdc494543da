import Backend
import Cryptography
import HTTPWire
import NIOCore
import S3Model
import S3Wire
import SigV4

/// Writes a request's line, headers and, where it is at hand, its body into one buffer, signed with the backend's
/// credentials. Scratch space is reused from request to request; one per event loop.
///
/// The request is rebuilt from the model: path and query are encoded anew from the decoded bytes, so that what was
/// authorized and what the store reads cannot differ, and only headers that S3 knows for the operation go along.
struct RequestHeadWriter {
  private let configuration: S3BackendConfiguration
  private let host: SignedHeader
  private let signer: RequestSigner
  private let scratch = SigningScratch(keys: SigningKeyCache(entriesMax: 8))
  private let hasher = SHA256Hasher()
  private var head: [UInt8] = []
  private var buffer = ByteBuffer()
  private var path: [UInt8] = []
  private var canonicalQuery: [UInt8] = []
  private var signed: [SignedHeader] = []
  private var valueStart = 0

  init(_ configuration: S3BackendConfiguration) {
    self.configuration = configuration
    host = SignedHeader("host", ByteString(Self.hostField(configuration)))
    signer = RequestSigner(
      secret: configuration.secret, region: ByteString(configuration.region),
      sessionToken: configuration.sessionToken.map { ByteString($0.bytes) })
    head.reserveCapacity(2048)
  }

  /// The Host header without a bucket: the port only where it is not the scheme's own, brackets around IPv6.
  private static func hostField(_ configuration: S3BackendConfiguration) -> [UInt8] {
    let name = configuration.host.utf8.contains(0x3A) ? "[\(configuration.host)]" : configuration.host
    let isDefaultPort =
      switch configuration.scheme {
      case .http: configuration.port == 80
      case .https: configuration.port == 443
      }
    return Array((isDefaultPort ? name : "\(name):\(configuration.port)").utf8)
  }

  /// - Parameters:
  ///   - announcesBody: with `Expect: 100-continue`.
  ///   - isDiagnosis: GET in place of a HEAD that was refused, to read the error's code; its first byte at most.
  ///   - now: seconds since 1970.
  /// - Returns: the head, and behind it the body when it is at hand.
  mutating func write(
    _ plan: UpstreamRequestPlan, announcesBody: Bool, isDiagnosis: Bool, now: Int64
  ) throws(SigV4Error) -> ByteBuffer {
    let request = plan.request.request
    let method = isDiagnosis ? HTTPMethod.get : plan.method
    signed.removeAll(keepingCapacity: true)
    head.removeAll(keepingCapacity: true)
    append(method.name)
    head.append(0x20)
    let bucketInHost = appendTarget(request, isDiagnosis: isDiagnosis)
    append(" HTTP/1.1\r\n")
    if let bucketInHost {
      field(.host, Array(bucketInHost.utf8) + [0x2E] + host.value.bytes, isSigned: true)
    } else {
      field(.host, host.value.bytes, isSigned: false)
      signed.append(host)
    }
    if isDiagnosis {
      if request.key != nil { field(.range, "bytes=0-0".utf8, isSigned: false) }
    } else {
      appendFields(request)
      appendFraming(plan)
      if announcesBody { field(.expect, "100-continue".utf8, isSigned: false) }
    }
    if signed.count > 1 { signed.sort { $0.name < $1.name } }
    try sign(method, payload(plan, isDiagnosis: isDiagnosis), now: now)
    append("\r\n")
    if !isDiagnosis, let document = plan.document { head.append(contentsOf: document) }
    // The channel has let go of the last request's bytes by now, unless the store is slow to take them.
    buffer.clear()
    buffer.writeBytes(head)
    return buffer
  }

  private mutating func sign(_ method: HTTPMethod, _ payload: OutgoingPayload, now: Int64) throws(SigV4Error) {
    let result = path.withUnsafeBufferPointer { path in
      canonicalQuery.withUnsafeBufferPointer { query -> Result<Void, SigV4Error> in
        do throws(SigV4Error) {
          try signer.sign(
            method: method.name, path: path, query: query, headers: signed, payload: payload,
            date: SigningDate(unixSeconds: now), scratch: scratch, to: &head)
          return .success(())
        } catch {
          return .failure(error)
        }
      }
    }
    try result.get()
  }

  /// Hashes what is at hand. Object bytes pass before their hash is known; TLS protects them, and the gateway has
  /// checked what the client signed.
  private func payload(_ plan: UpstreamRequestPlan, isDiagnosis: Bool) -> OutgoingPayload {
    if isDiagnosis { return .digest(.ofNothing) }
    if let document = plan.document { return .digest(document.withUnsafeBytes { hasher.digest(of: $0) }) }
    return plan.streamedLength == 0 ? .digest(.ofNothing) : .unsigned
  }

  // MARK: Target

  /// - Returns: the bucket, when it goes into the Host header.
  private mutating func appendTarget(_ request: S3Request, isDiagnosis: Bool) -> String? {
    path.removeAll(keepingCapacity: true)
    path.append(0x2F)
    var bucketInHost: String?
    if let bucket = request.bucket {
      if configuration.addressing == .virtualHost, Self.isLabel(bucket) {
        bucketInHost = bucket
      } else {
        // The parser lets only letters, digits, dots, hyphens and underscores into bucket names.
        path.append(contentsOf: bucket.utf8)
        if request.key != nil { path.append(0x2F) }
      }
      request.key?.bytes.withUnsafeBufferPointer { RequestSigner.appendPath($0, to: &path) }
    }
    head.append(contentsOf: path)
    appendQuery(request, isDiagnosis: isDiagnosis)
    return bucketInHost
  }

  /// Sub-resources without a value stand bare, as AWS's SDKs send them; their canonical form has the `=`.
  private mutating func appendQuery(_ request: S3Request, isDiagnosis: Bool) {
    canonicalQuery.removeAll(keepingCapacity: true)
    guard !request.query.isEmpty else { return }
    var items = request.query
    if isDiagnosis { items.removeAll { $0.name != .versionID } }
    // The names need no encoding, so their order is that of the canonical query.
    if items.count > 1 { items.sort { Self.precedes($0.name.name, $1.name.name) } }
    for (index, item) in items.enumerated() {
      head.append(index == 0 ? 0x3F : 0x26)
      if index > 0 { canonicalQuery.append(0x26) }
      let start = head.count
      append(item.name.name)
      canonicalQuery.append(contentsOf: head[start...])
      canonicalQuery.append(0x3D)
      if item.value.isEmpty, item.name.isSubresource { continue }
      head.append(0x3D)
      let valueStart = head.count
      head.append(contentsOf: PercentEncoding.query(item.value.bytes))
      canonicalQuery.append(contentsOf: head[valueStart...])
    }
  }

  private static func precedes(_ left: StaticString, _ right: StaticString) -> Bool {
    left.withUTF8Buffer { left in right.withUTF8Buffer { left.lexicographicallyPrecedes($0) } }
  }

  /// Whether a bucket's name can stand before the host: lower-case DNS labels.
  static func isLabel(_ bucket: String) -> Bool {
    var previous: UInt8 = 0x2E
    for byte in bucket.utf8 {
      guard byte &- 0x61 < 26 || ASCII.isDigit(byte) || byte == 0x2D || byte == 0x2E else { return false }
      if previous == 0x2E, byte == 0x2E || byte == 0x2D { return false }
      if previous == 0x2D, byte == 0x2E { return false }
      previous = byte
    }
    return bucket.utf8.count <= 63 && previous != 0x2E && previous != 0x2D
  }

  // MARK: Header lines

  private mutating func appendFields(_ request: S3Request) {
    let forwarded = request.operation.forwardedFields
    let fields = request.head.fields
    for (index, line) in fields.fields.enumerated() where forwarded.contains(line.id) {
      // A repeated header goes as one line, at its first place.
      guard fields.count(line.id) == 1 || fields.fields[..<index].allSatisfy({ $0.id != line.id }) else { continue }
      appendField(line.id, request)
    }
    for hoisted in request.hoisted where forwarded.contains(hoisted.id) && !fields.contains(hoisted.id) {
      // JavaScript's SDK signs a checksum of no bytes into URLs for uploads: such values mean nothing.
      guard !S3Operation.checksumFields.contains(hoisted.id) else { continue }
      appendField(hoisted.id, request)
    }
    guard request.operation.forwardsMetadata else { return }
    if fields.fields.contains(where: { $0.id == .other }) || !request.hoisted.isEmpty {
      request.forEachMetadata { name, value in
        append(S3Request.metadataPrefix)
        head.append(contentsOf: name.bytes)
        append(": ")
        valueStart = head.count
        appendValue(value.bytes)
        let prefix = S3Request.metadataPrefix.withUTF8Buffer { Array($0) }
        signed.append(SignedHeader(ByteString(prefix + name.bytes), ByteString(head[valueStart...])))
        append("\r\n")
      }
    }
  }

  private mutating func appendField(_ name: FieldName, _ request: S3Request) {
    switch name {
    case .contentEncoding: appendContentEncoding(request)
    case .xAmzCopySource: appendCopySource(request)
    default:
      beginField(name)
      request.withHeader(name) { appendValue($0) }
      endField(name, isSigned: Self.isSigned(name))
    }
  }

  /// All of S3's own headers must be signed; of the others, those that guard the body are.
  private static func isSigned(_ name: FieldName) -> Bool {
    switch name {
    case .contentMd5, .contentType: true
    default: name.name.withUTF8Buffer { $0.starts(with: "x-amz-".utf8) }
    }
  }

  /// `aws-chunked` described the body as the client sent it; the store gets it plain.
  private mutating func appendContentEncoding(_ request: S3Request) {
    guard let value = request.header(.contentEncoding) else { return }
    let codings = value.bytes.split(separator: 0x2C).map { Self.trimmed($0) }
      .filter { !$0.isEmpty && !$0.lazy.map(ASCII.lowercased).elementsEqual("aws-chunked".utf8) }
    guard !codings.isEmpty else { return }
    field(.contentEncoding, codings.joined(separator: [0x2C]), isSigned: false)
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    return bytes
  }

  /// From the decoded source that was authorized, never from the client's spelling of it.
  private mutating func appendCopySource(_ request: S3Request) {
    guard let source = request.copySource else { return }
    beginField(.xAmzCopySource)
    head.append(0x2F)
    head.append(contentsOf: source.bucket.utf8)
    head.append(0x2F)
    head.append(contentsOf: PercentEncoding.path(source.key.bytes))
    if let version = source.versionID {
      append("?versionId=")
      head.append(contentsOf: PercentEncoding.query(version.bytes))
    }
    endField(.xAmzCopySource, isSigned: true)
  }

  private mutating func appendFraming(_ plan: UpstreamRequestPlan) {
    if let document = plan.document {
      // Older stores want it for some documents, and the client's own may have been about another spelling.
      if !document.isEmpty {
        field(.contentMd5, Base64.encode(MD5Hasher.hash(document)).utf8, isSigned: true)
      }
      field(.contentLength, String(document.count).utf8, isSigned: false)
    } else if plan.streamedLength > 0 || plan.method == .put || plan.method == .post {
      field(.contentLength, String(plan.streamedLength).utf8, isSigned: false)
    }
  }

  // MARK: Pieces

  private mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { head.append(contentsOf: $0) }
  }

  private mutating func field(_ name: FieldName, _ value: some Sequence<UInt8>, isSigned: Bool) {
    beginField(name)
    appendValue(value)
    endField(name, isSigned: isSigned)
  }

  private mutating func beginField(_ name: FieldName) {
    append(name.name)
    append(": ")
    valueStart = head.count
  }

  /// The parsers let no line break through; here none could leave, whatever they did.
  private mutating func appendValue(_ value: some Sequence<UInt8>) {
    let start = head.count
    head.append(contentsOf: value)
    let count = head.count
    let first = head.withUnsafeBufferPointer { head in
      var index = start
      while index < count, ASCII.isFieldValue(head[index]) { index += 1 }
      return index
    }
    for index in first..<count where !ASCII.isFieldValue(head[index]) { head[index] = 0x20 }
  }

  private mutating func endField(_ name: FieldName, isSigned: Bool) {
    if isSigned {
      signed.append(
        SignedHeader(ByteString(name.name.withUTF8Buffer { Array($0) }), ByteString(head[valueStart...])))
    }
    append("\r\n")
  }
}
