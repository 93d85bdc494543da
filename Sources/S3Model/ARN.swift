/// An Amazon Resource Name: `arn:partition:service:region:account:resource`, where only the resource may hold colons.
///
/// Source: AWS General Reference, "Amazon Resource Names".
public struct ARN: Hashable, Sendable {
  public let bytes: ByteString
  /// Where the four colons after `arn:partition` stand.
  private let colons: (service: Int, region: Int, account: Int, resource: Int)

  /// Nil unless the text starts with `arn:` and has six parts, the resource not empty.
  public init?(_ bytes: ByteString) {
    let raw = bytes.bytes
    guard raw.starts(with: Self.scheme) else { return nil }
    var found: [Int] = []
    for index in Self.scheme.count..<raw.count where raw[index] == Self.colon {
      found.append(index)
      if found.count == 4 { break }
    }
    guard found.count == 4, found[3] + 1 < raw.count, found[0] > Self.scheme.count else { return nil }
    self.bytes = bytes
    colons = (found[0], found[1], found[2], found[3])
  }

  public init?(_ text: String) { self.init(ByteString(text)) }

  public var partition: ArraySlice<UInt8> { bytes.bytes[Self.scheme.count..<colons.service] }
  public var service: ArraySlice<UInt8> { bytes.bytes[(colons.service + 1)..<colons.region] }
  public var region: ArraySlice<UInt8> { bytes.bytes[(colons.region + 1)..<colons.account] }
  public var account: ArraySlice<UInt8> { bytes.bytes[(colons.account + 1)..<colons.resource] }
  public var resource: ArraySlice<UInt8> { bytes.bytes[(colons.resource + 1)...] }

  /// The account, nil where the ARN names none, as in S3's.
  public var accountID: AccountID? { AccountID(account) }

  public static func == (left: ARN, right: ARN) -> Bool { left.bytes == right.bytes }
  public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  private static let scheme = Array("arn:".utf8)
  private static let colon = UInt8(ascii: ":")
}

extension ARN {
  /// `arn:aws:iam::account:user/path/name`; `path` has its slashes, `/` for none.
  public static func user(_ name: String, path: String = "/", account: AccountID) -> ByteString {
    ByteString("arn:aws:iam::\(account):user\(path)\(name)")
  }

  /// `arn:aws:iam::account:role/path/name`
  public static func role(_ name: String, path: String = "/", account: AccountID) -> ByteString {
    ByteString("arn:aws:iam::\(account):role\(path)\(name)")
  }

  /// `arn:aws:sts::account:assumed-role/name/session`, which leaves the role's path out.
  public static func assumedRole(_ name: String, session: String, account: AccountID) -> ByteString {
    ByteString("arn:aws:sts::\(account):assumed-role/\(name)/\(session)")
  }

  /// `arn:aws:sts::account:federated-user/name`
  public static func federatedUser(_ name: String, account: AccountID) -> ByteString {
    ByteString("arn:aws:sts::\(account):federated-user/\(name)")
  }

  /// `arn:aws:iam::account:root`
  public static func root(account: AccountID) -> ByteString {
    ByteString("arn:aws:iam::\(account):root")
  }
}
