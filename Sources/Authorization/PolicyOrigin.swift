/// How a policy of an identity came to be attached to it.
public enum PolicyOrigin: Hashable, Sendable {
  case managed
  case inline
  /// Of one of the user's groups.
  case group(String, isInline: Bool)
  /// Of the mapping of an identity provider.
  case mapping(provider: String)
}

extension PolicyOrigin: CustomStringConvertible {
  public var description: String {
    switch self {
    case .managed: "managed policy"
    case .inline: "inline policy"
    case .group(let name, let isInline): "\(isInline ? "inline" : "managed") policy of group \(name)"
    case .mapping(let provider): "managed policy by the mapping of provider \(provider)"
    }
  }
}
