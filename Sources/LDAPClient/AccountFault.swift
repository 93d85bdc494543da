/// What an entry says against its use, whoever knows the password.
public enum AccountFault: Hashable, Sendable {
  case disabled
  case locked
  case expired
  case passwordExpired
  case passwordMustChange
}

extension AccountFault {
  /// Attributes that are asked for: operational ones among them.
  static let attributes = [
    "pwdAccountLockedTime", "pwdStartTime", "pwdEndTime", "pwdReset", "userAccountControl",
    "msDS-User-Account-Control-Computed", "accountExpires", "nsAccountLock", "loginDisabled", "shadowExpire",
  ]

  /// - Parameter beforeBind: whether the directory itself is asked next: a lock with a time may be over, which only it
  ///   knows.
  ///
  /// Sources: draft-behera-ldap-password-policy section 5.3; MS-ADTS sections 2.2.16 and 3.1.1.4.5.17; MS-ADA1
  /// (accountExpires); 389 Directory Server (nsAccountLock); shadow(5).
  static func of(_ entry: LDAPEntry, nowSeconds: Int64, beforeBind: Bool) -> AccountFault? {
    let words = { (name: String) in entry.texts(name).map { $0.uppercased() } }
    for flags in entry.texts("userAccountControl") {
      // Values that cannot be read say nothing good.
      guard let flags = Int64(flags), flags & 0x2 == 0 else { return .disabled }
    }
    for flags in entry.texts("msDS-User-Account-Control-Computed") {
      guard let flags = Int64(flags), flags & 0x10 == 0 else { return .locked }
      if flags & 0x80_0000 != 0 { return .passwordExpired }
    }
    if words("nsAccountLock").contains("TRUE") || words("loginDisabled").contains("TRUE") {
      return .disabled
    }
    let locks = entry.texts("pwdAccountLockedTime")
    if locks.contains(where: { !beforeBind || $0.hasPrefix("0000") }) { return .locked }
    if words("pwdReset").contains("TRUE") { return .passwordMustChange }
    for text in entry.texts("accountExpires") {
      guard let time = Int64(text), time >= 0 else { return .expired }
      // Tenths of microseconds since 1601; two values mean never.
      if time != 0, time != .max, time / 10_000_000 - 11_644_473_600 <= nowSeconds {
        return .expired
      }
    }
    for text in entry.texts("shadowExpire") {
      guard let days = Int64(text) else { return .expired }
      if days >= 0, nowSeconds / 86400 >= days { return .expired }
    }
    for text in entry.texts("pwdEndTime") {
      guard let time = GeneralizedTime.seconds(text), nowSeconds < time else { return .expired }
    }
    for text in entry.texts("pwdStartTime") {
      guard let time = GeneralizedTime.seconds(text), time <= nowSeconds else { return .disabled }
    }
    return nil
  }
}
