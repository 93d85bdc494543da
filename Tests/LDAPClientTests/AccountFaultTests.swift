import Testing

@testable import LDAPClient

@Suite struct AccountFaultTests {
  private static let now: Int64 = 1_800_000_000

  private static func fault(_ attributes: [String: String], beforeBind: Bool = false) -> AccountFault? {
    var entry = LDAPEntry(name: [], attributes: [:])
    for (type, value) in attributes { entry.attributes[type.lowercased()] = [Array(value.utf8)] }
    return AccountFault.of(entry, nowSeconds: now, beforeBind: beforeBind)
  }

  @Test(arguments: [
    ("userAccountControl", "514", AccountFault.disabled),
    ("userAccountControl", "what", .disabled),
    ("msDS-User-Account-Control-Computed", "16", .locked),
    ("msDS-User-Account-Control-Computed", "8388608", .passwordExpired),
    ("nsAccountLock", "true", .disabled),
    ("loginDisabled", "TRUE", .disabled),
    ("pwdAccountLockedTime", "000001010000Z", .locked),
    ("pwdAccountLockedTime", "20260101000000Z", .locked),
    ("pwdReset", "TRUE", .passwordMustChange),
    ("accountExpires", "132223104000000000", .expired),
    ("accountExpires", "-1", .expired),
    ("shadowExpire", "100", .expired),
    ("pwdEndTime", "20200101000000Z", .expired),
    ("pwdEndTime", "soon", .expired),
    ("pwdStartTime", "20990101000000Z", .disabled),
  ])
  func refused(type: String, value: String, fault: AccountFault) {
    #expect(Self.fault([type: value]) == fault)
  }

  @Test(arguments: [
    ("userAccountControl", "512"), ("msDS-User-Account-Control-Computed", "0"), ("nsAccountLock", "false"),
    ("pwdReset", "FALSE"), ("accountExpires", "0"), ("accountExpires", "9223372036854775807"),
    ("accountExpires", "152223104000000000"), ("shadowExpire", "-1"), ("shadowExpire", "99999"),
    ("pwdEndTime", "20990101000000.0Z"), ("pwdStartTime", "20200101000000Z"), ("description", "514"),
  ])
  func fine(type: String, value: String) { #expect(Self.fault([type: value]) == nil) }

  /// Only the directory knows whether a lock with a time is over.
  @Test func locksWithATimeAreTheDirectorysBusiness() {
    #expect(Self.fault(["pwdAccountLockedTime": "20260101000000Z"], beforeBind: true) == nil)
    #expect(Self.fault(["pwdAccountLockedTime": "000001010000Z"], beforeBind: true) == .locked)
  }

  @Test(arguments: [
    ("19700101000000Z", 0), ("20260228235959Z", 1_772_323_199), ("20240229000000.123Z", 1_709_164_800),
    ("16010101000000Z", -11_644_473_600),
  ])
  func times(text: String, seconds: Int64) { #expect(GeneralizedTime.seconds(text) == seconds) }

  @Test(arguments: ["", "Z", "20260101000000", "20261301000000Z", "2026010100Z", "20260101240000Z", "2026010100000xZ"])
  func malformedTimes(text: String) { #expect(GeneralizedTime.seconds(text) == nil) }
}
