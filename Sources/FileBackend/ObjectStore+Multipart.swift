import Backend
import Cryptography
import Glibc
import S3Model

extension ObjectStore {
  func create(_ upload: Upload, in bucket: Bucket) throws(BackendFailure) {
    let draft = temporaryPath()
    try storage { () throws(FileError) in
      _ = try FileCalls.makeFolder(draft)
      let file = try OpenFile(draft.appending(Upload.infoName), O_WRONLY | O_CREAT | O_EXCL)
      try file.write(upload.encoded())
      try sync(file)
      try sync(draft)
    }
    try bucket.uploadLocks.locked(upload.id) { () throws(BackendFailure) in
      try bucket.checkExists()
      try storage { () throws(FileError) in
        try FileCalls.rename(draft, to: bucket.uploads.appending(upload.id))
        try sync(bucket.uploads)
      }
    }
  }

  /// - Parameter key: the request's; an id of another key's upload is none of its.
  func upload(_ id: [UInt8], key: [UInt8], in bucket: Bucket) throws(BackendFailure) -> Upload {
    guard Upload.isID(id),
      let bytes = try storage({ () throws(FileError) in
        try FileCalls.readAll(bucket.uploads.appending(id).appending(Upload.infoName))
      })
    else { throw .refused(.noSuchUpload) }
    guard let upload = Upload(id: id, decoding: bytes) else { throw BackendFailure(ObjectFile.damaged) }
    guard upload.key == key else { throw .refused(.noSuchUpload) }
    return upload
  }

  func commitPart(
    _ writer: ObjectWriter, number: UInt16, of upload: Upload, in bucket: Bucket
  ) throws(BackendFailure) {
    let folder = bucket.uploads.appending(upload.id)
    try bucket.uploadLocks.locked(upload.id) { () throws(BackendFailure) in
      try bucket.checkExists()
      do throws(FileError) {
        try FileCalls.rename(writer.path, to: folder.appending(PartName.of(number)))
        writer.markMoved()
        try sync(folder)
      } catch {
        if error.isMissing { throw .refused(.noSuchUpload) }
        throw BackendFailure(error)
      }
    }
  }

  /// The parts that are there, ascending, `after` excluded.
  func parts(
    of upload: Upload, in bucket: Bucket, after: UInt16 = 0, limit: Int = .max
  ) throws(BackendFailure) -> (parts: [UploadedPart], isTruncated: Bool) {
    try storage { () throws(FileError) in
      let folder = bucket.uploads.appending(upload.id)
      var numbers: [UInt16] = []
      try FileCalls.forEachName(in: folder) { name in
        if let number = PartName.number(Array(name)), number > after { numbers.append(number) }
        return true
      }
      numbers.sort()
      var parts: [UploadedPart] = []
      for number in numbers {
        if parts.count == limit { return (parts, true) }
        guard let part = try part(number, in: folder) else { continue }
        parts.append(part)
      }
      return (parts, false)
    }
  }

  private func part(_ number: UInt16, in folder: FilePath) throws(FileError) -> UploadedPart? {
    guard let file = try ObjectFile.open(folder.appending(PartName.of(number))) else { return nil }
    let record = file.record
    return UploadedPart(
      number: number, size: record.size, modified: record.modified, md5: record.etag.md5, checksum: record.checksum)
  }

  /// All uploads in progress, by key, then by id, which is by start.
  ///
  /// Read anew each time: uploads in progress are few, and the folder tells the truth.
  func uploads(of bucket: Bucket, prefix: [UInt8]) throws(BackendFailure) -> [Upload] {
    var uploads: [Upload] = []
    try storage { () throws(FileError) in
      for id in try FileCalls.names(in: bucket.uploads) where Upload.isID(id) {
        guard let bytes = try FileCalls.readAll(bucket.uploads.appending(id).appending(Upload.infoName)),
          let upload = Upload(id: id, decoding: bytes), ByteOrder.hasPrefix(upload.key, prefix)
        else { continue }
        uploads.append(upload)
      }
    }
    return uploads.sorted { left, right in
      let order = ByteOrder.compare(left.key, right.key)
      if order != 0 { return order < 0 }
      return ByteOrder.compare(left.id, right.id) < 0
    }
  }

  func abort(_ upload: Upload, in bucket: Bucket) throws(BackendFailure) {
    let grave = temporaryPath()
    try bucket.uploadLocks.locked(upload.id) { () throws(BackendFailure) in
      do throws(FileError) {
        try FileCalls.rename(bucket.uploads.appending(upload.id), to: grave)
        try sync(bucket.uploads)
      } catch {
        if error.isMissing { throw .refused(.noSuchUpload) }
        throw BackendFailure(error)
      }
    }
    try storage { () throws(FileError) in try FileCalls.removeTree(grave) }
  }

  /// What CompleteMultipartUpload asks for.
  struct Completion: Sendable {
    var parts: [NamedPart] = []
    var condition = WriteCondition()
    /// `x-amz-checksum-*` of the whole object, as the client expects it.
    var checksum: ChecksumValue?
    /// `x-amz-mp-object-size`.
    var size: UInt64?

    struct NamedPart: Sendable {
      var number: UInt64
      /// Without quotes.
      var etag: [UInt8]
      var checksum: ChecksumValue?
    }
  }

