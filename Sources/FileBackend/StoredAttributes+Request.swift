import Backend
import HTTPWire
import S3Model
import S3Wire

extension StoredAttributes {
  /// User metadata, names and values together. Source: Amazon S3 User Guide, "Working with object metadata".
  static let userBytesMax = 2048

  /// What the request's headers say about the object it makes.
  init(_ request: S3Request) throws(BackendFailure) {
    self.init()
    for field in SystemField.allCases {
      guard var value = request.header(field.field)?.bytes else { continue }
      if field == .contentEncoding { value = Self.withoutChunked(value) }
      if !value.isEmpty { system.append(SystemValue(field: field, value: value)) }
    }
    if !system.contains(where: { $0.field == .contentType }) {
      system.append(SystemValue(field: .contentType, value: Array("binary/octet-stream".utf8)))
    }
    var user: [NamedValue] = []
    request.forEachMetadata { name, value in user.append(NamedValue(name: name.bytes, value: value.bytes)) }
    let bytes = user.reduce(0) { $0 + $1.name.count + $1.value.count }
    guard bytes <= Self.userBytesMax else { throw .refused(.metadataTooLarge) }
    self.user = user
    guard let tagging = request.header(.xAmzTagging) else { return }
    do throws(S3WireError) {
      tags = FileOperations.pairs(try TagSet.parse(header: tagging))
    } catch {
      throw .refused(error.code)
    }
  }

  /// `aws-chunked` is a coding of the transfer, which the gateway has undone.
  private static func withoutChunked(_ value: [UInt8]) -> [UInt8] {
    let codings = value.split(separator: 0x2C).map { coding in
      Array(coding.drop { $0 == 0x20 || $0 == 0x09 }.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed())
    }
    let others = codings.filter { !$0.lazy.map(ASCII.lowercased).elementsEqual("aws-chunked".utf8) }
    return others.count == codings.count ? value : Array(others.joined(separator: [0x2C]))
  }
}
