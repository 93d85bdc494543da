public import Rego

/// Which lines of a policy evaluations reached: of every rule its head, when it held, and its expressions, when they
/// were tried. Source: OPA v1/cover/cover.go.
public struct CoverageReport: Sendable {
  public struct File: Sendable {
    public var name: String
    /// In order.
    public var covered: [Int]
    public var notCovered: [Int]
  }

  public let files: [File]

  /// - Parameter counts: by counter.
  public init(_ policy: Policy, counts: [UInt64]) {
    var reached: [Int: Set<Int>] = [:]
    var known: [Int: Set<Int>] = [:]
    for (index, location) in (policy.counted ?? []).enumerated() where location.row > 0 {
      known[Int(location.file), default: []].insert(Int(location.row))
      if counts.indices.contains(index), counts[index] > 0 {
        reached[Int(location.file), default: []].insert(Int(location.row))
      }
    }
    files = known.keys.sorted().filter { policy.sources.indices.contains($0) }.map { file in
      let covered = reached[file] ?? []
      return File(
        name: policy.sources[file].name, covered: covered.sorted(),
        notCovered: (known[file] ?? []).subtracting(covered).sorted())
    }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  public var coveredCount: Int { files.reduce(0) { $0 + $1.covered.count } }
  public var notCoveredCount: Int { files.reduce(0) { $0 + $1.notCovered.count } }
  /// 0...100
  public var percent: Double { Self.percent(coveredCount, notCoveredCount) }

  /// Rounded to two places, without zeros at the end.
  public var percentText: String { Self.text(percent) }

  private static func percent(_ covered: Int, _ notCovered: Int) -> Double {
    covered + notCovered == 0 ? 0 : 100 * Double(covered) / Double(covered + notCovered)
  }

  /// OPA's report.
  public var document: OutputDocument {
    let files = files.map { file -> (String, OutputDocument) in
      var members: [(String, OutputDocument)] = []
      if !file.covered.isEmpty { members.append(("covered", Self.ranges(file.covered))) }
      if !file.notCovered.isEmpty { members.append(("not_covered", Self.ranges(file.notCovered))) }
      if !file.covered.isEmpty { members.append(("covered_lines", .integer(file.covered.count))) }
      if !file.notCovered.isEmpty { members.append(("not_covered_lines", .integer(file.notCovered.count))) }
      if !file.covered.isEmpty {
        members.append(("coverage", Self.number(Self.percent(file.covered.count, file.notCovered.count))))
      }
      return (file.name, .object(members))
    }
    return .object([
      ("files", .object(files)), ("covered_lines", .integer(coveredCount)),
      ("not_covered_lines", .integer(notCoveredCount)), ("coverage", Self.number(percent)),
    ])
  }

  private static func ranges(_ rows: [Int]) -> OutputDocument {
    var ranges: [(start: Int, end: Int)] = []
    for row in rows {
      if let last = ranges.last, last.end == row - 1 {
        ranges[ranges.count - 1].end = row
      } else {
        ranges.append((row, row))
      }
    }
    return .array(
      ranges.map {
        .object([("start", .object([("row", .integer($0.start))])), ("end", .object([("row", .integer($0.end))]))])
      })
  }

  private static func number(_ percent: Double) -> OutputDocument {
    .value(Array(text(percent).utf8).withUnsafeBytes { Value(numberLiteral: $0) } ?? .null)
  }

  private static func text(_ percent: Double) -> String {
    var text = Decimal.text(percent, places: 2)[...]
    while text.hasSuffix("0") { text = text.dropLast() }
    if text.hasSuffix(".") { text = text.dropLast() }
    return String(text)
  }
}
