import Backend
import Glibc
import NIOCore
import S3Model
import Testing

@testable import FileBackend

/// What a killed process can leave, and what the next one makes of it.
@Suite struct CrashTests {
  private let folder = TemporaryFolder()

  private func put(_ key: String, _ body: [UInt8], _ store: ObjectStore) throws {
    try ListingTests.put(Array(key.utf8), store, store.bucket("bucket"), body)
  }

  private func read(_ key: String, _ store: ObjectStore) throws -> [UInt8] {
    let bucket = try store.bucket("bucket")
    let object = try store.open(Array(key.utf8), in: bucket)
    let reader = try #require(try ObjectReader(object, 0..<object.record.size, bucket))
    defer { reader.close() }
    var bytes: [UInt8] = []
    while let piece = try reader.read(1 << 20) { bytes += Array(piece.readableBytesView) }
    return bytes
  }

  @Test func halfWrittenFilesAreNeverSeenAndGoAway() throws {
    do {
      let store = try ObjectStore(folder.options)
      _ = try store.createBucket("bucket")
      try put("key", [1, 2, 3], store)
      // Died while writing, between sealing and renaming, while making a bucket and after half a rename.
      let writer = try ObjectWriter(store.temporaryPath(), checksum: nil)
      try [UInt8](repeating: 7, count: 1000).withUnsafeBytes { try writer.append($0) }
      writer.markMoved()
      _ = try FileCalls.makeFolder(store.temporaryPath())
      _ = try FileCalls.makeFolder(store.bucketsFolder.appending("half-made"))
      _ = try FileCalls.makeFolder(store.bucket("bucket").keys.appending("d_empty"))
      #expect(try FileCalls.names(in: store.temporary).count == 2)
    }
    let store = try ObjectStore(folder.options)
    #expect(try FileCalls.names(in: store.temporary).isEmpty)
    #expect(try read("key", store) == [1, 2, 3])
    #expect(store.allBuckets().map(\.name) == ["bucket"])
    #expect(try store.createBucket("half-made"))
    let page = try store.list(store.bucket("bucket"), prefix: [], delimiter: [0x2F], after: nil, limit: 10)
    #expect(page.items.count == 1, "an empty folder is no common prefix")
    try put("empty/key", [4], store)
    #expect(try read("empty/key", store) == [4])
  }

  private func upload(_ key: String, _ store: ObjectStore) throws -> (Upload, [UploadedPart]) {
    let bucket = try store.bucket("bucket")
    let upload = Upload(
      id: Upload.newID(FileCalls.nowMilliseconds(), random: try store.identity()), key: Array(key.utf8), initiated: 1)
    try store.create(upload, in: bucket)
    let writer = try ObjectWriter(store.temporaryPath(), checksum: nil)
    try bytes(5000).withUnsafeBytes { try writer.append($0) }
    _ = try FileOperations.sealPart(writer, of: upload, nil, store)
    try store.commitPart(writer, number: 1, of: upload, in: bucket)
    return (upload, try store.parts(of: upload, in: bucket).parts)
  }

  private func completion(_ parts: [UploadedPart]) -> ObjectStore.Completion {
    var completion = ObjectStore.Completion()
    completion.parts = parts.map {
      ObjectStore.Completion.NamedPart(number: UInt64($0.number), etag: EntityTag(md5: $0.md5).text)
    }
    return completion
  }

  @Test func aCompletionCutOffAfterItsCommitIsFinished() throws {
    let id: [UInt8]
    do {
      let store = try ObjectStore(folder.options)
      _ = try store.createBucket("bucket")
      let bucket = try store.bucket("bucket")
      let (upload, parts) = try upload("key", store)
      id = upload.id
      _ = try store.complete(upload.id, key: upload.key, in: bucket, completion(parts))
      // As if the process had died before the folder moved.
      try FileCalls.rename(bucket.parts.appending(id), to: bucket.uploads.appending(id))
      #expect(try read("key", store) == bytes(5000), "readable in between")
    }
    let store = try ObjectStore(folder.options)
    let bucket = try store.bucket("bucket")
    #expect(try FileCalls.names(in: bucket.parts) == [id])
    #expect(try FileCalls.names(in: bucket.uploads).isEmpty)
    #expect(try read("key", store) == bytes(5000))
  }

