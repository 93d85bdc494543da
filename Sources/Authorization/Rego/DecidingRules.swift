import Rego

/// The single rules behind `allow` and `deny`, for naming the one that decided.
struct DecidingRules: Sendable {
  private struct Candidate: Sendable {
    var query: PreparedQuery
    var location: SourceLocation
  }

  private let sources: [Source]
  private let package: [Text]
  private var candidates: [Text: [Candidate]] = [:]

  init(_ policy: Policy, _ rules: [ResolvedRule], package: [Text]) {
    sources = policy.sources
    self.package = package
    for name in ["allow", "deny"] as [Text] {
      let path = (package + [name]).map { Value.string($0) }
      for rule in rules where rule.path == path && rule.trailing.isEmpty && !rule.isDefault {
        for branch in rule.branches {
          let result = Local(slot: Int32(rule.localCount))
          var body = branch.body
          body.expressions.append(
            ResolvedExpression(
              .unify(ResolvedTerm(.local(result), branch.location), branch.value), branch.location))
          let query = ResolvedQuery(body: body, localCount: rule.localCount + 1, results: [("result", result)])
          // A rule of a policy that is planned can be planned by itself; were it not so, no rule would be named.
          guard let prepared = Self.prepare(policy, query) else { continue }
          candidates[name, default: []].append(Candidate(query: prepared, location: branch.location))
        }
      }
    }
  }

  private static func prepare(_ policy: Policy, _ query: ResolvedQuery) -> PreparedQuery? {
    do throws(RegoErrors) { return try policy.prepare(query) } catch { return nil }
  }

  /// The first rule of this name that yields something, by evaluating them one by one; called for denials and for what
  /// several rules may have allowed.
  func deciding(
    _ name: Text, _ input: some LazyInput, _ settings: EvaluationSettings, _ shape: RegoInputShape
  ) -> DecidingRule? {
    guard let candidates = candidates[name] else { return nil }
    if candidates.count == 1 { return rule(name, candidates[0].location) }
    // All of them together may cost as much as the decision did.
    var settings = settings
    settings.instructionsMax = max(1000, settings.instructionsMax / candidates.count)
    for candidate in candidates {
      let context = candidate.query.makeContext(schema: shape == .martlet ? InputField.schema : nil)
      let rows: [Bindings]
      do throws(EvaluationError) {
        rows = try candidate.query.evaluate(input: .lazy(input), settings: settings, in: context)
      } catch {
        continue
      }
      if rows.contains(where: { $0.values.first?.isTruthy ?? false }) { return rule(name, candidate.location) }
    }
    return nil
  }

  func rule(_ name: Text, _ location: SourceLocation) -> DecidingRule {
    let file = Int(location.file)
    return DecidingRule(
      path: "data." + (package + [name]).map(\.string).joined(separator: "."),
      file: sources.indices.contains(file) ? sources[file].name : "", line: Int(location.row))
  }
}

/// A rule of the bundle that decided.
public struct DecidingRule: Sendable, Equatable {
  /// Such as `data.martlet.authz.deny`.
  public let path: String
  /// Of the bundle.
  public let file: String
  /// From 1.
  public let line: Int
}

extension DecidingRule: CustomStringConvertible {
  public var description: String { "\(path) (\(file):\(line))" }
}
