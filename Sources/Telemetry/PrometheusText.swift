/// Writes the Prometheus text format.
///
/// Source: Prometheus, "Exposition formats", text-based format 0.0.4.
struct PrometheusText {
  enum Kind: String {
    case counter, gauge, histogram
  }

  static let contentType: StaticString = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""
  private var family: StaticString = ""

  /// Starts a family; its samples follow.
  mutating func begin(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
    family = name
    text += "# HELP \(name) \(Self.escape("\(help)", quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
  }

  mutating func sample(_ value: some CustomStringConvertible, _ labels: (name: StaticString, value: String)...) {
    line("", labels.map { ($0.name, $0.value) }, value)
  }

  /// Buckets, sum and count.
  mutating func histogram(_ histogram: LatencyHistogram, _ labels: (name: StaticString, value: String)...) {
    var cumulated: UInt64 = 0
    for (index, count) in histogram.counts.enumerated() {
      cumulated += count
      let bound = index < LatencyHistogram.bounds.count ? Self.seconds(LatencyHistogram.bounds[index]) : "+Inf"
      line("_bucket", labels + [("le", bound)], cumulated)
    }
    line("_sum", labels, Self.seconds(histogram.sumMicroseconds))
    line("_count", labels, cumulated)
  }

  private mutating func line(
    _ suffix: StaticString, _ labels: [(name: StaticString, value: String)], _ value: some CustomStringConvertible
  ) {
    text += "\(family)\(suffix)"
    if !labels.isEmpty {
      let pairs = labels.map { "\($0.name)=\"\(Self.escape($0.value, quotes: true))\"" }
      text += "{" + pairs.joined(separator: ",") + "}"
    }
    text += " \(value.description)\n"
  }

  /// Microseconds as seconds, exactly.
  private static func seconds(_ microseconds: UInt64) -> String {
    let fraction = String(microseconds % 1_000_000)
    var digits = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(microseconds / 1_000_000)" + (digits.isEmpty ? "" : ".\(digits)")
  }

  private static func escape(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
