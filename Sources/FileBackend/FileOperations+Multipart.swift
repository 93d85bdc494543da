import Backend
import Cryptography
import HTTPWire
import S3Model
import S3Wire

extension FileOperations {
  static func createMultipartUpload(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    let asked = request.request
    let bucket = try store.bucket(asked.bucket)
    let initiated = FileCalls.nowMilliseconds()
    var upload = Upload(
      id: try Upload.newID(initiated, random: store.identity()), key: try key(asked), initiated: initiated)
    upload.attributes = try StoredAttributes(asked)
    upload.checksumAlgorithm = try RequestChecksum.named(asked, .xAmzChecksumAlgorithm)
    upload.checksumType = try checksumType(asked, upload.checksumAlgorithm)
    try store.create(upload, in: bucket)
    var fields = ResponseFields()
    if let algorithm = upload.checksumAlgorithm {
      fields.append(.xAmzChecksumAlgorithm, "\(algorithm.name)")
      fields.append(.xAmzChecksumType, upload.checksumType.name)
    }
    let result = InitiateMultipartUploadResult(
      bucket: bucket.name, key: ByteString(upload.key), uploadID: ByteString(upload.id).text)
    return FileReply(document: result.document, fields: fields)
  }

  /// Source: Amazon S3 User Guide, "Checking object integrity": which algorithm has which types.
  private static func checksumType(
    _ request: S3Request, _ algorithm: ChecksumAlgorithm?
  ) throws(BackendFailure) -> ChecksumType {
    let asked = try askedType(request)
    guard let algorithm else {
      if asked != nil {
        throw .refused(
          .invalidRequest, "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
      }
      return .composite
    }
    let type = asked ?? (algorithm == .crc64nvme ? .fullObject : .composite)
    let isPossible =
      switch algorithm {
      case .crc32, .crc32c: true
      case .crc64nvme: type == .fullObject
      case .sha1, .sha256, .md5: type == .composite
      }
    guard isPossible else {
      throw .refused(
        .invalidRequest, "The \(type.name) checksum type cannot be used with the \(algorithm.name) checksum algorithm.")
    }
    return type
  }

  private static func askedType(_ request: S3Request) throws(BackendFailure) -> ChecksumType? {
    if !request.hasHeader(.xAmzChecksumType) { return nil }
    if request.header(.xAmzChecksumType, equals: "COMPOSITE") { return .composite }
    if request.header(.xAmzChecksumType, equals: "FULL_OBJECT") { return .fullObject }
    throw .refused(.invalidRequest, "Value for x-amz-checksum-type header is invalid.")
  }

  static func completeMultipartUpload(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    let asked = request.request
    let bucket = try store.bucket(asked.bucket)
    let key = try key(asked)
    let id = try uploadID(asked)
    // An unknown upload is told before anything about its document.
    let upload = try store.upload(id, key: key, in: bucket)
    let named = try document(request) { bytes throws(S3WireError) in
      try CompleteMultipartUploadRequest(document: bytes)
    }
    var completion = ObjectStore.Completion()
    completion.parts = try named.parts.map { part throws(BackendFailure) in try namedPart(part) }
    completion.condition = try WriteCondition(asked)
    if let announced = try RequestChecksum(asked), let value = announced.value {
      guard value.algorithm == upload.checksumAlgorithm else {
        throw .refused(.invalidRequest, "The upload was not created with that checksum algorithm.")
      }
      if let count = announced.partCount, count != named.parts.count { throw .refused(.badDigest) }
      completion.checksum = value
    }
    if let type = try askedType(asked), type != upload.checksumType {
      throw .refused(.invalidRequest, "The upload was not created with that checksum type.")
    }
    if let header = asked.header(.xAmzMpObjectSize) {
      guard let size = DecimalInteger.parse(header.bytes) else {
        throw .refused(.invalidRequest, "Value for x-amz-mp-object-size header is invalid.")
      }
      completion.size = UInt64(size)
    }
    let record = try store.complete(id, key: key, in: bucket, completion)
    let location = Array("\(request.clientEndpoint)/\(bucket.name)/".utf8) + PercentEncoding.path(key)
    var result = CompleteMultipartUploadResult(
      location: ByteString(location), bucket: bucket.name, key: ByteString(key), etag: record.etag.text)
    if record.checksum != nil {
      result.checksums = record.documentChecksums
      result.checksumType = record.checksumType.name
    }
    return FileReply(document: result.document)
  }

  private static func namedPart(
    _ part: CompleteMultipartUploadRequest.Part
  ) throws(BackendFailure) -> ObjectStore.Completion.NamedPart {
    var named = ObjectStore.Completion.NamedPart(number: UInt64(part.number), etag: Array(part.etag.utf8))
    for checksum in part.checksums {
      guard named.checksum == nil, let value = ChecksumValue(checksum) else { throw .refused(.invalidPart) }
      named.checksum = value
    }
    return named
  }

  static func abortMultipartUpload(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    let bucket = try store.bucket(request.request.bucket)
    let upload = try store.upload(uploadID(request.request), key: key(request.request), in: bucket)
    try store.abort(upload, in: bucket)
    return FileReply(status: 204)
  }

  static func listParts(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    let asked = request.request
    let bucket = try store.bucket(asked.bucket)
    let upload = try store.upload(uploadID(asked), key: key(asked), in: bucket)
    let marker = asked.query(.partNumberMarker).flatMap { DecimalInteger.parse($0.bytes) } ?? 0
    var result = ListPartsResult(
      bucket: bucket.name, key: ByteString(upload.key), uploadID: ByteString(upload.id).text, owner: owner(store))
    result.partNumberMarker = Int(marker)
    result.maxParts = limit(asked, .maxParts)
    let page = try store.parts(
      of: upload, in: bucket, after: UInt16(clamping: marker), limit: result.maxParts)
    result.isTruncated = page.isTruncated && result.maxParts > 0
    if let algorithm = upload.checksumAlgorithm {
      result.checksumAlgorithm = "\(algorithm.name)"
      result.checksumType = upload.checksumType.name
    }
    for part in page.parts {
      var listed = ListPartsResult.Part(
        number: Int(part.number), modified: part.modified, etag: EntityTag(md5: part.md5).text, size: part.size)
      listed.checksums = part.checksum.map { [$0.documented] } ?? []
      result.parts.append(listed)
    }
    result.nextPartNumberMarker = result.parts.last?.number
    return FileReply(document: result.document)
  }

  static func listMultipartUploads(
    _ request: BackendRequest, _ store: ObjectStore
  ) throws(BackendFailure) -> FileReply {
    let asked = request.request
    let bucket = try store.bucket(asked.bucket)
    let page = UploadPage(asked, try store.uploads(of: bucket, prefix: asked.query(.prefix)?.bytes ?? []))
    var result = ListMultipartUploadsResult(bucket: bucket.name)
    result.prefix = asked.query(.prefix) ?? ""
    result.delimiter = page.delimiter.isEmpty ? nil : ByteString(page.delimiter)
    result.keyMarker = asked.query(.keyMarker) ?? ""
    result.uploadIDMarker = asked.query(.uploadIDMarker) ?? ""
    result.maxUploads = page.limit
    result.isTruncated = page.isTruncated
    result.encoding = ListingEncoding(asked)
    result.nextKeyMarker = page.next.map { ByteString($0.key) }
    result.nextUploadIDMarker = page.next.map { ByteString($0.id) }
    result.commonPrefixes = page.commonPrefixes.map { ByteString($0) }
    for upload in page.uploads {
      var listed = ListMultipartUploadsResult.Upload(
        key: ByteString(upload.key), uploadID: ByteString(upload.id).text, initiated: upload.initiated,
        owner: owner(store))
      if let algorithm = upload.checksumAlgorithm {
        listed.checksumAlgorithm = "\(algorithm.name)"
        listed.checksumType = upload.checksumType.name
      }
      result.uploads.append(listed)
    }
    return FileReply(document: result.document)
  }
}

/// One page of the uploads in progress.
private struct UploadPage {
  let delimiter: [UInt8]
  let limit: Int
  private(set) var uploads: [Upload] = []
  private(set) var commonPrefixes: [[UInt8]] = []
  private(set) var isTruncated = false
  /// What the page ends with, when there is more; the id is empty behind a common prefix.
  private(set) var next: (key: [UInt8], id: [UInt8])?

