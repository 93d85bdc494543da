import Foundation

/// The folder with the conformance data: `MARTLET_CONFORMANCE`, or `../shared/conformance` beside the package.
enum ConformanceFolder {
  static let url: URL = {
    if let path = ProcessInfo.processInfo.environment["MARTLET_CONFORMANCE"] { return URL(fileURLWithPath: path) }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("../shared/conformance").standardizedFileURL
  }()

  /// The bytes of a file; nil, with a message, when the folder or the file is absent.
  static func contents(_ path: String) -> Data? {
    let file = url.appendingPathComponent(path)
    guard FileManager.default.fileExists(atPath: file.path) else {
      print("\(path): skipped, no \(file.path)")
      return nil
    }
    return FileManager.default.contents(atPath: file.path)
  }

  /// A file that holds an array of objects.
  static func cases(_ path: String) throws -> [[String: Any]]? {
    guard let data = contents(path) else { return nil }
    return try JSONSerialization.jsonObject(with: data) as? [[String: Any]]
  }
}

/// Counts one suite and prints its line.
struct SuiteReport {
  let suite: String
  var passed = 0
  var failed: [String] = []
  var skipped = 0

  init(_ suite: String) { self.suite = suite }

  func printLine() { print("\(suite): \(passed) passed, \(failed.count) failed, \(skipped) skipped") }
}
