public import IAMPolicy

/// Why a snapshot cannot be built from what was declared.
public enum AuthorizationError: Error, Equatable, Sendable {
  /// - Parameter owner: who has the document, such as `policy/readers` or `user/alice/inline`.
  case policy(owner: String, PolicyError)
  case unknownPolicy(owner: String, name: String)
  case unknownGroup(owner: String, name: String)
  case duplicate(owner: String)
}
