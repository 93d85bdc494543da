import Backend
import Cryptography
import Glibc
import S3Model
import S3Wire
import Synchronization

/// The embedded store's files. Every call blocks and belongs on the backend's thread pool.
///
/// The layout is a tree of folders that mirrors the keys (``KeyPath``), one file per object (``ObjectFile``). The file
/// system is the only truth: there is no index or log that could disagree with it after a crash, and nothing to rebuild
/// at the start. A change becomes visible by one rename of a finished, synced file and is confirmed after its folder is
/// synced. Listings walk sorted folders, which are cached and kept in step with commits (``ListingCache``), so that a
/// page costs what it shows and a common prefix one look.
///
/// ```
/// format               version of this layout; also the lock that keeps a second process out
/// tmp/                 files being written; emptied at the start
/// buckets/NAME/…       see Bucket
/// ```
final class ObjectStore: Sendable {
  let accountID: String
  let region: String
  let root: FilePath
  let temporary: FilePath
  let bucketsFolder: FilePath
  let cache: ListingCache
  /// Whether commits wait for the disk. Only tests and throw-away stores turn it off.
  let syncs: Bool
  private let lock: OpenFile
  private let temporaryNumber = Atomic<UInt64>(0)
  private let buckets: Mutex<[String: Bucket]>
  /// Creating and deleting buckets, one at a time.
  private let bucketsLock = KeyLock()

  static let formatText = Array("martlet file store 1\n".utf8)

  init(_ options: FileBackend.Options) throws(FileBackendError) {
    accountID = options.accountID
    region = options.region
    syncs = options.syncs
    cache = ListingCache(byteCountMax: options.listingCacheBytesMax)
    root = FilePath(options.folder)
    guard options.folder.utf8.first == 0x2F, root.count <= Self.rootBytesMax, !options.folder.utf8.contains(0) else {
      throw .invalidFolder
    }
    temporary = root.appending("tmp")
    bucketsFolder = root.appending("buckets")
    do throws(FileError) {
      lock = try Self.open(root)
    } catch {
      throw error.code == EWOULDBLOCK ? .inUse : .file(call: "\(error.call)", code: error.code)
    }
    do throws(FileError) {
      try Self.checkFormat(root, syncs: syncs)
      _ = try FileCalls.makeFolder(bucketsFolder)
      // Whatever is there was being written when the process died: never visible, never confirmed.
      try FileCalls.removeTree(temporary)
      _ = try FileCalls.makeFolder(temporary)
      try FileCalls.syncFolder(root)
    } catch {
      throw error.code == EPROTO ? .unknownFormat : .file(call: "\(error.call)", code: error.code)
    }
    guard try Self.keepsNames(temporary) else { throw .foldsNames }
    buckets = Mutex(try Self.load(bucketsFolder))
    try recoverUploads()
  }

  /// Leaves room for the longest key (three bytes of path per byte of key) below the system's 4,096.
  static let rootBytesMax = 800

  private static func open(_ root: FilePath) throws(FileError) -> OpenFile {
    _ = try FileCalls.makeFolder(root)
    let file = try OpenFile(root.appending("format"), O_RDWR | O_CREAT)
    if flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 { throw FileError("flock") }
    return file
  }

  private static func checkFormat(_ root: FilePath, syncs: Bool) throws(FileError) {
    let text = try FileCalls.readAll(root.appending("format")) ?? []
    if text == formatText { return }
    // A crash in the first start may have left part of the text, but then nothing else.
    guard formatText.starts(with: text), try !FileCalls.exists(root.appending("buckets")) else {
      throw FileError("check format", EPROTO)
    }
    let file = try OpenFile(root.appending("format"), O_WRONLY | O_TRUNC)
    try file.write(formatText)
    try file.sync()
  }

  /// Whether names differing in case or Unicode normalization are different files here.
  private static func keepsNames(_ folder: FilePath) throws(FileBackendError) -> Bool {
    do throws(FileError) {
      for (first, second) in [("case", "CASE"), ("\u{E9}", "e\u{301}")] {
        _ = try OpenFile(folder.appending(first), O_WRONLY | O_CREAT)
        defer { _ = folder.appending(first).withCString { Glibc.unlink($0) } }
        if try FileCalls.exists(folder.appending(second)) { return false }
      }
      return true
    } catch {
      throw .file(call: "\(error.call)", code: error.code)
    }
  }

  private static func load(_ folder: FilePath) throws(FileBackendError) -> [String: Bucket] {
    var buckets: [String: Bucket] = [:]
    do throws(FileError) {
      for bytes in try FileCalls.names(in: folder) {
        let name = String(decoding: bytes, as: UTF8.self)
        guard let content = try FileCalls.readAll(folder.appending(bytes).appending(Bucket.settingsName)) else {
          continue
        }
        guard let settings = BucketSettings(decoding: content) else { throw ObjectFile.damaged }
        buckets[name] = Bucket(name: name, in: folder, settings: settings)
      }
    } catch {
      throw .file(call: "\(error.call)", code: error.code)
    }
    return buckets
  }

