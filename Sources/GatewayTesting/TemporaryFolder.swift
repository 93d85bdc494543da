public import Glibc

/// A folder of a test's own, that goes with its owner.
public final class TemporaryFolder {
  public let path: String

  /// What a call that should have worked said.
  public struct Failure: Error {
    public let call: StaticString
    public let name: String
    public let code: Int32
  }

  public init() throws(Failure) {
    var template = Array("/tmp/martlet-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(call: "mkdtemp", name: "", code: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.removeTree(path) }

  private static func removeTree(_ path: String) {
    guard unlink(path) != 0, let folder = opendir(path) else { return }
    for name in entries(folder) { removeTree("\(path)/\(name)") }
    closedir(folder)
    rmdir(path)
  }

  private static func entries(_ folder: OpaquePointer) -> [String] {
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  private func check(_ result: Int32, _ call: StaticString, _ name: String) throws(Failure) {
    if result != 0 { throw Failure(call: call, name: name, code: errno) }
  }

  /// Writes a file and returns its path; folders on the way are made.
  @discardableResult
  public func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws(Failure) -> String {
    let target = "\(path)/\(name)"
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      mkdir(folder, 0o700)
    }
    // An earlier mode may have kept its owner from writing.
    chmod(target, 0o600)
    let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw Failure(call: "open", name: name, code: errno) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw Failure(call: "write", name: name, code: errno)
    }
    try check(fchmod(descriptor, mode), "fchmod", name)
    return target
  }

  public func makeFolder(_ name: String) throws(Failure) { try check(mkdir("\(path)/\(name)", 0o700), "mkdir", name) }

  public func link(_ name: String, to target: String) throws(Failure) {
    try check(symlink(target, "\(path)/\(name)"), "symlink", name)
  }

  /// Removes a file, a link or an empty folder.
  public func remove(_ name: String) throws(Failure) { try check(Glibc.remove("\(path)/\(name)"), "remove", name) }

  /// What is in a folder, sorted; nothing where there is none.
  public func names(_ name: String) -> [String] {
    guard let folder = opendir("\(path)/\(name)") else { return [] }
    defer { closedir(folder) }
    return Self.entries(folder).sorted()
  }

  /// The permission bits of a file or folder; 0 where there is none.
  public func mode(_ name: String) -> mode_t {
    var status = stat()
    return stat("\(path)/\(name)", &status) == 0 ? status.st_mode & 0o777 : 0
  }
}
