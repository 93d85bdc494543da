/// One of `authorization.bundle_keys`.
public struct BundleKeySettings: Hashable, Sendable {
  /// The name that signatures call it by.
  public let id: String
  public let algorithm: Algorithm
  /// PEM of a public key or certificate; for HMAC the secret itself.
  public let file: FileReference

  /// The names of RFC 7518 section 3.1 and RFC 8037.
  public enum Algorithm: String, CaseIterable, Sendable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"

    public var isSecret: Bool {
      switch self {
      case .hs256, .hs384, .hs512: true
      default: false
      }
    }
  }

  private static let bytesMax = 64 << 10

  init?(_ reader: SectionReader) {
    let id = reader.text("id")?.text
    algorithm = reader.choice("algorithm", default: .rs256)
    let file = reader.file("key_file")
    if id == nil || id == "" { reader.report(.missing, "id") }
    if file == nil { reader.report(.missing, "key_file") }
    guard let id, !id.isEmpty, let file else { return nil }
    self.id = id
    self.file = file
  }

  /// The content of the file; of a secret, without one line break at its end.
  public func load() throws(SettingsError) -> [UInt8] {
    var bytes = try file.read(bytesMax: Self.bytesMax, protection: algorithm.isSecret ? .secret : .any)
    if algorithm.isSecret {
      if bytes.last == 0x0A { bytes.removeLast() }
      if bytes.last == 0x0D { bytes.removeLast() }
    }
    return bytes
  }
}
