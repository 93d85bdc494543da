import Backend
import Glibc
import S3Model

extension ObjectStore {
  /// An object's record and open file, with the tags it has now.
  func open(_ key: [UInt8], in bucket: Bucket, wholeMax: UInt64 = 0) throws(BackendFailure) -> ObjectFile {
    let path = KeyLocation(key, root: bucket.keys).object
    let object = try storage { () throws(FileError) in try ObjectFile.open(path, wholeMax: wholeMax) }
    if let object { return object }
    try bucket.checkExists()
    throw .refused(.noSuchKey)
  }

  func tags(of object: ObjectFile, in bucket: Bucket) throws(BackendFailure) -> [NamedValue] {
    guard object.flags.contains(.hasSidecar) else { return object.record.attributes.tags }
    let location = KeyLocation(object.record.key, root: bucket.keys)
    guard let bytes = try storage({ () throws(FileError) in try FileCalls.readAll(location.sidecar) }) else {
      return object.record.attributes.tags
    }
    guard let sidecar = TagSidecar(decoding: bytes) else { throw BackendFailure(ObjectFile.damaged) }
    return sidecar.identity == object.record.identity ? sidecar.tags : object.record.attributes.tags
  }

  func setTags(_ tags: [NamedValue], of key: [UInt8], in bucket: Bucket) throws(BackendFailure) {
    let location = KeyLocation(key, root: bucket.keys)
    try bucket.keyLocks.locked(key) { () throws(BackendFailure) in
      try bucket.checkExists()
      let object = try open(key, in: bucket)
      // The flag first: without a sidecar it changes nothing, but a sidecar without the flag would not be seen.
      if !object.flags.contains(.hasSidecar) {
        try storage { () throws(FileError) in
          let file = try OpenFile(location.object, O_WRONLY)
          try file.write(byte: object.flags.union(.hasSidecar).rawValue, at: object.flagsOffset)
          try sync(file)
        }
      }
      try replace(location.sidecar, with: TagSidecar(identity: object.record.identity, tags: tags).encoded())
    }
  }
}
