import Glibc

/// A certificate authority of one's own and a server certificate from it, for a first start without any set-up.
///
/// Files in the folder: `ca.pem` (what clients trust; ten years), `ca.key`, `server.pem`, `server.key`. Keys are P-256
/// in PKCS #8 and readable by their owner only.
public struct SelfSignedAuthority: Sendable, Equatable {
  public let certificatePath: String
  /// The authority's key; the file may be absent.
  public let keyPath: String
  public let serverCertificatePath: String
  public let serverKeyPath: String

  static let authorityLifetime = 3652 * day
  static let serverLifetime = 365 * day
  static let renewalMargin = 30 * day
  private static let day = 86400

  /// Makes what is missing and keeps what is there. The server certificate is made anew (for the same key) when it is
  /// within 30 days of its end or its names are not the wanted ones.
  /// - Parameters:
  ///   - folder: made (0700) if it is not there.
  ///   - names: further DNS names, wildcards or IP addresses, besides `localhost`, the loopback addresses and the
  ///     machine's own name.
  ///   - now: seconds since 1970; the clock's when nil.
  /// - Throws: also when a file is there but unusable: an authority that clients trust is never replaced silently.
  public init(folder: String, names: [String] = [], now: Int? = nil) throws(TLSError) {
    let now = now ?? time(nil)
    certificatePath = folder + "/ca.pem"
    serverCertificatePath = folder + "/server.pem"
    serverKeyPath = folder + "/server.key"
    let authorityKeyPath = folder + "/ca.key"
    keyPath = authorityKeyPath
    let wanted = try Self.subjectNames(names)

    try FileAccess.makeFolder(folder)
    if FileAccess.exists(certificatePath), !FileAccess.exists(authorityKeyPath) {
      // Without its key the authority still vouches for what it has signed, but only so long.
      guard FileAccess.exists(serverCertificatePath) else { throw .incompleteAuthority(folder: folder) }
      let authority = try IssuedCertificate(pem: FileAccess.read(certificatePath))
      let leaf = try IssuedCertificate(pem: FileAccess.read(serverCertificatePath))
      guard leaf.isIssued(by: authority), leaf.expires(after: now) else { throw .incompleteAuthority(folder: folder) }
      return
    }

    let authorityKey: IssuingKey
    if FileAccess.exists(authorityKeyPath) {
      authorityKey = try IssuingKey(pem: FileAccess.read(authorityKeyPath))
    } else {
      authorityKey = try IssuingKey()
      // The key first: after a crash between the two files, the next start goes on from the key.
      try FileAccess.replace(authorityKeyPath, with: authorityKey.pem(), mode: 0o600)
    }
    let authority: IssuedCertificate
    if FileAccess.exists(certificatePath) {
      authority = try IssuedCertificate(pem: FileAccess.read(certificatePath))
      guard authority.isFor(authorityKey) else { throw .incompleteAuthority(folder: folder) }
    } else {
      authority = try IssuedCertificate(
        authority: "Martlet local authority", key: authorityKey, from: now, seconds: Self.authorityLifetime)
      try FileAccess.replace(certificatePath, with: authority.pem(), mode: 0o644)
    }

    let serverKey: IssuingKey
    if FileAccess.exists(serverKeyPath) {
      serverKey = try IssuingKey(pem: FileAccess.read(serverKeyPath))
    } else {
      serverKey = try IssuingKey()
      try FileAccess.replace(serverKeyPath, with: serverKey.pem(), mode: 0o600)
    }

    if FileAccess.exists(serverCertificatePath) {
      let leaf = try IssuedCertificate(pem: FileAccess.read(serverCertificatePath))
      let isGood =
        leaf.isFor(serverKey) && leaf.isIssued(by: authority) && leaf.expires(after: now + Self.renewalMargin)
      if isGood, Set(leaf.subjectNames) == Set(wanted) { return }
    }
    let leaf = try IssuedCertificate(
      names: wanted, key: serverKey, issuer: authority, issuerKey: authorityKey, from: now,
      seconds: Self.serverLifetime)
    try FileAccess.replace(serverCertificatePath, with: leaf.pem(), mode: 0o644)
    try FileAccess.synchronizeFolder(folder)
  }

  private static func subjectNames(_ extra: [String]) throws(TLSError) -> [SubjectName] {
    var names: [SubjectName] = []
    // A machine name that is not a DNS name is left out; one that an operator wrote is refused.
    let own = machineName().flatMap { SubjectName($0) }
    for name in [SubjectName("localhost"), SubjectName("127.0.0.1"), SubjectName("::1"), own] {
      if let name, !names.contains(name) { names.append(name) }
    }
    for text in extra {
      guard let name = SubjectName(text) else { throw .invalidSubjectName(text) }
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  private static func machineName() -> String? {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
