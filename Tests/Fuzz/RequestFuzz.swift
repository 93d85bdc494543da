import HTTPWire
import S3Model
import S3Wire

/// A request head: its bytes to ``RequestHead`` to ``S3Request`` and the accesses it needs.
enum RequestFuzz {
  private static let parser = S3RequestParser(virtualHostDomains: ["s3.example.com", "localhost"])

  static func run(_ input: [UInt8]) {
    guard input.count <= 8192 else { return }
    let whole = Heads.parse(input)
    compare(whole, Heads.parseByteByByte(input))
    guard case .success(.some(let parsed)) = whole, let request = s3(parsed.head) else { return }
    check(request)
    recode(request)
  }

  static func s3(_ head: RequestHead) -> S3Request? {
    do throws(S3WireError) { return try parser.parse(head) } catch { return nil }
  }

  private static func compare(
    _ whole: Result<(head: RequestHead, consumed: Int)?, HTTPParseError>,
    _ pieces: Result<(head: RequestHead, consumed: Int)?, HTTPParseError>
  ) {
    switch (whole, pieces) {
    case (.success(nil), .success(nil)), (.failure, .failure): break
    case (.success(.some(let whole)), .success(.some(let pieces))):
      expect(
        whole.consumed == pieces.consumed && whole.head.fields.bytes == pieces.head.fields.bytes
          && whole.head.framing == pieces.head.framing && whole.head.keepsAlive == pieces.head.keepsAlive
          && whole.head.expectsContinue == pieces.head.expectsContinue,
        "a head is the same however it comes")
    default: expect(false, "a head is taken or refused however it comes: \(whole) or \(pieces)")
    }
  }

  /// What must hold for every request that is let through.
  static func check(_ request: S3Request) {
    expect(
      !request.accesses.isEmpty || request.needsBodyForAccesses || request.operation == .optionsObject,
      "\(request.operation) needs no access")
    expect(request.key == nil || request.bucket != nil, "a key has a bucket")
    if let bucket = request.bucket { expect(!bucket.utf8.contains(0x2F), "a bucket has no slash") }
    if let key = request.key {
      expect(!key.isEmpty && key.count <= S3RequestParser.keyBytesMax && !key.bytes.contains(0), "a key is in bounds")
    }
    for access in request.accesses {
      expect(access.bucket != nil || request.bucket == nil, "an access names its bucket")
      if let bucket = access.bucket {
        let arn = access.key.map { Access.arn(bucket: bucket, key: $0) } ?? Access.arn(bucket: bucket)
        expect(access.resource == arn, "the resource is what the access names")
        let isOwn = bucket == request.bucket && (access.key == nil || access.key == request.key)
        let isSource = bucket == request.copySource?.bucket && access.key == request.copySource?.key
        expect(isOwn || isSource, "an access is about what the request names")
      }
    }
    for header in request.hoisted {
      expect(
        header.value.bytes.allSatisfy(ASCII.isFieldValue) && header.name.bytes.allSatisfy(ASCII.isToken),
        "a hoisted header can stand in a head")
    }
    request.forEachMetadata { name, value in
      expect(
        name.bytes.allSatisfy(ASCII.isToken) && value.bytes.allSatisfy(ASCII.isFieldValue),
        "metadata can stand in a head")
    }
  }

  /// The key encoded anew and parsed again is the same key, and so is all that follows from it.
  private static func recode(_ request: S3Request) {
    let head = request.head
    var text = Heads.text(head, head.methodRange) + [0x20, 0x2F]
    if request.addressing == .path {
      text += Array((request.bucket ?? "").utf8)
      if request.key != nil { text.append(0x2F) }
    }
    if let key = request.key { text += PercentEncoding.path(key.bytes) }
    if let query = head.query { text += [0x3F] + Heads.text(head, query) }
    text += Array(" HTTP/1.\(head.minorVersion)\r\n".utf8)
    for field in head.fields.fields {
      text += Heads.text(head, field.name) + [0x3A] + Heads.text(head, field.value) + [0x0D, 0x0A]
    }
    text += [0x0D, 0x0A]
    guard text.count <= HeadLimits().headBytesMax else { return }
    guard let again = Heads.parseWhole(text), let other = s3(again) else {
      expect(false, "a request encoded anew parses: \(String(decoding: text, as: UTF8.self))")
      return
    }
    expect(
      other.key == request.key && other.bucket == request.bucket && other.operation == request.operation
        && other.accesses == request.accesses && other.copySource == request.copySource,
      "a request encoded anew is the same")
  }
}
