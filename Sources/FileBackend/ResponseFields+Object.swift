import Backend
import Cryptography
import HTTPWire
import S3Model
import S3Wire

extension ResponseFields {
  /// The checksum's header and its type.
  mutating func appendChecksum(of record: ObjectRecord) {
    guard let checksum = record.checksum else { return }
    append(checksum.algorithm.field, record.checksumText ?? "")
    append(.xAmzChecksumType, record.checksumType.name)
  }

  /// What both GET and HEAD say of an object.
  mutating func append(_ record: ObjectRecord, overridesOf request: S3Request) {
    reserve(512)
    append(.lastModified, HTTPDate.format(seconds: record.modified / 1000))
    append(.etag, record.etag.quoted)
    append(.acceptRanges, "bytes")
    for field in SystemField.allCases {
      if let value = request.query(field.override) {
        append(field.field, value.bytes)
      } else if let value = record.attributes.system.first(where: { $0.field == field })?.value {
        append(field.field, value)
      }
    }
    for pair in record.attributes.user {
      append(name: Self.metadataPrefix + pair.name, value: pair.value)
    }
  }

  private static let metadataPrefix = Array("x-amz-meta-".utf8)
}

extension SystemField {
  /// The parameter with which a read asks for another value.
  var override: QueryName {
    switch self {
    case .contentType: .responseContentType
    case .contentEncoding: .responseContentEncoding
    case .contentDisposition: .responseContentDisposition
    case .contentLanguage: .responseContentLanguage
    case .cacheControl: .responseCacheControl
    case .expires: .responseExpires
    }
  }
}

extension ObjectRecord {
  /// As headers and documents carry it: base64, and for a composite one the number of parts.
  var checksumText: String? {
    guard let checksum else { return nil }
    return checksumType == .composite ? "\(checksum.base64)-\(etag.partCount)" : checksum.base64
  }
}