  @Test func partsOfAReplacedObjectGoAwayAndUploadsInProgressStay() throws {
    let running: Upload
    do {
      let store = try ObjectStore(folder.options)
      _ = try store.createBucket("bucket")
      let bucket = try store.bucket("bucket")
      let (upload, parts) = try upload("key", store)
      _ = try store.complete(upload.id, key: upload.key, in: bucket, completion(parts))
      // As if the process had died between the replacement and the removal.
      bucket.leases.acquire(upload.id)
      try put("key", [1], store)
      #expect(try FileCalls.names(in: bucket.parts) == [upload.id])
      running = try self.upload("other", store).0
    }
    let store = try ObjectStore(folder.options)
    let bucket = try store.bucket("bucket")
    #expect(try FileCalls.names(in: bucket.parts).isEmpty)
    #expect(try read("key", store) == [1])
    #expect(try store.upload(running.id, key: running.key, in: bucket).key == Array("other".utf8))
    #expect(try store.parts(of: running, in: bucket).parts.count == 1)
  }

  @Test func damageIsAnErrorAndNeverBytes() throws {
    let store = try ObjectStore(folder.options)
    _ = try store.createBucket("bucket")
    let bucket = try store.bucket("bucket")
    try put("key", [UInt8](repeating: 5, count: 100), store)
    let path = KeyLocation(Array("key".utf8), root: bucket.keys).object
    let whole = try #require(try FileCalls.readAll(path))
    // Every cut and every changed byte behind the data is noticed; the last byte is the flags.
    for count in 0..<whole.count {
      let file = try OpenFile(path, O_WRONLY | O_TRUNC)
      try file.write(Array(whole[..<count]))
      #expect(throws: BackendFailure.self) { try read("key", store) }
    }
    for index in 100..<whole.count - 1 {
      var changed = whole
      changed[index] ^= 0x10
      let file = try OpenFile(path, O_WRONLY | O_TRUNC)
      try file.write(changed)
      #expect(throws: BackendFailure.self) { try read("key", store) }
    }
    let file = try OpenFile(path, O_WRONLY | O_TRUNC)
    try file.write(whole)
    #expect(try read("key", store) == [UInt8](repeating: 5, count: 100))
  }

  @Test func aDamagedObjectCanBeReplacedAndDeleted() throws {
    let store = try ObjectStore(folder.options)
    _ = try store.createBucket("bucket")
    let bucket = try store.bucket("bucket")
    try put("key", [1], store)
    let path = KeyLocation(Array("key".utf8), root: bucket.keys).object
    try OpenFile(path, O_WRONLY | O_TRUNC).write([1, 2])
    #expect(throws: BackendFailure.self) { try read("key", store) }
    try put("key", [2], store)
    #expect(try read("key", store) == [2])
    try OpenFile(path, O_WRONLY | O_TRUNC).write([1, 2])
    try store.delete(Array("key".utf8), in: bucket)
    #expect(throws: BackendFailure.self) { try read("key", store) }
  }

  @Test func oneProcessAtATime() throws {
    let store = try ObjectStore(folder.options)
    #expect(throws: FileBackendError.inUse) { try ObjectStore(folder.options) }
    withExtendedLifetime(store) {}
  }

  @Test func foreignFoldersAreLeftAlone() throws {
    let root = FilePath(folder.options.folder)
    _ = try FileCalls.makeFolder(root)
    try OpenFile(root.appending("format"), O_WRONLY | O_CREAT).write(Array("something else".utf8))
    #expect(throws: FileBackendError.unknownFormat) { try ObjectStore(folder.options) }
    var options = folder.options
    options.folder = "relative"
    #expect(throws: FileBackendError.invalidFolder) { try ObjectStore(options) }
    options.folder = "/" + String(repeating: "x", count: 900)
    #expect(throws: FileBackendError.invalidFolder) { try ObjectStore(options) }
  }
}
