public import IdentityStore
import SigV4

/// A long-lived access key of one state of the directory: root's, a user's, or a service account's.
public struct AccessKey: Sendable {
  enum Content: Sendable {
    case root(SigningSecret)
    case recorded(IdentityEntry<KeyRecord>)
  }

  let content: Content

  /// The record; nil for root's own key, which has none.
  public var entry: IdentityEntry<KeyRecord>? { if case .recorded(let entry) = content { entry } else { nil } }
  public var isRoot: Bool { if case .root = content { true } else { false } }
}

/// Why an access key whose signature may be good stands for nobody: facts for the log, one answer for clients.
public enum KeyRefusal: Error, Hashable, Sendable {
  case inactive
  /// The key's own expiry, or the account's greatest age of keys.
  case expired, tooOld
  /// The sessions of its federated owner's role or provider, made before it was or with it, were ended.
  case revoked
  /// Its user, role or identity provider is gone.
  case ownerGone
  /// A policy that its federated owner's session was limited to is gone.
  case policyGone
  /// Its secret does not open: moved, or sealed with a key that is no longer in the ring.
  case sealed
}
