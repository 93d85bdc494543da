/// Why the embedded store cannot be opened.
public enum FileBackendError: Error, Equatable, Sendable {
  /// Not an absolute path, or one that leaves no room for keys.
  case invalidFolder
  /// Another process has the store open.
  case inUse
  /// The folder holds something else, or a later version's store.
  case unknownFormat
  /// The file system takes names that differ in case or Unicode normalization for one: keys would collide.
  case foldsNames
  /// A system call failed.
  case file(call: String, code: Int32)
}
