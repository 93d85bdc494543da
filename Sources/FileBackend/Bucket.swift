import Backend
import S3Model
import Synchronization

/// One bucket: its folders, its locks, its settings.
///
/// `NAME/keys` holds the key tree, `NAME/uploads/ID` what a multipart upload has so far, `NAME/parts/ID` the part files
/// of completed ones, `NAME/settings` the rest.
final class Bucket: Sendable {
  let name: String
  let folder: FilePath
  let keys: FilePath
  let uploads: FilePath
  let parts: FilePath

  /// Order changes of one key, from the check of a condition to the rename.
  let keyLocks = KeyLocks(count: 64)
  /// Order changes of one upload. Where both are needed, this one is taken first.
  let uploadLocks = KeyLocks(count: 16)
  /// Orders making and removing folders of the key tree with their entries in the listing cache. Taken last.
  let structureLock = KeyLock()
  let leases = PartLeases()

  private let state: Mutex<State>

  private struct State: Sendable {
    var settings: BucketSettings
    var isDeleted = false
  }

  init(name: String, in buckets: FilePath, settings: BucketSettings) {
    self.name = name
    folder = buckets.appending(name)
    keys = folder.appending("keys")
    uploads = folder.appending("uploads")
    parts = folder.appending("parts")
    state = Mutex(State(settings: settings))
  }

  static let settingsName = "settings"

  var root: FolderID { FolderID(path: keys, prefix: []) }
  var settingsPath: FilePath { folder.appending(Self.settingsName) }
  var settings: BucketSettings { state.withLock { $0.settings } }
  var isDeleted: Bool { state.withLock { $0.isDeleted } }

  func setSettings(_ settings: BucketSettings) { state.withLock { $0.settings = settings } }
  func markDeleted() { state.withLock { $0.isDeleted = true } }

  /// To be asked under a key's or an upload's lock, before a change: a bucket is deleted under all of them.
  func checkExists() throws(BackendFailure) {
    if isDeleted { throw .refused(.noSuchBucket) }
  }
}

/// What is kept of a bucket beside its objects.
struct BucketSettings: Sendable {
  /// Milliseconds since 1970, UTC.
  var created: Int64
  var tags: [NamedValue] = []
  /// The CORS configuration as the client put it, checked; nil when there is none.
  var cors: [UInt8]?

  func encoded() -> [UInt8] {
    var writer = RecordWriter()
    writer.append(1, created)
    for tag in tags { writer.append(2, tag) }
    if let cors { writer.append(3, cors) }
    return StoreFile.sealed(writer.bytes)
  }

  init(created: Int64) { self.created = created }

  init?(decoding bytes: [UInt8]) {
    guard let content = StoreFile.content(of: bytes) else { return nil }
    var reader = RecordReader(content)
    var created: Int64?
    while let (tag, value) = reader.next() {
      switch tag {
      case 1: created = RecordReader.integer(value, as: Int64.self)
      case 2:
        guard let pair = RecordReader.pair(value) else { return nil }
        tags.append(pair)
      case 3: cors = Array(value)
      default: return nil
      }
    }
    guard reader.isAtEnd, let created else { return nil }
    self.created = created
  }
}
