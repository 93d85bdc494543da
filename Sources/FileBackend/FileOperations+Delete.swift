import Backend
import HTTPWire
import S3Model
import S3Wire

extension FileOperations {
  static func deleteObject(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    let bucket = try store.bucket(request.request.bucket)
    var condition = WriteCondition()
    if let match = request.request.header(.ifMatch) { condition.etag = EntityTags.unquoted(match.bytes) }
    try store.delete(key(request.request), in: bucket, if: condition)
    return FileReply(status: 204)
  }

  static func deleteObjects(_ request: BackendRequest, _ store: ObjectStore) throws(BackendFailure) -> FileReply {
    let bucket = try store.bucket(request.request.bucket)
    let deletions = try document(request) { bytes throws(S3WireError) in try DeleteObjectsRequest(document: bytes) }
    var result = DeleteResult()
    var folders: Set<FilePath> = []
    for entry in deletions.entries {
      do throws(BackendFailure) {
        if let folder = try delete(entry, in: bucket, store) { folders.insert(folder) }
        if !deletions.isQuiet {
          result.deleted.append(DeleteResult.Deleted(key: entry.key, versionID: entry.versionID))
        }
      } catch {
        result.failures.append(failure(entry, error))
      }
    }
    // One sync per folder, not per key; confirmed only after all of them.
    for folder in folders { try storage { () throws(FileError) in try store.syncIfThere(folder) } }
    return FileReply(document: result.document)
  }

  private static func failure(
    _ entry: DeleteObjectsRequest.Entry, _ failure: BackendFailure
  ) -> DeleteResult.Failure {
    switch failure {
    case .refused(let error):
      DeleteResult.Failure(
        key: entry.key, versionID: entry.versionID, code: "\(error.code.name)", message: error.message)
    case .notImplemented: DeleteResult.Failure(key: entry.key, versionID: entry.versionID, .notImplemented)
    case .unavailable, .credentialsRefused, .timedOut, .malformedResponse, .brokeOff, .storageFailed, .storageFull:
      DeleteResult.Failure(key: entry.key, versionID: entry.versionID, .internalError)
    }
  }

  private static func delete(
    _ entry: DeleteObjectsRequest.Entry, in bucket: Bucket, _ store: ObjectStore
  ) throws(BackendFailure) -> FilePath? {
    if let version = entry.versionID, version != "null" { throw .refused(.noSuchVersion) }
    guard entry.lastModifiedTime == nil, entry.size == nil else { throw .notImplemented }
    var condition = WriteCondition()
    if let etag = entry.etag { condition.etag = EntityTags.unquoted(etag.bytes) }
    try check(key: entry.key.bytes)
    return try store.delete(entry.key.bytes, in: bucket, if: condition, syncsFolder: false)
  }

  /// Reads the request's document, or refuses it as AWS does.
  static func document<Document>(
    _ request: BackendRequest, _ read: ([UInt8]) throws(S3WireError) -> Document
  ) throws(BackendFailure) -> Document {
    do throws(S3WireError) {
      return try read(request.document ?? [])
    } catch {
      throw .refused(error.code)
    }
  }
}
