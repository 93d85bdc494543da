/// A file that the settings name, with the key that names it.
public struct FileReference: Hashable, Sendable {
  /// As it can be opened: relative to the folder of the settings file that names it, or to the working directory.
  public let path: String
  public let origin: SettingsOrigin

  public init(path: String, origin: SettingsOrigin) {
    self.path = path
    self.origin = origin
  }

  /// The bytes, for telling whether they are others than before.
  public func digestible() throws(SettingsError) -> [UInt8] { try read(bytesMax: 1 << 20) }

  /// - Parameter protection: `.secret` where others than the owner must not be able to read it.
  package func read(
    bytesMax: Int, protection: RegularFile.Protection = .any
  ) throws(SettingsError) -> [UInt8] {
    do throws(FileFault) {
      return try RegularFile.read(path, bytesMax: bytesMax, protection: protection)
    } catch {
      throw SettingsError(.file(path: path, fault: error), at: origin)
    }
  }
}

/// Where a secret comes from. Reading it is a step of its own, so that decoding settings has no side effects.
public enum SecretSource: Sendable {
  case file(FileReference)
  case inline(Secret, origin: SettingsOrigin)

  /// Limit on one secret, in bytes.
  package static let bytesMax = 1024

  public var origin: SettingsOrigin {
    switch self {
    case .file(let reference): reference.origin
    case .inline(_, let origin): origin
    }
  }

  /// The secret; from a file, without one line break at its end.
  public func load() throws(SettingsError) -> Secret {
    switch self {
    case .inline(let secret, _):
      return secret
    case .file(let reference):
      var bytes = try reference.read(bytesMax: Self.bytesMax + 2, protection: .secret)
      if bytes.last == 0x0A { bytes.removeLast() }
      if bytes.last == 0x0D { bytes.removeLast() }
      guard !bytes.isEmpty else { throw SettingsError(.file(path: reference.path, fault: .empty), at: origin) }
      return Secret(bytes)
    }
  }
}
