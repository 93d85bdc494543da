/// One action of any service the gateway decides about.
public enum Action: Hashable, Sendable {
  case s3(S3Action)
  case sts(STSAction)
  case iam(IAMAction)
}

extension Action {
  /// The name as policies write it, such as `s3:GetObject`.
  @inlinable public var name: StaticString {
    switch self {
    case .s3(let action): action.name
    case .sts(let action): action.name
    case .iam(let action): action.name
    }
  }

  /// A dense number in `0..<Action.count`, for bit sets of compiled policies.
  @inlinable public var index: Int {
    switch self {
    case .s3(let action): Int(action.rawValue)
    case .sts(let action): Self.s3Count + Int(action.rawValue)
    case .iam(let action): Self.s3Count + Self.stsCount + Int(action.rawValue)
    }
  }

  /// How many actions there are; see ``index``.
  public static var count: Int { s3Count + stsCount + IAMAction.allCases.count }

  /// Every action, in the order of ``index``.
  public static var all: [Action] {
    S3Action.allCases.map(Action.s3) + STSAction.allCases.map(Action.sts) + IAMAction.allCases.map(Action.iam)
  }

  @usableFromInline static let s3Count = S3Action.allCases.count
  @usableFromInline static let stsCount = STSAction.allCases.count

  /// The action with this name, such as `S3:getobject`: AWS ignores the case of action names. Nil for any other.
  ///
  /// Reads the whole table; for loading policies and forms, not for requests.
  public init?(name: some Collection<UInt8>) {
    let wanted = name.map(Self.lowercased)
    for action in Self.all {
      let same = action.name.withUTF8Buffer {
        $0.count == wanted.count && $0.lazy.map(Self.lowercased).elementsEqual(wanted)
      }
      if same {
        self = action
        return
      }
    }
    return nil
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
