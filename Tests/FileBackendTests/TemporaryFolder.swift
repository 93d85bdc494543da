import Glibc

@testable import FileBackend

/// A folder of its own for one test, removed with its last reference.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var name = Array("/tmp/martlet-file-XXXXXX".utf8CString)
    path = name.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, mkdtemp(base) != nil else { return "" }
      return String(cString: base)
    }
  }

  deinit {
    do { try FileCalls.removeTree(FilePath(path)) } catch { print("left behind: \(path)") }
  }

  var options: FileBackend.Options {
    var options = FileBackend.Options(folder: path + "/objects")
    options.syncs = false
    options.threadCount = 4
    return options
  }
}
