import Backend
import Glibc
import S3Model

extension ObjectStore {
  /// Makes a sealed file the object of its key: the one moment when anything changes for readers.
  func commit(
    _ writer: ObjectWriter, _ record: ObjectRecord, in bucket: Bucket, if condition: WriteCondition,
    andThen: () throws(BackendFailure) -> Void = {}
  ) throws(BackendFailure) {
    let location = KeyLocation(record.key, root: bucket.keys)
    let replaced = try bucket.keyLocks.locked(record.key) { () throws(BackendFailure) -> ObjectFile? in
      try bucket.checkExists()
      let current = try current(location, for: condition)
      try storage { () throws(FileError) in try move(writer.path, to: location, in: bucket) }
      writer.markMoved()
      cache.insert(location.entry, record.summary, in: location.folder.path)
      // The old tags name the old object, so that a crash here leaves nothing that could be mistaken.
      if let current, current.flags.contains(.hasSidecar) {
        try storage { () throws(FileError) in _ = try FileCalls.unlink(location.sidecar) }
      }
      try andThen()
      return current
    }
    try storage { () throws(FileError) in try syncIfThere(location.folder.path) }
    if let multipart = replaced?.record.multipart { try removeParts(multipart.uploadID, of: bucket) }
  }

  /// The object that a write replaces, once the write's condition holds.
  ///
  /// A damaged one can be replaced and deleted, unless the condition asks what it was; its part files, if it had any,
  /// are found by the next start.
  private func current(
    _ location: KeyLocation, for condition: WriteCondition
  ) throws(BackendFailure) -> ObjectFile? {
    let current: ObjectFile?
    do throws(FileError) {
      current = try ObjectFile.open(location.object)
    } catch {
      guard error.isDamage, condition.etag == nil else { throw BackendFailure(error) }
      if condition.mustBeAbsent { throw WriteCondition.failed("If-None-Match") }
      return nil
    }
    try condition.check(current?.record)
    return current
  }

  /// Renames into the key tree, making the folders that are missing. Others may remove a folder that became empty at
  /// any moment before the rename, hence the repetition.
  private func move(_ source: FilePath, to location: KeyLocation, in bucket: Bucket) throws(FileError) {
    let target = location.object
    var attempts = 0
    while true {
      do throws(FileError) {
        return try FileCalls.rename(source, to: target)
      } catch {
        attempts += 1
        guard error.isMissing, attempts < 100 else { throw error }
      }
      try makeFolders(location, in: bucket)
    }
  }

  private func makeFolders(_ location: KeyLocation, in bucket: Bucket) throws(FileError) {
    let result = bucket.structureLock.tried { () throws(FileError) in
      for (parent, folder) in zip(location.folders, location.folders.dropFirst()) {
        guard try FileCalls.makeFolder(folder.path) else { continue }
        try sync(parent.path)
        cache.insert(Array(folder.prefix[parent.prefix.count...]), nil, in: parent.path)
      }
    }
    try result.get()
  }

  /// Removes an object. A key without one is no failure: S3's deletes are idempotent.
  /// - Parameter syncsFolder: false when the caller syncs many at once.
  /// - Returns: the folder whose sync makes it durable; nil when there was no object.
  @discardableResult
  func delete(
    _ key: [UInt8], in bucket: Bucket, if condition: WriteCondition = WriteCondition(), syncsFolder: Bool = true
  ) throws(BackendFailure) -> FilePath? {
    let location = KeyLocation(key, root: bucket.keys)
    let removed = try bucket.keyLocks.locked(key) { () throws(BackendFailure) -> Removal in
      try bucket.checkExists()
      let current = try current(location, for: condition)
      return try storage { () throws(FileError) -> Removal in
        guard try FileCalls.unlink(location.object) else { return Removal(wasThere: false) }
        cache.remove(location.entry, in: location.folder.path)
        try FileCalls.unlink(location.sidecar)
        return Removal(wasThere: true, multipart: current?.record.multipart)
      }
    }
    guard removed.wasThere else { return nil }
    let durable = try storage { () throws(FileError) -> FilePath in
      let folder = try prune(location, in: bucket)
      if syncsFolder { try syncIfThere(folder) }
      return folder
    }
    if let multipart = removed.multipart { try removeParts(multipart.uploadID, of: bucket) }
    return durable
  }

  private struct Removal {
    var wasThere: Bool
    var multipart: ObjectRecord.Multipart?
  }

  /// Removes the folders of a key that hold nothing any more, from the innermost.
  /// - Returns: the innermost that is left.
  private func prune(_ location: KeyLocation, in bucket: Bucket) throws(FileError) -> FilePath {
    var folders = location.folders
    while folders.count > 1 {
      let folder = folders[folders.count - 1]
      let parent = folders[folders.count - 2]
      let result = bucket.structureLock.tried { () throws(FileError) -> Bool in
        guard try FileCalls.removeFolder(folder.path) else { return try !FileCalls.exists(folder.path) }
        cache.forget(folder.path)
        cache.remove(Array(folder.prefix[parent.prefix.count...]), in: parent.path)
        return true
      }
      guard try result.get() else { break }
      folders.removeLast()
    }
    return folders[folders.count - 1].path
  }

  /// Removes a completed upload's part files once no object refers to them, now or after the last reader.
  func removeParts(_ uploadID: [UInt8], of bucket: Bucket) throws(BackendFailure) {
    guard bucket.leases.doom(uploadID) else { return }
    try storage { () throws(FileError) in try FileCalls.removeTree(bucket.parts.appending(uploadID)) }
  }
}
