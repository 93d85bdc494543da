import Backend
import Cryptography
import HTTPWire
import S3Model
import S3Wire

extension FileOperations {
  /// Source: Amazon S3 User Guide, "Amazon S3 multipart upload limits" and "Uploading objects".
  static let putBytesMax: UInt64 = 5 << 30

  static func putObject(_ request: BackendRequest, _ store: ObjectStore) -> FileWork {
    let length = request.contentLength ?? 0
    return .upload(length: length) { () throws(BackendFailure) -> PreparedUpload in
      let put = request.request
      try UnsupportedFeatures.check(put, accountID: store.accountID)
      let bucket = try store.bucket(put.bucket)
      let key = try key(put)
      guard length <= putBytesMax else { throw .refused(.entityTooLarge) }
      let condition = try WriteCondition(put)
      let attributes = try StoredAttributes(put)
      let announced = try RequestChecksum(put)
      let writer = try storage { () throws(FileError) in
        // As AWS does for clients that ask for none, so that every object's bytes can be checked.
        try ObjectWriter(store.temporaryPath(), checksum: announced?.algorithm ?? .crc64nvme)
      }
      return PreparedUpload(writer: writer) { (writer) throws(BackendFailure) -> FileReply in
        let digests = writer.digests()
        try check(digests.checksum, announced)
        let record = ObjectRecord(
          identity: try store.identity(), key: key, size: writer.size, modified: FileCalls.nowMilliseconds(),
          etag: EntityTag(md5: digests.md5), checksum: digests.checksum, attributes: attributes)
        try storage { () throws(FileError) in try writer.seal(record, syncs: store.syncs) }
        try store.commit(writer, record, in: bucket, if: condition)
        var fields = ResponseFields()
        fields.append(.etag, record.etag.quoted)
        fields.appendChecksum(of: record)
        return FileReply(fields: fields)
      }
    }
  }

  static func uploadPart(_ request: BackendRequest, _ store: ObjectStore) -> FileWork {
    let length = request.contentLength ?? 0
    return .upload(length: length) { () throws(BackendFailure) -> PreparedUpload in
      let put = request.request
      try UnsupportedFeatures.check(put, accountID: store.accountID)
      let bucket = try store.bucket(put.bucket)
      let upload = try store.upload(uploadID(put), key: try key(put), in: bucket)
      let number = try partNumber(put)
      guard length <= putBytesMax else { throw .refused(.entityTooLarge) }
      let announced = try RequestChecksum(put)
      if let wanted = upload.checksumAlgorithm, let announced, announced.algorithm != wanted {
        throw checksumMismatch(wanted, announced.algorithm)
      }
      let writer = try storage { () throws(FileError) in
        try ObjectWriter(store.temporaryPath(), checksum: announced?.algorithm ?? upload.checksumAlgorithm)
      }
      return PreparedUpload(writer: writer) { (writer) throws(BackendFailure) -> FileReply in
        let part = try sealPart(writer, of: upload, announced, store)
        try store.commitPart(writer, number: number, of: upload, in: bucket)
        var fields = ResponseFields()
        fields.append(.etag, part.etag.quoted)
        fields.appendChecksum(of: part)
        return FileReply(fields: fields)
      }
    }
  }

  /// Completes a part's file; a part is kept in the form of an object.
  static func sealPart(
    _ writer: ObjectWriter, of upload: Upload, _ announced: RequestChecksum?, _ store: ObjectStore
  ) throws(BackendFailure) -> ObjectRecord {
    let digests = writer.digests()
    try check(digests.checksum, announced)
    let record = ObjectRecord(
      identity: try store.identity(), key: upload.key, size: writer.size, modified: FileCalls.nowMilliseconds(),
      etag: EntityTag(md5: digests.md5), checksum: digests.checksum)
    try storage { () throws(FileError) in try writer.seal(record, syncs: store.syncs) }
    return record
  }

  static func check(_ computed: ChecksumValue?, _ announced: RequestChecksum?) throws(BackendFailure) {
    guard let expected = announced?.value, expected != computed else { return }
    throw .refused(
      .badDigest, "The \(expected.algorithm.name) you specified did not match the calculated checksum.")
  }

  static func checksumMismatch(_ wanted: ChecksumAlgorithm, _ given: ChecksumAlgorithm) -> BackendFailure {
    .refused(
      .invalidRequest,
      "Checksum Type mismatch occurred, expected checksum Type: \(lowercased(wanted)), actual checksum Type: \(lowercased(given))"
    )
  }

  private static func lowercased(_ algorithm: ChecksumAlgorithm) -> String { "\(algorithm.name)".lowercased() }

  /// The key, of legal length.
  static func key(_ request: S3Request) throws(BackendFailure) -> [UInt8] {
    guard let key = request.key?.bytes, !key.isEmpty else { throw .refused(.invalidRequest) }
    try check(key: key)
    return key
  }

  static func check(key: [UInt8]) throws(BackendFailure) {
    guard key.count <= 1024 else {
      throw .refused(
        StoreError(
          .keyTooLongError,
          details: [(name: "Size", value: String(key.count)), (name: "MaxSizeAllowed", value: "1024")]))
    }
    // The one byte that no file name can hold; no legal key has it.
    guard !key.contains(0) else { throw .refused(.invalidURI) }
  }

  static func uploadID(_ request: S3Request) throws(BackendFailure) -> [UInt8] {
    guard let id = request.query(.uploadID) else { throw .refused(.noSuchUpload) }
    return id.bytes
  }

  static func partNumber(_ request: S3Request) throws(BackendFailure) -> UInt16 {
    guard let text = request.query(.partNumber), let number = UInt16(text.text), (1...10_000).contains(number) else {
      throw .refused(
        StoreError(
          .invalidArgument, message: "Part number must be an integer between 1 and 10000, inclusive",
          details: [(name: "ArgumentName", value: "partNumber")]))
    }
    return number
  }
}

extension WriteCondition {
  /// Source: Amazon S3 API Reference, PutObject, `If-Match` and `If-None-Match`.
  init(_ request: S3Request) throws(BackendFailure) {
    if request.hasHeader(.ifNoneMatch) {
      guard request.header(.ifNoneMatch, equals: "*") else { throw .notImplemented }
      mustBeAbsent = true
    }
    if let match = request.header(.ifMatch) { etag = EntityTags.unquoted(match.bytes) }
    if mustBeAbsent, etag != nil { throw .notImplemented }
  }
}
