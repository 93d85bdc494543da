public import S3Model
public import S3Wire

/// The parameters of one query-protocol request, decoded, each name once.
///
/// Parameters that no action knows are kept and ignored, as on AWS: a presigned GET carries its `X-Amz-*` among them.
public struct STSParameters: Sendable {
  /// Bound on parameters of one request. The fullest valid one has 50 tags, 50 transitive keys and 10 ARNs.
  public static let countMax = 512

  private var values: [ByteString: ByteString]

  /// - Parameter pairs: from the query of a GET or the form of a POST, percent-decoded once.
  /// - Throws: `duplicateParameter`, `tooManyParameters`.
  public init(_ pairs: some Collection<(name: ByteString, value: ByteString)>) throws(STSError) {
    guard pairs.count <= Self.countMax else { throw .tooManyParameters }
    values = Dictionary(minimumCapacity: pairs.count)
    for pair in pairs {
      // Two answers to one question would let two readers see two requests.
      guard values.updateValue(pair.value, forKey: pair.name) == nil else { throw .duplicateParameter }
    }
  }

  /// The parameters of one request from all places it has some: query and form count as one list, so that a parameter
  /// in both is a duplicate.
  public init(_ forms: FormParameters...) throws(STSError) {
    try self.init(forms.flatMap(\.parameters).map { (name: $0.name, value: $0.value) })
  }

  /// The value, nil when the parameter is missing; AWS takes an empty value for a value.
  subscript(_ name: String) -> ByteString? { values[ByteString(name)] }

  /// How many members `Prefix.member.1…` has; members are numbered without gaps.
  /// - Parameter suffixes: what may follow a number, such as `.Key`; a member exists when any of them does.
  /// - Throws: `malformedList` when a parameter of that list has a number beyond a gap, or none.
  func memberCount(_ prefix: String, suffixes: [String]) throws(STSError) -> Int {
    var count = 0
    var found = 0
    while suffixes.contains(where: { self["\(prefix).member.\(count + 1)\($0)"] != nil }) {
      count += 1
      found += suffixes.count { self["\(prefix).member.\(count)\($0)"] != nil }
    }
    // Silently ignoring a session policy or tag behind a gap would widen or misname a session.
    let start = Array("\(prefix).".utf8)
    let all = values.keys.count { $0.bytes.starts(with: start) }
    // botocore sends `Prefix=` for an empty list.
    guard all == found, self[prefix]?.isEmpty ?? true else { throw .malformedList(prefix) }
    return count
  }
}