  /// - Parameter all: with the prefix, in order.
  init(_ request: S3Request, _ all: [Upload]) {
    delimiter = request.query(.delimiter)?.bytes ?? []
    limit = FileOperations.limit(request, .maxUploads)
    let prefixCount = request.query(.prefix)?.count ?? 0
    let keyMarker = request.query(.keyMarker)?.bytes ?? []
    let idMarker = request.query(.uploadIDMarker)?.bytes ?? []
    guard limit > 0 else { return }
    var last: (key: [UInt8], id: [UInt8])?
    for upload in all {
      if let end = ByteOrder.end(of: delimiter, in: upload.key, from: prefixCount) {
        let common = Array(upload.key[..<end])
        if common == commonPrefixes.last || ByteOrder.compare(common, keyMarker) <= 0 { continue }
        isTruncated = uploads.count + commonPrefixes.count == limit
        if isTruncated { break }
        commonPrefixes.append(common)
        last = (common, [])
      } else {
        guard Self.isBehind(upload, keyMarker, idMarker) else { continue }
        isTruncated = uploads.count + commonPrefixes.count == limit
        if isTruncated { break }
        uploads.append(upload)
        last = (upload.key, upload.id)
      }
    }
    if isTruncated { next = last }
  }

  /// Without an id marker the uploads of the marker's key are done with; with one, those up to it.
  private static func isBehind(_ upload: Upload, _ keyMarker: [UInt8], _ idMarker: [UInt8]) -> Bool {
    guard !keyMarker.isEmpty else { return true }
    let order = ByteOrder.compare(upload.key, keyMarker)
    if order != 0 || idMarker.isEmpty { return order > 0 }
    return ByteOrder.compare(upload.id, idMarker) > 0
  }
}
