import Glibc

/// The system calls this module makes, with `EINTR` retried and failures as ``FileError``.
///
/// All of them block: they run on the backend's thread pool only.
enum FileCalls {
  /// Creates a folder; false when something of that name is there already.
  static func makeFolder(_ path: FilePath) throws(FileError) -> Bool {
    if path.withCString({ mkdir($0, 0o700) }) == 0 { return true }
    let code = errno
    if code == EEXIST { return false }
    throw FileError("mkdir", code)
  }

  static func rename(_ from: FilePath, to: FilePath) throws(FileError) {
    let result = from.withCString { source in to.withCString { Glibc.rename(source, $0) } }
    if result != 0 { throw FileError("rename") }
  }

  /// Removes a file; false when there is none.
  @discardableResult
  static func unlink(_ path: FilePath) throws(FileError) -> Bool {
    if path.withCString({ Glibc.unlink($0) }) == 0 { return true }
    let error = FileError("unlink")
    if error.isMissing { return false }
    throw error
  }

  /// Removes an empty folder; false when it is not empty or not there.
  @discardableResult
  static func removeFolder(_ path: FilePath) throws(FileError) -> Bool {
    if path.withCString({ rmdir($0) }) == 0 { return true }
    let error = FileError("rmdir")
    if error.isMissing || error.code == ENOTEMPTY || error.code == EEXIST { return false }
    throw error
  }

  static func exists(_ path: FilePath) throws(FileError) -> Bool {
    var status = stat()
    if path.withCString({ lstat($0, &status) }) == 0 { return true }
    let error = FileError("lstat")
    if error.isMissing { return false }
    throw error
  }

  /// Makes the names in a folder durable.
  static func syncFolder(_ path: FilePath) throws(FileError) {
    try OpenFile(path, O_RDONLY | O_DIRECTORY).sync()
  }

  /// Calls `body` with each name but `.` and `..` until it returns false. False when the folder is not there.
  @discardableResult
  static func forEachName(
    in path: FilePath, _ body: (UnsafeBufferPointer<UInt8>) -> Bool
  ) throws(FileError) -> Bool {
    guard let folder = path.withCString({ opendir($0) }) else {
      let error = FileError("opendir")
      if error.isMissing { return false }
      throw error
    }
    defer { closedir(folder) }
    while true {
      errno = 0
      guard let entry = readdir(folder) else {
        let code = errno
        if code == 0 || code == ENOENT { return true }
        throw FileError("readdir", code)
      }
      // `d_name` is read through the pointer: it may be longer than the declared array on some file systems.
      let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19
      let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: UInt8.self)
      let length = strlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
      if length == 1, name[0] == 0x2E { continue }
      if length == 2, name[0] == 0x2E, name[1] == 0x2E { continue }
      guard body(UnsafeBufferPointer(start: name, count: length)) else { return true }
    }
  }

  static func names(in path: FilePath) throws(FileError) -> [[UInt8]] {
    var names: [[UInt8]] = []
    try forEachName(in: path) { name in
      names.append(Array(name))
      return true
    }
    return names
  }

  /// Removes a file, or a folder with all it holds. Symbolic links are removed, never followed.
  static func removeTree(_ path: FilePath) throws(FileError) {
    var status = stat()
    if path.withCString({ lstat($0, &status) }) != 0 {
      let error = FileError("lstat")
      if error.isMissing { return }
      throw error
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try names(in: path) { try removeTree(path.appending(name)) }
      try removeFolder(path)
    } else {
      try unlink(path)
    }
  }

  static func readAll(_ path: FilePath) throws(FileError) -> [UInt8]? {
    do {
      let file = try OpenFile(path, O_RDONLY)
      return try file.read(at: 0, count: Int(try file.size()))
    } catch {
      if error.isMissing { return nil }
      throw error
    }
  }

  /// Milliseconds since 1970, UTC.
  static func nowMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
