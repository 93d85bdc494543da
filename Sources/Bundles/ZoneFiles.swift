import Glibc
public import Rego

/// The system's time zones, read once: the engine itself reads no file.
public enum ZoneFiles {
  /// - Parameter folder: of TZif files, such as Debian's package `tzdata` installs. Without it `UTC` alone is known.
  public static func load(_ folder: String = "/usr/share/zoneinfo") -> ZoneDatabase {
    var database = ZoneDatabase()
    add(folder, "", &database)
    return database
  }

  private static func add(_ folder: String, _ below: String, _ database: inout ZoneDatabase) {
    guard let stream = opendir(folder + "/" + below) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      // `posix` and `right` repeat every zone; what begins with a small letter else is no zone.
      guard let first = name.utf8.first, (0x41...0x5A).contains(first) else { continue }
      let relative = below.isEmpty ? name : below + "/" + name
      var status = stat()
      guard stat(folder + "/" + relative, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        if relative.utf8.filter({ $0 == UInt8(ascii: "/") }).count < 3 { add(folder, relative, &database) }
      } else if let zone = zone(folder + "/" + relative) {
        database.add(zone, named: relative)
      }
    }
  }

  private static func zone(_ path: String) -> ZoneInfo? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return ZoneInfo(tzif: Array(buffer[..<count]))
  }
}
