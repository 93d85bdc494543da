public import S3Model

/// The parameters of one query-protocol request, decoded, each name once.
///
/// Parameters that no action knows are kept and ignored, as on AWS: a presigned GET carries its `X-Amz-*` among them.
public struct QueryParameters: Sendable {
  /// Bound on parameters of one request. The fullest valid one has 50 tags, 50 transitive keys and 10 ARNs.
  public static let countMax = 512

  private var values: [ByteString: ByteString]

  /// - Parameter pairs: from the query of a GET or the form of a POST, percent-decoded once.
  /// - Throws: `duplicateParameter`, `tooManyParameters`.
  public init(_ pairs: some Collection<(name: ByteString, value: ByteString)>) throws(QueryParameterError) {
    guard pairs.count <= Self.countMax else { throw .tooManyParameters }
    values = Dictionary(minimumCapacity: pairs.count)
    for pair in pairs {
      // Two answers to one question would let two readers see two requests.
      guard values.updateValue(pair.value, forKey: pair.name) == nil else { throw .duplicateParameter }
    }
  }

  /// The parameters of one request from all places it has some: query and form count as one list, so that a parameter
  /// in both is a duplicate.
  public init(_ forms: FormParameters...) throws(QueryParameterError) {
    try self.init(forms.flatMap(\.parameters).map { (name: $0.name, value: $0.value) })
  }

  /// The value, nil when the parameter is missing; AWS takes an empty value for a value.
  public subscript(_ name: String) -> ByteString? { values[ByteString(name)] }

  /// How many members `Prefix.member.1…` has; members are numbered without gaps.
  /// - Parameter suffixes: what may follow a number, such as `.Key`; a member exists when any of them does. One that
  ///   ends in `.member.` stands for a list inside the member, whose own numbers are not looked at here.
  /// - Throws: `malformedList` when a parameter of that list has a number beyond a gap, or none.
  public func memberCount(_ prefix: String, suffixes: [String]) throws(QueryParameterError) -> Int {
    let start = Array("\(prefix).".utf8)
    let inner = suffixes.filter { $0.hasSuffix(".member.") }
    let plain = suffixes.filter { !$0.hasSuffix(".member.") }
    let names = values.keys.filter { $0.bytes.starts(with: start) }
    var count = 0
    var found = 0
    while true {
      let number = "\(prefix).member.\(count + 1)"
      var here = plain.count { self[number + $0] != nil }
      for suffix in inner {
        let list = Array((number + suffix).utf8)
        here += names.count { $0.bytes.starts(with: list) }
      }
      if here == 0 { break }
      count += 1
      found += here
    }
    // Silently ignoring a session policy or tag behind a gap would widen or misname a session. botocore sends
    // `Prefix=` for an empty list.
    guard names.count == found, self[prefix]?.isEmpty ?? true else { throw .malformedList(prefix) }
    return count
  }
}

/// Why the parameters of a query-protocol request are refused, whatever the service.
public enum QueryParameterError: Error, Equatable, Sendable {
  case duplicateParameter
  case tooManyParameters
  /// A list with a gap in its numbers, or a member of no known form.
  case malformedList(String)
  case notAnInteger(String)
  case notABoolean(String)
  /// A rule of the service that no shape of its model has.
  case refused(S3ErrorCode, String)
  /// Parameters against AWS's model: at least one.
  case validation([ConstraintViolation])
}

extension QueryParameterError {
  /// What the client hears, as AWS says it.
  public var message: String {
    switch self {
    case .duplicateParameter: return "A parameter occurs more than once."
    case .tooManyParameters: return "There are more than \(QueryParameters.countMax) parameters."
    case .malformedList(let name): return "The members of \(name) are not numbered 1, 2, 3."
    case .notAnInteger(let name): return "\(name) is not an integer."
    case .notABoolean(let name): return "\(name) must be `true` or `false`."
    case .refused(_, let message): return message
    case .validation(let violations):
      let noun = violations.count == 1 ? "validation error" : "validation errors"
      return "\(violations.count) \(noun) detected: " + violations.map(\.message).joined(separator: "; ")
    }
  }

  public var code: S3ErrorCode {
    switch self {
    case .duplicateParameter, .tooManyParameters, .malformedList: .invalidQueryParameter
    case .notAnInteger, .notABoolean: .invalidParameterValue
    case .refused(let code, _): code
    case .validation: .validationError
    }
  }
}
