import Glibc
import Rego

/// Reads a folder as a bundle: `*.rego` anywhere in it, and `data.json`, `data.yaml`, `data.yml` as documents at the
/// path of their folder, `.manifest` and `.signatures.json` as in an archive. Blocks; not for event loops.
public struct BundleFolder: Sendable {
  public let path: String
  private let verification: BundleVerification
  private let limits: BundleLimits

  public init(_ path: String, verification: BundleVerification = .ignored, limits: BundleLimits = BundleLimits()) {
    self.path = path
    self.verification = verification
    self.limits = limits
  }

  public func load() throws(BundleError) -> BundleContent {
    var read: [BundleFiles.File] = []
    var bytesLeft = limits.bytesMax
    for file in try files() {
      read.append(BundleFiles.File(name: file, bytes: try Self.read(path + "/" + file, &bytesLeft, limits.bytesMax)))
    }
    return try BundleFiles(path: path, files: read, isComplete: false).content(verification)
  }

  /// Names of the files that belong to the bundle, below the folder, in order. Hidden ones are none of them, but for the
  /// manifest and the signature.
  public func files() throws(BundleError) -> [String] {
    var found: [String] = []
    try list("", 0, &found)
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private func list(_ below: String, _ depth: Int, _ found: inout [String]) throws(BundleError) {
    let folder = below.isEmpty ? path : path + "/" + below
    guard depth <= limits.depthMax else { throw .unreadable(path: folder, reason: "nested too deeply") }
    guard let stream = opendir(folder) else {
      throw .unreadable(path: folder, reason: String(cString: strerror(errno)))
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      // Hidden files and folders: editors, version control, and the `..data` links of Kubernetes mounts, whose real
      // names stand beside them.
      let isOfBundle = below.isEmpty && (name == BundleManifest.name || name == BundleSignature.name)
      if name.hasPrefix("."), !isOfBundle { continue }
      let relative = below.isEmpty ? name : below + "/" + name
      var status = stat()
      guard stat(path + "/" + relative, &status) == 0 else {
        throw .unreadable(path: path + "/" + relative, reason: String(cString: strerror(errno)))
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try list(relative, depth + 1, &found)
      case S_IFREG where isOfBundle || Self.belongs(name):
        found.append(relative)
        guard found.count <= limits.filesMax else { throw .tooManyFiles(countMax: limits.filesMax) }
      default: break
      }
    }
  }

  static func belongs(_ name: some StringProtocol) -> Bool {
    name.hasSuffix(".rego") || name == "data.json" || name == "data.yaml" || name == "data.yml"
  }

  static func document(_ bytes: [UInt8], _ file: String) throws(BundleError) -> Value {
    if file.hasSuffix(".json") { return try BundleFiles.json(bytes, file) }
    do throws(YAMLFault) {
      return try Value(yaml: bytes)
    } catch {
      throw .data(path: file, reason: "\(error)")
    }
  }

  static func read(_ path: String, _ bytesLeft: inout Int, _ bytesMax: Int) throws(BundleError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw .unreadable(path: path, reason: String(cString: strerror(errno)))
      }
      if count == 0 { return bytes }
      bytesLeft -= count
      guard bytesLeft >= 0 else { throw .tooLarge(bytesMax: bytesMax) }
      bytes.append(contentsOf: buffer[..<count])
    }
  }
}
