public import S3Model

/// Names a record: its kind and a name that is unique in it, as `user/alice`.
///
/// Names that IAM compares without regard to case are in lower case here, so that two records cannot differ in case
/// alone, on any node.
public struct RecordKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// By name in lower case.
    case user, group, role, policy
    /// By access key id. Service accounts are access keys with a parent.
    case accessKey = "access-key"
    /// By the user's unique id.
    case loginProfile = "login-profile"
    /// By name in lower case, path included.
    case mfaDevice = "mfa-device"
    /// The last time step whose code was used, by MFA device.
    case mfaUse = "mfa-use"
    /// By the URL without its scheme.
    case oidcProvider = "oidc-provider"
    /// One, named `account`.
    case account
    /// By subject.
    case revocation
    /// By access key id of the temporary credentials.
    case session
    /// When and where an access key was last used.
    case keyUse = "key-use"

    /// Read when it is asked for, never held in a table.
    public var isVolatile: Bool {
      switch self {
      case .mfaUse, .session, .keyUse: true
      case .user, .group, .role, .policy, .accessKey, .loginProfile, .mfaDevice, .oidcProvider, .account, .revocation:
        false
      }
    }
  }

  public let kind: Kind
  public let name: ByteString

  public init(_ kind: Kind, _ name: ByteString) {
    self.kind = kind
    self.name = name
  }

  /// A key for a name that is compared without regard to case.
  public init(_ kind: Kind, folding name: ByteString) {
    self.init(kind, name.lowercasedASCII)
  }

  /// - Parameter text: `kind/name`; nil for an unknown kind.
  public init?(_ text: ByteString) {
    guard let slash = text.bytes.firstIndex(of: UInt8(ascii: "/")),
      let kind = Kind(rawValue: String(decoding: text.bytes[..<slash], as: UTF8.self))
    else { return nil }
    self.init(kind, ByteString(text.bytes[(slash + 1)...]))
  }

  public var text: ByteString { ByteString(Array(kind.rawValue.utf8) + [UInt8(ascii: "/")] + name.bytes) }
  public var description: String { text.text }
  /// Of ``text``.
  var count: Int { kind.rawValue.utf8.count + 1 + name.count }

  public static func < (left: RecordKey, right: RecordKey) -> Bool {
    left.kind == right.kind ? left.name < right.name : left.kind.rawValue < right.kind.rawValue
  }

  public static let account = RecordKey(.account, "account")
}

extension ByteString {
  /// With the letters A to Z in lower case; IAM's names have no others.
  public var lowercasedASCII: ByteString {
    ByteString(bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 })
  }
}
