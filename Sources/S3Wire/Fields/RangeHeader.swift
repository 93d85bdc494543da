/// The Range header (RFC 9110 section 14) as S3 reads it: one range of bytes.
public enum RangeHeader: Hashable, Sendable {
  /// `bytes=a-b`; the end inclusive, nil for the rest.
  case from(Int64, through: Int64?)
  /// `bytes=-n`: the last `n` bytes.
  case suffix(Int64)

  /// Nil for several ranges, other units and what is malformed: S3 then sends the whole object.
  public init?(_ bytes: some Collection<UInt8>) {
    let text = Array(bytes)
    guard text.starts(with: "bytes=".utf8) else { return nil }
    let range = text[6...]
    guard let dash = range.firstIndex(of: 0x2D) else { return nil }
    let first = range[..<dash]
    let last = range[(dash + 1)...]
    if first.isEmpty {
      guard let count = DecimalInteger.parse(last) else { return nil }
      self = .suffix(count)
      return
    }
    guard let start = DecimalInteger.parse(first) else { return nil }
    if last.isEmpty {
      self = .from(start, through: nil)
      return
    }
    guard let end = DecimalInteger.parse(last), end >= start else { return nil }
    self = .from(start, through: end)
  }

  /// The bytes meant in an object of `size` bytes; nil when there are none: `InvalidRange`.
  public func resolve(size: Int64) -> Range<Int64>? {
    switch self {
    case .from(let start, let end):
      guard start < size else { return nil }
      return start..<min(size, end.map { $0 + 1 } ?? size)
    case .suffix(let count):
      guard count > 0, size > 0 else { return nil }
      return max(0, size - count)..<size
    }
  }

  /// `bytes 0-9/100`, for Content-Range.
  public static func contentRange(_ range: Range<Int64>, size: Int64) -> [UInt8] {
    Array("bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)".utf8)
  }
}
