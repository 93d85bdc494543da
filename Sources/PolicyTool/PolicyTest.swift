public import Rego

/// A rule that is a test: `test_…`, or `todo_test_…`, which is skipped.
public struct PolicyTest: Sendable {
  public var package: [Text]
  public var name: Text
  public var file: String
  public var location: SourceLocation
  public var isSkipped: Bool
  /// `test_x[name]`: one document of cases, of which those that fail are absent.
  public var hasCases: Bool

  /// `data.authz_test`
  public var packagePath: String { (["data"] + package).map(\.string).joined(separator: ".") }
  /// `data.authz_test.test_admin`
  public var fullName: String { packagePath + "." + name.string }

  /// All of a policy in the order of their files and places, rules of one name as one test.
  public static func find(in resolved: ResolvedPolicy) -> [PolicyTest] {
    var tests: [PolicyTest] = []
    var seen: [[Text]: Int] = [:]
    for rule in resolved.rules {
      guard rule.path.count > rule.package.count, case .string(let name) = rule.path[rule.package.count],
        case .value = rule.kind, isTest(name) || isTodo(name)
      else { continue }
      let hasCases = rule.path.count > rule.package.count + 1 || !rule.trailing.isEmpty
      if let known = seen[rule.package + [name]] {
        if hasCases { tests[known].hasCases = true }
        continue
      }
      seen[rule.package + [name]] = tests.count
      let file = Int(rule.location.file)
      tests.append(
        PolicyTest(
          package: rule.package, name: name,
          file: resolved.sources.indices.contains(file) ? resolved.sources[file].name : "", location: rule.location,
          isSkipped: isTodo(name), hasCases: hasCases))
    }
    return tests.sorted {
      ($0.location.file, $0.location.row, $0.location.column) < ($1.location.file, $1.location.row, $1.location.column)
    }
  }

  private static func isTest(_ name: Text) -> Bool { name.string.hasPrefix("test_") }
  private static func isTodo(_ name: Text) -> Bool { name.string.hasPrefix("todo_test_") }
}
