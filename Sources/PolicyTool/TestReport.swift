import Rego

/// What tests came to, for people and for machines.
public struct TestReport: Sendable {
  public let results: [PolicyTestRunner.Result]

  public init(_ results: [PolicyTestRunner.Result]) { self.results = results }

  public var isGood: Bool { results.allSatisfy(\.isGood) }

  private static let rule = String(repeating: "-", count: 80)

  private var passCount: Int { results.count { if case .pass = $0.outcome { true } else { false } } }
  private var failCount: Int { results.count { if case .fail = $0.outcome { true } else { false } } }
  private var skipCount: Int { results.count { if case .skip = $0.outcome { true } else { false } } }
  private var errorCount: Int { results.count { if case .error = $0.outcome { true } else { false } } }

  /// As `opa test` prints it: failures, and with `verbose` everything, by file; then the sums.
  public func pretty(verbose: Bool, colors: TerminalColors = .none) -> String {
    var lines: [String] = []
    var file: String?
    for result in results where verbose || !result.isGood || Self.isSkip(result) {
      if result.test.file != file {
        file = result.test.file
        lines.append(result.test.file + ":")
      }
      lines += Self.lines(result, colors)
    }
    if !lines.isEmpty { lines.append(Self.rule) }
    for (name, count, style) in [
      ("PASS", passCount, TerminalColors.Style.green), ("FAIL", failCount, .red), ("SKIPPED", skipCount, .yellow),
      ("ERROR", errorCount, .red),
    ] where count > 0 {
      lines.append(colors.paint("\(name): \(count)/\(results.count)", style))
    }
    return lines.joined(separator: "\n")
  }

  private static func isSkip(_ result: PolicyTestRunner.Result) -> Bool {
    if case .skip = result.outcome { true } else { false }
  }

  private static func lines(_ result: PolicyTestRunner.Result, _ colors: TerminalColors) -> [String] {
    let name = result.test.fullName
    let time = "(\(Self.duration(result.nanoseconds)))"
    let place = "  \(result.test.file):\(result.test.location.row)"
    let output = result.output.isEmpty ? [] : [""] + result.output.map { "  " + $0 } + [""]
    switch result.outcome {
    case .pass: return ["\(name): \(colors.paint("PASS", .green)) \(time)"] + output
    case .fail: return ["\(name): \(colors.paint("FAIL", .red)) \(time)", place] + output
    case .skip: return ["\(name): \(colors.paint("SKIPPED", .yellow))"]
    case .error(let reason): return ["\(name): \(colors.paint("ERROR", .red)) \(time)", "  " + reason] + output
    }
  }

  static func duration(_ nanoseconds: Int64) -> String {
    if nanoseconds < 1000 { return "\(nanoseconds)ns" }
    if nanoseconds < 1_000_000 { return Decimal.text(Double(nanoseconds) / 1e3, places: 3) + "µs" }
    if nanoseconds < 1_000_000_000 { return Decimal.text(Double(nanoseconds) / 1e6, places: 3) + "ms" }
    return Decimal.text(Double(nanoseconds) / 1e9, places: 3) + "s"
  }

  /// A list of results with OPA's member names.
  public var document: OutputDocument {
    .array(
      results.map { result in
        var members: [(String, OutputDocument)] = [
          ("location", .location(result.test.location, file: result.test.file)),
          ("package", .text(result.test.packagePath)), ("name", .text(result.test.name.string)),
        ]
        switch result.outcome {
        case .pass: break
        case .fail: members.append(("fail", .value(true)))
        case .skip: members.append(("skip", .value(true)))
        case .error(let reason): members.append(("error", .object([("message", .text(reason))])))
        }
        members.append(("duration", .integer(Int(result.nanoseconds))))
        if !result.output.isEmpty {
          members.append(("output", .text(result.output.map { $0 + "\n" }.joined())))
        }
        return .object(members)
      })
  }

  /// JUnit's XML: one suite for each package.
  public var junit: String {
    var packages: [String] = []
    var suites: [String: [PolicyTestRunner.Result]] = [:]
    for result in results {
      let name = result.test.packagePath
      if suites[name] == nil { packages.append(name) }
      suites[name, default: []].append(result)
    }
    var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#, "<testsuites\(attributes)>"]
    for name in packages {
      let suite = TestReport(suites[name] ?? [])
      lines.append("  <testsuite name=\"\(Self.escaped(name))\"\(suite.attributes)>")
      for result in suite.results { lines += Self.testCase(result) }
      lines.append("  </testsuite>")
    }
    return (lines + ["</testsuites>"]).joined(separator: "\n")
  }

  private var attributes: String {
    let seconds = Self.seconds(results.reduce(0) { $0 + $1.nanoseconds })
    return " tests=\"\(results.count)\" failures=\"\(failCount)\" errors=\"\(errorCount)\" skipped=\"\(skipCount)\""
      + " time=\"\(seconds)\""
  }

  private static func testCase(_ result: PolicyTestRunner.Result) -> [String] {
    let head =
      "    <testcase classname=\"\(escaped(result.test.packagePath))\" name=\"\(escaped(result.test.name.string))\""
      + " file=\"\(escaped(result.test.file))\" line=\"\(result.test.location.row)\""
      + " time=\"\(seconds(result.nanoseconds))\""
    var inner: [String] = []
    let place = "\(result.test.file):\(result.test.location.row)"
    switch result.outcome {
    case .pass: break
    case .fail: inner.append("      <failure message=\"\(escaped(place)): not true\"/>")
    case .skip: inner.append("      <skipped/>")
    case .error(let reason): inner.append("      <error message=\"\(escaped(reason))\"/>")
    }
    if !result.output.isEmpty {
      inner.append("      <system-out>\(escaped(result.output.joined(separator: "\n")))</system-out>")
    }
    return inner.isEmpty ? [head + "/>"] : [head + ">"] + inner + ["    </testcase>"]
  }

  private static func seconds(_ nanoseconds: Int64) -> String { Decimal.text(Double(nanoseconds) / 1e9, places: 6) }

  /// XML knows no control characters but white space, not even escaped ones.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\n": escaped += "&#10;"
      case "\t": escaped += "&#9;"
      case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value): escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