  /// Makes an object of an upload's parts without copying them: the object's record names their files.
  ///
  /// The order that a crash cannot break: the record becomes visible while the part files are still in `uploads`
  /// (readers look there too), then the folder moves. The next start finishes or forgets what was under way.
  func complete(
    _ id: [UInt8], key: [UInt8], in bucket: Bucket, _ completion: Completion
  ) throws(BackendFailure) -> ObjectRecord {
    let record = try bucket.uploadLocks.locked(id) { () throws(BackendFailure) -> ObjectRecord in
      let upload = try upload(id, key: key, in: bucket)
      let parts = try chosenParts(completion.parts, of: upload, in: bucket)
      let record = try CompletedObject(upload, parts, completion).record(
        identity: identity(), modified: FileCalls.nowMilliseconds())
      let writer = try storage { () throws(FileError) in try ObjectWriter(temporaryPath(), checksum: nil) }
      try storage { () throws(FileError) in try writer.seal(record, syncs: syncs) }
      try commit(writer, record, in: bucket, if: completion.condition) { () throws(BackendFailure) in
        try storage { () throws(FileError) in
          try FileCalls.rename(bucket.uploads.appending(id), to: bucket.parts.appending(id))
          try sync(bucket.parts)
          try sync(bucket.uploads)
        }
      }
      return record
    }
    try removeUnusedParts(of: record, in: bucket)
    return record
  }

  private func chosenParts(
    _ named: [Completion.NamedPart], of upload: Upload, in bucket: Bucket
  ) throws(BackendFailure) -> [UploadedPart] {
    guard !named.isEmpty else { throw .refused(.malformedXML) }
    let folder = bucket.uploads.appending(upload.id)
    var chosen: [UploadedPart] = []
    chosen.reserveCapacity(named.count)
    for name in named {
      if let last = chosen.last, name.number <= UInt64(last.number) { throw .refused(.invalidPartOrder) }
      guard let number = UInt16(exactly: name.number), (1...10_000).contains(number),
        let part = try storage({ () throws(FileError) in try part(number, in: folder) }),
        EntityTag(md5: part.md5).text == name.etag,
        name.checksum == nil || name.checksum == part.checksum
      else { throw .refused(.invalidPart) }
      chosen.append(part)
    }
    for part in chosen.dropLast() where part.size < Self.partBytesMin {
      throw .refused(
        StoreError(
          .entityTooSmall,
          details: [
            (name: "ProposedSize", value: String(part.size)),
            (name: "MinSizeAllowed", value: String(Self.partBytesMin)),
            (name: "PartNumber", value: String(part.number)),
            (name: "ETag", value: String(decoding: EntityTag(md5: part.md5).text, as: UTF8.self)),
          ]))
    }
    return chosen
  }

  /// Every part but the last. Source: Amazon S3 User Guide, "Amazon S3 multipart upload limits".
  static let partBytesMin: UInt64 = 5 << 20
  static let objectBytesMax: UInt64 = 5 << 40

  /// Parts that were uploaded but not named in the completion.
  private func removeUnusedParts(of record: ObjectRecord, in bucket: Bucket) throws(BackendFailure) {
    guard let multipart = record.multipart else { return }
    let used = Set(multipart.parts.map { PartName.of($0.number) })
    let folder = bucket.parts.appending(multipart.uploadID)
    try storage { () throws(FileError) in
      for name in try FileCalls.names(in: folder) where PartName.number(name) != nil && !used.contains(name) {
        try FileCalls.unlink(folder.appending(name))
      }
    }
  }

  /// Finishes or forgets completions that a crash interrupted. One look per upload and per completed upload.
  func recoverUploads() throws(FileBackendError) {
    do throws(FileError) {
      for bucket in allBuckets() {
        for id in try FileCalls.names(in: bucket.uploads) where Upload.isID(id) {
          if try isReferred(id, from: bucket.uploads, in: bucket) == true {
            try FileCalls.rename(bucket.uploads.appending(id), to: bucket.parts.appending(id))
          }
        }
        for id in try FileCalls.names(in: bucket.parts) where Upload.isID(id) {
          if try isReferred(id, from: bucket.parts, in: bucket) == false {
            try FileCalls.removeTree(bucket.parts.appending(id))
          }
        }
      }
    } catch {
      throw .file(call: "\(error.call)", code: error.code)
    }
  }

  /// Whether the object of an upload's key consists of that upload's parts; nil when a damaged file hides it.
  private func isReferred(_ id: [UInt8], from folder: FilePath, in bucket: Bucket) throws(FileError) -> Bool? {
    guard let bytes = try FileCalls.readAll(folder.appending(id).appending(Upload.infoName)),
      let upload = Upload(id: id, decoding: bytes)
    else { return nil }
    do throws(FileError) {
      let object = try ObjectFile.open(KeyLocation(upload.key, root: bucket.keys).object)
      return object?.record.multipart?.uploadID == id
    } catch {
      if error.isDamage { return nil }
      throw error
    }
  }
}

/// A part of an upload in progress.
struct UploadedPart: Sendable {
  var number: UInt16
  var size: UInt64
  var modified: Int64
  var md5: [UInt8]
  var checksum: ChecksumValue?
}
