/// How a pattern or a condition stands to a request.
///
/// What an outcome other than yes and no means depends on who asks: it never lets an `Allow` apply, and where it could
/// hide a `Deny` (negated tests, values that cannot be read) the `Deny` applies.
enum PatternMatch: Sendable {
  case no
  case yes
  /// A policy variable has no value in this request and no default.
  case unresolved
  /// A value could not be read or is not of the operator's type.
  case error
}
