/// Why a session token was not sealed or not opened.
public enum SessionTokenError: Error, Equatable, Sendable {
  /// Anything wrong with a token: malformed, changed, sealed by a key that is not in the ring, or made for another
  /// access key. One case, so that an answer tells nobody which. Also when the cipher itself is unavailable.
  case invalid
  /// The token is genuine, but its time is over.
  case expired
  /// Policies and tags do not fit.
  /// - percent: size of policies and tags against the room there is for them, above 100.
  case packedPolicyTooLarge(percent: Int)
  /// A list or field is over its bound; callers check their input before, so this is not a client's fault.
  case contentOutOfBounds
  /// The cipher is not available.
  case cryptography
}
