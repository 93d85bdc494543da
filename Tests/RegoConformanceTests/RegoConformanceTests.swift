import Foundation
import Rego
import Testing

@Suite struct RegoConformanceTests {
  private static let isVerbose = ProcessInfo.processInfo.environment["MARTLET_VERBOSE"] == "1"

  /// The compliance suite of OPA, and the cases of other engines.
  @Test(arguments: ["rego", "rego-extra"])
  func conformance(folder: String) throws {
    let cases = try ConformanceCase.all(in: folder)
    if cases.isEmpty {
      print("\(folder): skipped, nothing in \(ConformanceCase.folder.path)/\(folder)")
      return
    }
    let classes = ConformanceCase.classes(in: folder)
    var report: [String: Counts] = [:]
    var total = Counts()
    var surprises: [String] = []
    for test in cases {
      var counts = Counts()
      let failure = ConformanceRun(test: test).failure()
      let reason = KnownDifferences.reason(for: test)
      switch (failure, reason) {
      case (nil, nil): counts.passed = 1
      case (nil, .some):
        counts.passed = 1
        print("\(test.name) passes, although it is listed")
      case (.some, .some): counts.skipped = 1
      case (.some(let failure), nil):
        counts.failed = 1
        surprises.append("\(test.name): \(failure)")
      }
      total.add(counts)
      report[test.category, default: Counts()].add(counts)
      report["class \(classes[test.category] ?? folder)", default: Counts()].add(counts)
    }
    if Self.isVerbose {
      for (name, counts) in report.sorted(by: { $0.key < $1.key }) { print("\(folder)/\(name): \(counts)") }
      for surprise in surprises { print(surprise) }
    }
    print("\(folder): \(total)")
    let surpriseCount = surprises.count
    #expect(surpriseCount == 0, "MARTLET_VERBOSE=1 prints them")
  }

  struct Counts: CustomStringConvertible {
    var passed = 0
    var failed = 0
    var skipped = 0

    mutating func add(_ other: Counts) {
      passed += other.passed
      failed += other.failed
      skipped += other.skipped
    }

    var description: String { "\(passed) passed, \(failed) failed, \(skipped) skipped" }
  }
}
