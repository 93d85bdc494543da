import Backend
import Cryptography
import HTTPWire
import S3Model
import S3Wire

extension FileOperations {
  static func copyObject(_ backendRequest: BackendRequest, _ store: ObjectStore) -> FileWork {
    let run = CopyRun { () throws(BackendFailure) -> CopyRun.Plan in
      let request = backendRequest.request
      try UnsupportedFeatures.check(request, accountID: store.accountID)
      let bucket = try store.bucket(request.bucket)
      let key = try key(request)
      let condition = try WriteCondition(request)
      let replacesMetadata = try isReplacing(request, .xAmzMetadataDirective)
      let replacesTags = try isReplacing(request, .xAmzTaggingDirective)
      let source = try openSource(request, store)
      if request.copySource?.bucket == bucket.name, request.copySource?.key.bytes == key, !replacesMetadata {
        throw .refused(
          .invalidRequest,
          "This copy request is illegal because it is trying to copy an object to itself without changing the "
            + "object's metadata, storage class, website redirect location or encryption attributes.")
      }
      guard source.object.record.size <= putBytesMax else { throw tooLargeToCopy() }
      var attributes = source.object.record.attributes
      attributes.tags = try store.tags(of: source.object, in: source.bucket)
      let given = try StoredAttributes(request)
      if replacesMetadata { (attributes.system, attributes.user) = (given.system, given.user) }
      if replacesTags { attributes.tags = given.tags }
      let final = attributes
      let named = try RequestChecksum.named(request, .xAmzChecksumAlgorithm)
      return try plan(source, 0..<source.object.record.size, named, store) {
        (writer, md5, checksum) throws(BackendFailure) -> FileReply in
        let record = ObjectRecord(
          identity: try store.identity(), key: key, size: writer.size, modified: FileCalls.nowMilliseconds(),
          etag: EntityTag(md5: md5), checksum: checksum, attributes: final)
        try storage { () throws(FileError) in try writer.seal(record, syncs: store.syncs) }
        try store.commit(writer, record, in: bucket, if: condition)
        return FileReply(document: record.copyResult(.object))
      }
    }
    return run.work
  }

  static func uploadPartCopy(_ backendRequest: BackendRequest, _ store: ObjectStore) -> FileWork {
    let run = CopyRun { () throws(BackendFailure) -> CopyRun.Plan in
      let request = backendRequest.request
      try UnsupportedFeatures.check(request, accountID: store.accountID)
      let bucket = try store.bucket(request.bucket)
      let upload = try store.upload(uploadID(request), key: try key(request), in: bucket)
      let number = try partNumber(request)
      let source = try openSource(request, store)
      let range = try copiedRange(request, source.object.record.size)
      guard range.count <= Int(putBytesMax) else { throw tooLargeToCopy() }
      return try plan(source, range, upload.checksumAlgorithm, store) {
        (writer, md5, checksum) throws(BackendFailure) -> FileReply in
        let record = ObjectRecord(
          identity: try store.identity(), key: upload.key, size: writer.size, modified: FileCalls.nowMilliseconds(),
          etag: EntityTag(md5: md5), checksum: checksum)
        try storage { () throws(FileError) in try writer.seal(record, syncs: store.syncs) }
        try store.commitPart(writer, number: number, of: upload, in: bucket)
        return FileReply(document: record.copyResult(.part))
      }
    }
    return run.work
  }

  private struct Source {
    let bucket: Bucket
    let object: ObjectFile
  }

  private static func openSource(_ request: S3Request, _ store: ObjectStore) throws(BackendFailure) -> Source {
    guard let named = request.copySource else { throw .refused(.invalidRequest) }
    let bucket = try store.bucket(named.bucket)
    try check(key: named.key.bytes)
    let object = try store.open(named.key.bytes, in: bucket)
    let conditions = ConditionalHeaders(source: request, nowSeconds: FileCalls.nowMilliseconds() / 1000)
    let outcome = conditions.evaluate(
      etag: object.record.etag.text, lastModifiedSeconds: object.record.modified / 1000, isCopySource: true)
    guard case .proceed = outcome else { throw .refused(.preconditionFailed) }
    return Source(bucket: bucket, object: object)
  }

  /// - Parameter named: the checksum asked for; else the copy has the source's kind.
  private static func plan(
    _ source: Source, _ range: Range<UInt64>, _ named: ChecksumAlgorithm?, _ store: ObjectStore,
    commit: @escaping @Sendable (ObjectWriter, [UInt8], ChecksumValue?) throws(BackendFailure) -> FileReply
  ) throws(BackendFailure) -> CopyRun.Plan {
    let record = source.object.record
    let algorithm = named ?? record.checksum?.algorithm
    // MD5 and checksum of a whole object that was put whole are known.
    let isKnown =
      record.multipart == nil && range == 0..<record.size && algorithm == record.checksum?.algorithm
    return try storage { () throws(FileError) in
      guard let reader = try ObjectReader(source.object, range, source.bucket) else {
        throw FileError("open part", 2)
      }
      let writer = try ObjectWriter(store.temporaryPath(), checksum: isKnown ? nil : algorithm)
      return CopyRun.Plan(
        reader: reader, writer: writer, known: isKnown ? (record.etag.md5, record.checksum) : nil, commit: commit)
    }
  }

  private static func isReplacing(_ request: S3Request, _ field: FieldName) throws(BackendFailure) -> Bool {
    if !request.hasHeader(field) || request.header(field, equals: "COPY") { return false }
    guard request.header(field, equals: "REPLACE") else {
      throw .refused(
        StoreError(
          .invalidArgument, message: "Unknown directive.", details: [(name: "ArgumentName", value: "\(field.name)")]))
    }
    return true
  }

  /// `x-amz-copy-source-range: bytes=first-last`; unlike a GET's it must lie within the source.
  private static func copiedRange(_ request: S3Request, _ size: UInt64) throws(BackendFailure) -> Range<UInt64> {
    guard let header = request.header(.xAmzCopySourceRange) else { return 0..<size }
    guard case .from(let first, through: let last?)? = RangeHeader(header.bytes) else {
      throw .refused(
        .invalidArgument,
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
          + "zero-based offsets of the first and last bytes to copy")
    }
    guard UInt64(last) < size else {
      throw .refused(.invalidArgument, "Range specified is not valid for source object of size: \(size)")
    }
    return UInt64(first)..<UInt64(last) + 1
  }

  private static func tooLargeToCopy() -> BackendFailure {
    .refused(
      .invalidRequest,
      "The specified copy source is larger than the maximum allowable size for a copy source: \(putBytesMax)")
  }
}

extension ObjectRecord {
  fileprivate func copyResult(_ kind: CopyResult.Kind) -> [UInt8] {
    var result = CopyResult(kind, etag: etag.text, modified: modified)
    if checksum != nil {
      result.checksums = documentChecksums
      result.checksumType = checksumType.name
    }
    return result.document
  }
}
