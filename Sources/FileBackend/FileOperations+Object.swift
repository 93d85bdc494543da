import Backend
import HTTPWire
import S3Model
import S3Wire

extension FileOperations {
  // MARK: Tags

  static func getObjectTagging(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    let bucket = try store.bucket(request.request.bucket)
    let object = try store.open(key(request.request), in: bucket)
    return FileReply(document: TagSet.document(objectTags(try store.tags(of: object, in: bucket))))
  }

  static func putObjectTagging(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    let bucket = try store.bucket(request.request.bucket)
    let tags = try document(request) { bytes throws(S3WireError) in
      try TagSet.parse(document: bytes, countMax: TagSet.objectTagsMax)
    }
    try store.setTags(pairs(tags), of: key(request.request), in: bucket)
    return FileReply()
  }

  static func deleteObjectTagging(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    let bucket = try store.bucket(request.request.bucket)
    try store.setTags([], of: key(request.request), in: bucket)
    return FileReply(status: 204)
  }

  // MARK: Access control lists

  static func getObjectAcl(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    _ = try store.open(key(request.request), in: store.bucket(request.request.bucket))
    return FileReply(document: AccessControlPolicy(ownerID: store.accountID).document)
  }

  static func putObjectAcl(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    _ = try store.open(key(request.request), in: store.bucket(request.request.bucket))
    try checkACL(request, store)
    return FileReply()
  }

  // MARK: Attributes

  static func getObjectAttributes(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    let asked = request.request
    guard let header = asked.header(.xAmzObjectAttributes),
      let names = ObjectAttributes.Name.parse(header: header.bytes)
    else {
      throw .refused(
        StoreError(
          .invalidArgument, message: "Invalid attribute name specified.",
          details: [(name: "ArgumentName", value: "x-amz-object-attributes")]))
    }
    let record = try store.open(key(asked), in: store.bucket(asked.bucket)).record
    var result = ObjectAttributes()
    if names.contains(.etag) { result.etag = record.etag.text }
    if names.contains(.objectSize) { result.size = record.size }
    if names.contains(.storageClass) { result.storageClass = "STANDARD" }
    if names.contains(.checksum), record.checksum != nil {
      result.checksums = record.documentChecksums
      result.checksumType = record.checksumType.name
    }
    if names.contains(.objectParts), let parts = record.multipart?.parts {
      result.parts = try attributes(of: parts, asked)
    }
    var fields = ResponseFields()
    fields.append(.lastModified, HTTPDate.format(seconds: record.modified / 1000))
    return FileReply(document: result.document, fields: fields)
  }

  /// The parts one by one only where they have checksums, as AWS.
  private static func attributes(
    of parts: [ObjectRecord.Part], _ request: S3Request
  ) throws(BackendFailure) -> ObjectAttributes.Parts {
    var result = ObjectAttributes.Parts(totalCount: parts.count)
    result.partNumberMarker = try number(request, .xAmzPartNumberMarker) ?? 0
    result.maxParts = min(try number(request, .xAmzMaxParts) ?? listedMax, listedMax)
    guard parts.contains(where: { $0.checksum != nil }) else { return result }
    for part in parts where Int(part.number) > result.partNumberMarker {
      guard result.parts.count < result.maxParts else {
        result.isTruncated = true
        break
      }
      var listed = ObjectAttributes.Parts.Part(number: Int(part.number), size: part.size)
      listed.checksums = part.checksum.map { [$0.documented] } ?? []
      result.parts.append(listed)
    }
    result.nextPartNumberMarker = result.parts.last?.number
    return result
  }

  private static func number(_ request: S3Request, _ field: FieldName) throws(BackendFailure) -> Int? {
    guard let value = request.header(field) else { return nil }
    guard let number = DecimalInteger.parse(value.bytes), number <= Int64(Int32.max) else {
      throw .refused(StoreError(.invalidArgument, details: [(name: "ArgumentName", value: "\(field.name)")]))
    }
    return Int(number)
  }
}
