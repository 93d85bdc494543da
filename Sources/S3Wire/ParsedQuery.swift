import HTTPWire
import S3Model

/// A query taken apart: what S3 knows, what stands for a header, and nothing else.
struct ParsedQuery {
  var items: [QueryItem] = []
  var hoisted: [HoistedHeader] = []

  /// More than any request of AWS's SDKs with every header hoisted.
  static let parametersMax = 128

  init() {}

  init(_ head: RequestHead) throws(S3WireError) {
    guard let query = head.query else { return }
    let result = head.fields.withBytes(query) { bytes -> Result<ParsedQuery, S3WireError> in
      Result { () throws(S3WireError) in
        var parsed = ParsedQuery()
        try parsed.read(bytes, head.fields)
        return parsed
      }
    }
    self = try result.get()
  }

  private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ fields: HeaderFields) throws(S3WireError) {
    var start = 0
    var count = 0
    while start < bytes.count {
      var end = start
      var equals: Int?
      while end < bytes.count, bytes[end] != 0x26 {
        if bytes[end] == 0x3D, equals == nil { equals = end }
        end += 1
      }
      if end > start {
        count += 1
        guard count <= Self.parametersMax else { throw .tooManyQueryParameters }
        let nameEnd = equals ?? end
        let valueStart = equals.map { $0 + 1 } ?? end
        try add(
          name: UnsafeBufferPointer(rebasing: bytes[start..<nameEnd]),
          value: UnsafeBufferPointer(rebasing: bytes[valueStart..<end]), fields)
      }
      start = end + 1
    }
  }

  private mutating func add(
    name raw: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>, _ fields: HeaderFields
  ) throws(S3WireError) {
    if Self.isAuthentication(raw) { return }
    let name = try PercentDecoding.decode(raw, plus: .space)
    if name.count >= 2, ASCII.lowercased(name.bytes[0]) == 0x78, name.bytes[1] == 0x2D {
      return try addExtension(name, value, fields)
    }
    guard let id = QueryName(name) else {
      if name == "AWSAccessKeyId" || name == "Signature" { throw .signatureVersion2 }
      throw .unknownSubresource
    }
    for item in items where item.name == id { throw .repeatedQueryParameter }
    items.append(QueryItem(id, try PercentDecoding.decode(value, plus: .space)))
  }

  /// `x-…`: authentication, a header that presigning moved here, or nothing (`x-id`).
  private mutating func addExtension(
    _ name: ByteString, _ value: UnsafeBufferPointer<UInt8>, _ fields: HeaderFields
  ) throws(S3WireError) {
    let lowercased = ByteString(name.bytes.map(ASCII.lowercased))
    guard !lowercased.bytes.withUnsafeBufferPointer(Self.isAuthentication) else { return }
    let id = lowercased.bytes.withUnsafeBufferPointer { FieldName(ignoringCase: $0) }
    let isMetadata = S3Request.metadataPrefix.withUTF8Buffer {
      lowercased.bytes.starts(with: $0) && lowercased.count > $0.count
    }
    guard isMetadata || (id != .other && lowercased.bytes.starts(with: "x-amz-".utf8)) else { return }
    let decoded = try PercentDecoding.decode(value, plus: .space)
    // Where a header could not carry the bytes, neither may a parameter that stands for one: a line break in the name
    // would become a header of its own on the way to a store.
    guard lowercased.bytes.allSatisfy(ASCII.isToken) else { throw .invalidHeader(id) }
    guard decoded.bytes.allSatisfy(ASCII.isFieldValue) else { throw .invalidHeader(id) }
    for header in hoisted where header.name == lowercased { throw .repeatedQueryParameter }
    if let beside = fields.joinedValue(lowercased), beside != decoded { throw .conflictingHoistedHeader(lowercased) }
    // Presigning SDKs put the checksum of an empty body here, before the body exists.
    if Self.isChecksumValue(id) { return }
    hoisted.append(HoistedHeader(id: id, name: lowercased, value: decoded))
  }

  /// The parameters of the signature itself, which `SigV4` reads.
  private static func isAuthentication(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    switch name.count {
    case 10: equalsIgnoringCase(name, "x-amz-date")
    case 13: equalsIgnoringCase(name, "x-amz-expires")
    case 15: equalsIgnoringCase(name, "x-amz-algorithm") || equalsIgnoringCase(name, "x-amz-signature")
    case 16: equalsIgnoringCase(name, "x-amz-credential") || equalsIgnoringCase(name, "x-amz-region-set")
    case 19: equalsIgnoringCase(name, "x-amz-signedheaders")
    case 20: equalsIgnoringCase(name, "x-amz-security-token")
    default: false
    }
  }

  private static func equalsIgnoringCase(_ name: UnsafeBufferPointer<UInt8>, _ lowercased: StaticString) -> Bool {
    lowercased.withUTF8Buffer { known in
      name.count == known.count && zip(name, known).allSatisfy { ASCII.lowercased($0) == $1 }
    }
  }

  private static func isChecksumValue(_ id: FieldName) -> Bool {
    switch id {
    case .xAmzChecksumCrc32, .xAmzChecksumCrc32c, .xAmzChecksumCrc64nvme, .xAmzChecksumMd5, .xAmzChecksumSha1,
      .xAmzChecksumSha256, .xAmzChecksumSha512, .xAmzChecksumXxhash128, .xAmzChecksumXxhash3, .xAmzChecksumXxhash64:
      true
    default:
      false
    }
  }
}

extension HeaderFields {
  /// The values of every field of this name (lower case), joined by `,`; nil when there is none.
  fileprivate func joinedValue(_ name: ByteString) -> ByteString? {
    var joined: [UInt8]?
    for field in fields where withBytes(field.name, { $0.elementsEqual(name.bytes) }) {
      let value = withBytes(field.value) { Array($0) }
      joined = joined.map { $0 + [0x2C] + value } ?? value
    }
    return joined.map { ByteString($0) }
  }
}
