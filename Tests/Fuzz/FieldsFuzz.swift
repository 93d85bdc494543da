import Cryptography
import HTTPWire
import IAMPolicy
import S3Model
import S3Wire
import SigV4

/// Small formats: dates, ranges, entity tags, tags, addresses, names, encodings.
enum FieldsFuzz {
  static func run(_ input: [UInt8]) {
    guard input.count <= 2048 else { return }
    dates(input)
    ranges(input)
    names(input)
    encodings(input)
  }

  private static func dates(_ bytes: [UInt8]) {
    if let seconds = HTTPDate.parse(bytes, nowSeconds: 1_800_000_000) {
      expect(
        HTTPDate.parse(HTTPDate.format(seconds: seconds), nowSeconds: 1_800_000_000) == seconds,
        "a date stays what it is: \(seconds)")
    }
    if let milliseconds = ISO8601.parse(bytes) {
      expect(ISO8601.parse(ISO8601.format(milliseconds: milliseconds)) == milliseconds, "a time stays what it is")
    }
    _ = PolicyDate(parsing: bytes)
    bytes.withUnsafeBufferPointer { text in
      if let date = SigningDate(basic: text) {
        var again: [UInt8] = []
        date.appendBasic(to: &again)
        expect(again == bytes, "a signing date has one form")
      }
      _ = SigningDate(imfFixdate: text)
      _ = EntityTags.list(text, contains: [0x61], isWeak: true)
    }
    _ = EntityTags.unquoted(bytes)
  }

  private static func ranges(_ bytes: [UInt8]) {
    guard let range = RangeHeader(bytes) else { return }
    for size in [Int64(0), 1, 1000, .max] {
      guard let resolved = range.resolve(size: size) else { continue }
      expect(resolved.lowerBound >= 0 && resolved.upperBound <= size && !resolved.isEmpty, "a range is within")
      _ = RangeHeader.contentRange(resolved, size: size)
    }
  }

  private static func names(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let address = IPAddress(text) {
      expect(IPAddress(address.description) == address, "an address stays what it is")
    }
    if let network = IPNetwork(text) {
      _ = network.contains(IPAddress(ipv4: [10, 0, 0, 1]))
      _ = network.contains(IPAddress(ipv6: [UInt8](repeating: 1, count: 16)))
    }
    _ = ARN(ByteString(bytes))
    _ = AccountID(bytes)
    if let key = ConditionKey(parsing: bytes) {
      expect(ConditionKey(parsing: key.description.utf8)?.name == key.name, "a condition key stays what it is")
    }
    if let name = bytes.withUnsafeBufferPointer(BucketName.accessible) {
      expect(Array(name.utf8) == bytes, "a bucket's name is its bytes")
    }
    _ = BucketName.isCreatable(text)
    let parsed = Result { () throws(S3WireError) in try TagSet.parse(header: ByteString(bytes)) }
    if case .success(let tags) = parsed {
      let again = Result { () throws(S3WireError) in
        try TagSet.parse(header: ByteString(TagSet.header(tags)))
      }
      expect(again == parsed, "tags stay what they are")
    }
    _ = ObjectAttributes.Name.parse(header: bytes)
  }

  private static func encodings(_ bytes: [UInt8]) {
    for plus in [PercentDecoding.Plus.literal, .space] {
      let decoded = Result { () throws(S3WireError) in try PercentDecoding.decode(bytes, plus: plus) }
      guard case .success(let text) = decoded else { continue }
      let again = Result { () throws(S3WireError) in
        try PercentDecoding.decode(PercentEncoding.query(text.bytes), plus: plus)
      }
      expect(again == decoded, "text encoded anew is the same")
    }
    if let decoded = Base64.decode(bytes) { expect(Array(Base64.encode(decoded).utf8) == bytes, "base64 has one form") }
    if let decoded = Hex.decode(bytes) {
      expect(decoded.count * 2 == bytes.count, "two digits make a byte")
    }
  }
}
