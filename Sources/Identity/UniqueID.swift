import Cryptography
import S3Model

/// IAM's unique ids of declared identities: the same on every node and after every restart.
///
/// A declared identity has no moment of creation, so its id follows from account, type and name: it stays when path,
/// keys or policies change, and differs for a user and a role of one name.
/// Source: IAM User Guide, "IAM identifiers", unique identifiers.
enum UniqueID {
  enum Kind: String {
    case user = "AIDA"
    case role = "AROA"
    case policy = "ANPA"
    case group = "AGPA"
    /// AWS has none for these.
    case openIDProvider = "OIDC"
    case kerberosProvider = "KRB5"
    case ldapProvider = "LDAP"
    case certificateProvider = "CERT"
    case tokenProvider = "TOKN"
  }

  /// 21 upper-case letters and digits.
  static func make(_ kind: Kind, name: String, account: AccountID) -> ByteString {
    // IAM's names are the same without regard to case, so their ids are too.
    let input = "martlet unique id\n\(account)\n\(kind.rawValue)\n\(name.lowercased())"
    let digest = SHA256Hasher.hash(input).bytes
    // Five bits of each byte: 17 characters carry 85 bits.
    return ByteString(Array(kind.rawValue.utf8) + digest.prefix(17).map { RandomText.base32[Int($0 & 31)] })
  }
}
