public import S3Model

/// The name of a value that conditions and variables read, resolved when the policy is loaded.
public struct ConditionKey: Hashable, Sendable {
  public enum Name: Hashable, Sendable {
    case aws(AWSConditionKey)
    case s3(S3ConditionKey)
    case sts(STSConditionKey)
    case iam(IAMConditionKey)
    /// Any other key, such as `idp.example.com:sub`; its lower-case name is the parameter.
    case other
  }

  public let name: Name
  /// What follows the slash of `aws:PrincipalTag/<key>` and its like, as the policy writes it; for ``Name/other`` the
  /// whole name in lower case; otherwise empty.
  public let parameter: ByteString

  public init(_ name: Name, parameter: ByteString = ByteString([UInt8]())) {
    self.name = name
    self.parameter = parameter
  }

  public init(_ name: AWSConditionKey) { self.init(.aws(name)) }
  public init(_ name: S3ConditionKey) { self.init(.s3(name)) }
  public init(_ name: STSConditionKey) { self.init(.sts(name)) }
  public init(_ name: IAMConditionKey) { self.init(.iam(name)) }

  /// The key of this name in any case. Nil unless it has the form `vendor:name`, nothing empty.
  public init?(parsing text: some Collection<UInt8>) {
    let bytes = Array(text)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0, colon + 1 < bytes.count,
      bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else { return nil }
    let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
    let stem = bytes[..<(slash ?? bytes.count)].map(ASCIICase.lowercased)
    if let name = Self.names[ByteString(stem)] {
      switch (Self.takesParameter(name), slash) {
      case (true, let slash?) where slash + 1 < bytes.count:
        self.init(name, parameter: ByteString(bytes[(slash + 1)...]))
        return
      case (false, nil):
        self.init(name)
        return
      // `aws:PrincipalTag` without a tag, or `aws:username/x`: no request has it.
      default: break
      }
    }
    self.init(.other, parameter: ByteString(bytes.map(ASCIICase.lowercased)))
  }

  /// Whether ``parameter`` is this tag's key. Like all of a condition key's name it is compared without regard to
  /// (ASCII) case.
  /// Source: IAM User Guide, "Controlling access to AWS resources using tags", case sensitivity.
  public func names(tag: some Collection<UInt8>) -> Bool {
    parameter.bytes.count == tag.count
      && zip(parameter.bytes, tag).allSatisfy { ASCIICase.lowercased($0) == ASCIICase.lowercased($1) }
  }

  static func takesParameter(_ name: Name) -> Bool {
    switch name {
    case .aws(.principalTag), .aws(.requestTag), .aws(.resourceTag): true
    case .s3(.existingObjectTag), .s3(.requestObjectTag), .s3(.bucketTag), .s3(.accessPointTag): true
    case .sts(.requestContext): true
    case .iam(.resourceTag): true
    default: false
    }
  }

  private static let names: [ByteString: Name] = {
    var names: [ByteString: Name] = [:]
    func add(_ text: StaticString, _ name: Name) {
      names[ByteString(text.withUTF8Buffer { $0.map(ASCIICase.lowercased) })] = name
    }
    for key in AWSConditionKey.allCases { add(key.name, .aws(key)) }
    for key in S3ConditionKey.allCases { add(key.name, .s3(key)) }
    for key in STSConditionKey.allCases { add(key.name, .sts(key)) }
    for key in IAMConditionKey.allCases { add(key.name, .iam(key)) }
    return names
  }()
}

extension ConditionKey.Name {
  /// A dense number in `0..<256`, for ``ConditionKeySet``.
  var index: Int {
    switch self {
    case .other: 0
    case .sts(let key): 1 + Int(key.rawValue)
    case .iam(let key): 16 + Int(key.rawValue)
    case .aws(let key): 32 + Int(key.rawValue)
    case .s3(let key): 128 + Int(key.rawValue)
    }
  }
}

extension ConditionKey: CustomStringConvertible {
  public var description: String {
    func text(_ name: StaticString) -> String {
      parameter.isEmpty ? name.description : "\(name)/\(parameter.text)"
    }
    return switch name {
    case .aws(let key): text(key.name)
    case .s3(let key): text(key.name)
    case .sts(let key): text(key.name)
    case .iam(let key): text(key.name)
    case .other: parameter.text
    }
  }
}
