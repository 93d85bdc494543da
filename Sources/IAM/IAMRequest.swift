public import S3Model
public import S3Wire

/// One request of the IAM query protocol, checked against AWS's model.
public struct IAMRequest: Sendable {
  /// The only version of the API.
  public static let version: ByteString = "2010-05-08"

  let operation: any IAMOperation

  /// The action, as policies name it.
  public var action: IAMAction { type(of: operation).action }

  /// Whether it ends the session whose key this is, and does nothing else: that needs no permission.
  public func endsSession(_ accessKeyID: ByteString) -> Bool { operation.endsSession(accessKeyID) }

  /// Reads and checks a request.
  /// - Throws: as AWS answers: `missingAction`, `invalidAction`, `notImplemented`, `parameters` with everything that is
  ///   wrong.
  public init(_ parameters: QueryParameters) throws(IAMError) {
    guard let action = parameters["Action"] else { throw .missingAction }
    let version = parameters["Version"]
    guard version == Self.version else { throw .invalidAction(action, version: version) }
    guard let type = Self.served[action] else {
      if Self.isKnown(action) { throw .notImplemented(action) }
      throw .invalidAction(action, version: version)
    }
    var checker = ParameterChecker(parameters)
    operation = type.init(&checker)
    do throws(QueryParameterError) {
      try checker.finish()
    } catch {
      throw .parameters(error)
    }
  }

  /// Actions of AWS's API that policies cannot name.
  private static let unnamed: Set<ByteString> = ["UpdateDelegationRequest"]

  private static func isKnown(_ action: ByteString) -> Bool {
    // PassRole is a permission and no action that anybody calls.
    if action == "PassRole" { return false }
    return unnamed.contains(action)
      || IAMAction.allCases.contains { known in known.operation.withUTF8Buffer { $0.elementsEqual(action.bytes) } }
  }

  /// The names of the actions that are served.
  public static var servedActions: [ByteString] { served.keys.sorted() }

  private static let served: [ByteString: any IAMOperation.Type] = {
    var served: [ByteString: any IAMOperation.Type] = [:]
    for type in IAMOperations.all {
      guard served.updateValue(type, forKey: ByteString("\(type.action.operation)")) == nil else {
        preconditionFailure("two operations are called \(type.action.operation)")
      }
    }
    return served
  }()
}
