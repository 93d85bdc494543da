public import S3Model

/// The parameters of the query protocol that STS and IAM speak: `application/x-www-form-urlencoded`.
public struct FormParameters: Hashable, Sendable {
  public struct Parameter: Hashable, Sendable {
    public var name: ByteString
    public var value: ByteString
  }

  /// In the order sent; each name occurs once.
  public private(set) var parameters: [Parameter] = []

  /// The longest form, in bytes; an inline session policy of 2,048 characters fits many times.
  public static let bytesMax = 65_536
  public static let parametersMax = 512

  /// - Parameter bytes: a body, or a raw query.
  public init(_ bytes: [UInt8], bytesMax: Int = Self.bytesMax) throws(S3WireError) {
    guard bytes.count <= bytesMax else { throw .documentTooLarge }
    var names = Set<ByteString>()
    for pair in bytes.split(separator: 0x26) {
      guard parameters.count < Self.parametersMax else { throw .malformedParameters }
      let equals = pair.firstIndex(of: 0x3D)
      let name = try PercentDecoding.decode(Array(pair[..<(equals ?? pair.endIndex)]), plus: .space)
      let value = try PercentDecoding.decode(equals.map { Array(pair[($0 + 1)...]) } ?? [], plus: .space)
      // Which of two counts is a matter of taste, and two parties' tastes may differ.
      guard !name.isEmpty, names.insert(name).inserted else { throw .malformedParameters }
      parameters.append(Parameter(name: name, value: value))
    }
  }

  /// The value of that name, nil when absent. Names are case-sensitive.
  public subscript(_ name: String) -> ByteString? {
    parameters.first { $0.name.bytes.elementsEqual(name.utf8) }?.value
  }

  /// The values of `name.member.1`, `name.member.2` …; nil when they do not count from 1 without a gap.
  public func members(_ name: String) -> [ByteString]? {
    let prefix = Array("\(name).member.".utf8)
    let count = parameters.lazy.filter {
      $0.name.bytes.starts(with: prefix) && !$0.name.bytes[prefix.count...].contains(0x2E)
    }
    .count
    var values: [ByteString] = []
    for index in 0..<count {
      guard let value = self["\(name).member.\(index + 1)"] else { return nil }
      values.append(value)
    }
    return values
  }
}
