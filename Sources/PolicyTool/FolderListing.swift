import Glibc

/// Files below a folder that a command reads, hidden ones left out.
enum FolderListing {
  private static let depthMax = 32
  private static let filesMax = 100_000

  /// Paths below the folder, in order.
  static func files(
    _ folder: String, where belongs: (String) -> Bool
  ) throws(ToolError) -> [String] {
    var found: [String] = []
    try list(folder, "", 0, belongs, &found)
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func list(
    _ folder: String, _ below: String, _ depth: Int, _ belongs: (String) -> Bool, _ found: inout [String]
  ) throws(ToolError) {
    let path = below.isEmpty ? folder : folder + "/" + below
    guard depth <= depthMax else { throw .unreadable(path: path, reason: "nested too deeply") }
    guard let stream = opendir(path) else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      let relative = below.isEmpty ? name : below + "/" + name
      if try WholeFile.isFolder(folder + "/" + relative) {
        try list(folder, relative, depth + 1, belongs, &found)
      } else if belongs(name) {
        found.append(relative)
        guard found.count <= filesMax else { throw .unreadable(path: folder, reason: "more than \(filesMax) files") }
      }
    }
  }
}