  // MARK: Buckets

  func bucket(_ name: String?) throws(BackendFailure) -> Bucket {
    guard let name, let bucket = buckets.withLock({ $0[name] }) else { throw .refused(.noSuchBucket) }
    return bucket
  }

  /// In name order.
  func allBuckets() -> [Bucket] {
    buckets.withLock { Array($0.values) }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// - Returns: false when the bucket is there already.
  func createBucket(_ name: String, tags: [NamedValue] = []) throws(BackendFailure) -> Bool {
    guard BucketName.isCreatable(name) else { throw .refused(.invalidBucketName) }
    return try bucketsLock.locked { () throws(BackendFailure) -> Bool in
      if buckets.withLock({ $0[name] != nil }) { return false }
      var settings = BucketSettings(created: FileCalls.nowMilliseconds())
      settings.tags = tags
      let bucket = Bucket(name: name, in: bucketsFolder, settings: settings)
      try storage { () throws(FileError) in
        let draft = temporaryPath()
        for path in [draft, draft.appending("keys"), draft.appending("uploads"), draft.appending("parts")] {
          _ = try FileCalls.makeFolder(path)
        }
        let file = try OpenFile(draft.appending(Bucket.settingsName), O_WRONLY | O_CREAT | O_EXCL)
        try file.write(settings.encoded())
        try sync(file)
        try sync(draft)
        // A leftover without settings would be in the way; `load` skipped it.
        try FileCalls.removeTree(bucket.folder)
        try FileCalls.rename(draft, to: bucket.folder)
        try sync(bucketsFolder)
      }
      buckets.withLock { $0[name] = bucket }
      return true
    }
  }

  /// In-progress multipart uploads do not keep a bucket, as on AWS (general purpose buckets); they end with it.
  func deleteBucket(_ name: String?) throws(BackendFailure) {
    let bucket = try bucket(name)
    let grave = temporaryPath()
    try bucketsLock.locked { () throws(BackendFailure) in
      try bucket.checkExists()
      try bucket.uploadLocks.lockedAll { () throws(BackendFailure) in
        try bucket.keyLocks.lockedAll { () throws(BackendFailure) in
          if try storage({ () throws(FileError) in try ListingWalk.containsObject(bucket.keys) }) {
            throw .refused(.bucketNotEmpty)
          }
          try storage { () throws(FileError) in
            try FileCalls.rename(bucket.folder, to: grave)
            try sync(bucketsFolder)
          }
          bucket.markDeleted()
          _ = buckets.withLock { $0.removeValue(forKey: bucket.name) }
        }
      }
    }
    cache.forgetAll()
    try storage { () throws(FileError) in try FileCalls.removeTree(grave) }
  }

  func changeSettings(
    of bucket: Bucket, _ change: (inout BucketSettings) -> Void
  ) throws(BackendFailure) {
    try bucketsLock.locked { () throws(BackendFailure) in
      try bucket.checkExists()
      var settings = bucket.settings
      change(&settings)
      try replace(bucket.settingsPath, with: settings.encoded())
      bucket.setSettings(settings)
    }
  }

  // MARK: Files

  /// A path in the temporary folder that nothing else uses.
  func temporaryPath() -> FilePath {
    let number = temporaryNumber.add(1, ordering: .relaxed).newValue
    return temporary.appending(String(number, radix: 36))
  }

  /// Replaces a small file whole: readers and a crash see the old or the new one.
  func replace(_ path: FilePath, with content: [UInt8]) throws(BackendFailure) {
    let draft = temporaryPath()
    do throws(FileError) {
      let file = try OpenFile(draft, O_WRONLY | O_CREAT | O_EXCL)
      try file.write(content)
      try sync(file)
      try FileCalls.rename(draft, to: path)
      try sync(path.parent)
    } catch {
      _ = draft.withCString { Glibc.unlink($0) }
      throw BackendFailure(error)
    }
  }

  func sync(_ file: OpenFile) throws(FileError) { if syncs { try file.sync() } }
  func sync(_ folder: FilePath) throws(FileError) { if syncs { try FileCalls.syncFolder(folder) } }

  /// Makes a change in the key tree durable. A folder that is gone by now was emptied by others, who sync the one it
  /// was in: what was changed in it is no longer there to be kept.
  func syncIfThere(_ folder: FilePath) throws(FileError) {
    do throws(FileError) { try sync(folder) } catch { if !error.isMissing { throw error } }
  }

  /// Random bytes that name an object or an upload for good.
  func identity() throws(BackendFailure) -> [UInt8] {
    do throws(CryptographyError) {
      return try SecureRandom.bytes(16)
    } catch {
      throw .storageFailed(reason: "no random bytes")
    }
  }
}
