import Foundation
import Glibc
import Testing

/// A folder that goes when the test does.
final class TemporaryFolder {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "martlet-gateway-\(UUID().uuidString)"
    mkdir(path, 0o700)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) {
    #expect(FileManager.default.createFile(atPath: "\(path)/\(name)", contents: Data(text.utf8)))
  }

  func makeFolder(_ name: String) { #expect(mkdir("\(path)/\(name)", 0o700) == 0) }

  func link(_ name: String, to target: String) { #expect(symlink(target, "\(path)/\(name)") == 0) }

  func remove(_ name: String) { #expect(Glibc.remove("\(path)/\(name)") == 0) }

  func names(_ name: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(name)")) ?? []).sorted()
  }

  func mode(_ name: String) -> mode_t {
    var status = stat()
    #expect(stat("\(path)/\(name)", &status) == 0)
    return status.st_mode & 0o777
  }
}
