/// Checks Prometheus text as strictly as the format's description, and some conventions of `promtool check metrics`.
struct ExpositionChecker {
  private(set) var faults: [String] = []
  /// Series with labels, to value.
  private(set) var samples: [String: Double] = [:]
  private var types: [String: String] = [:]
  private var helped: Set<String> = []
  private var finished: Set<String> = []
  private var current = ""

  init(_ text: String) {
    if !text.hasSuffix("\n") { faults.append("the last line has no end") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() { check(String(line)) }
    checkHistograms()
  }

  private mutating func check(_ line: String) {
    let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
    if line.hasPrefix("# HELP ") {
      if words.count != 4 || words[3].isEmpty { faults.append("no help: \(line)") }
      if !finished.insert(words[2]).inserted { faults.append("the family comes twice: \(words[2])") }
      current = words[2]
      helped.insert(current)
    } else if line.hasPrefix("# TYPE ") {
      if words[2] != current || types[current] != nil { faults.append("TYPE out of place: \(line)") }
      if !["counter", "gauge", "histogram"].contains(words[3]) { faults.append("unknown type: \(line)") }
      if (words[3] == "counter") != words[2].hasSuffix("_total") { faults.append("counters end in _total: \(line)") }
      types[current] = words[3]
    } else {
      sample(line)
    }
  }

  private mutating func sample(_ line: String) {
    guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
      return faults.append("no value: \(line)")
    }
    let series = String(line[..<space])
    let name = String(series.prefix { $0 != "{" })
    if name.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) == nil { faults.append("bad name: \(line)") }
    let labels = series.dropFirst(name.count)
    let label = #/[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"/#
    if !labels.isEmpty {
      guard labels.hasPrefix("{"), labels.hasSuffix("}") else { return faults.append("bad labels: \(line)") }
      var rest = labels.dropFirst().dropLast()
      while let match = rest.prefixMatch(of: label) {
        rest = rest[match.range.upperBound...]
        if rest.hasPrefix(",") { rest = rest.dropFirst() } else { break }
      }
      if !rest.isEmpty { faults.append("bad labels: \(line)") }
    }
    let family = types[current] == "histogram" ? ["_bucket", "_sum", "_count"].map { current + $0 } : [current]
    if !family.contains(name) { faults.append("out of its family: \(line)") }
    if samples.updateValue(value, forKey: series) != nil { faults.append("comes twice: \(line)") }
    if value < 0 || value.isNaN { faults.append("not a count: \(line)") }
  }

  private mutating func checkHistograms() {
    for (series, count) in samples where types[String(series.split(separator: "{")[0].dropLast(6))] == "histogram" {
      guard series.contains("_count{") else { continue }
      let stem = series.replacing("_count{", with: "_bucket{").dropLast() + ",le=\""
      let buckets = samples.filter { $0.key.hasPrefix(stem) }.map { key, value in
        (bound: Double(key.dropFirst(stem.count).dropLast(2)) ?? .nan, value: value)
      }.sorted { $0.bound < $1.bound }
      if buckets.last?.bound != .infinity || buckets.last?.value != count {
        faults.append("+Inf is not all: \(series)")
      }
      if zip(buckets, buckets.dropFirst()).contains(where: { $0.value > $1.value }) {
        faults.append("not cumulated: \(series)")
      }
    }
  }
}
