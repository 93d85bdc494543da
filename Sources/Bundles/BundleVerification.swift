/// What a bundle's signature is held against.
public enum BundleVerification: Sendable {
  /// Signed or not, as `opa eval` has it. For people's own commands only.
  case ignored
  /// With keys, only what one of them signed for this scope is loaded. Without, only what is not signed.
  case keys([BundleKey], scope: String)
}
