/// Bounds of a token's content, checked when it is sealed and again when it is opened.
enum SessionTokenLimits {
  /// Bytes of one field: a session policy is at most 2048 characters of two bytes each.
  static let fieldBytesMax = 4096
  /// AWS takes 50 tags a request; inherited ones come on top within the same bound.
  static let tagsMax = 50
  static let policyARNsMax = 10
  /// Of the inline session policy and the ARNs of managed ones together.
  static let policyCharactersMax = 2048
  static let claimsMax = 64
  static let claimValuesMax = 256
  /// Sessions through which one session may have been made. A longer chain could shed the ancestors that a revocation
  /// names, so it is refused instead.
  static let lineageMax = 8
}
