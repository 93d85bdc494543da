public import PolicyTool
import Rego

/// What a replay found, for people and for programs.
public struct ReplayReport {
  private let replay: PolicyReplay
  private let torn: Int
  private let groupsMax: Int

  /// - Parameters:
  ///   - torn: files that end in the middle of a line.
  ///   - groupsMax: how many groups and changes to list.
  public init(_ replay: PolicyReplay, torn: Int, groupsMax: Int) {
    self.replay = replay
    self.torn = torn
    self.groupsMax = groupsMax
  }

  /// Most frequent first.
  private var groups: [(PolicyReplay.Group, PolicyReplay.Count)] {
    replay.groups.map { ($0.key, $0.value) }.sorted {
      ($1.1.requests, $0.0.principal, $0.0.action, $0.0.newReason)
        < ($0.1.requests, $1.0.principal, $1.0.action, $1.0.newReason)
    }
  }

  public func text(colors: TerminalColors) -> String {
    var lines: [String] = []
    for isAllowed in [false, true] {
      let group = groups.filter { $0.0.isAllowed == isAllowed }
      if group.isEmpty { continue }
      let title = isAllowed ? "deny -> allow" : "allow -> deny"
      let count = isAllowed ? replay.grants : replay.denials
      lines.append(colors.paint("\(title): \(count)", isAllowed ? .yellow : .red))
      for (group, count) in group.prefix(groupsMax) {
        lines.append("  \(count.requests)  \(group.principal)  \(group.action)")
        lines.append("      was: \(group.oldReason)")
        lines.append("      now: \(group.newReason)")
        lines.append("      such as " + count.examples.joined(separator: ", "))
      }
      if group.count > groupsMax { lines.append("  … and \(group.count - groupsMax) more kinds (--limit)") }
      lines.append("")
    }
    if replay.ungrouped > 0 { lines.append("\(replay.ungrouped) changes are of further kinds, which are not listed") }
    lines.append("records        \(replay.lines)")
    lines.append("unchanged      \(replay.unchanged)")
    lines.append("allow -> deny  \(replay.denials)")
    lines.append("deny -> allow  \(replay.grants)")
    lines.append("never decided  \(replay.undecided)")
    lines.append("cannot decide  \(replay.undecidable.values.reduce(0, +))")
    for (what, count) in Self.sorted(replay.undecidable) { lines.append("  lacks \(what): \(count)") }
    lines.append("unreadable     \(replay.unreadable.values.reduce(0, +))")
    for (what, count) in Self.sorted(replay.unreadable) { lines.append("  \(what): \(count)") }
    if torn > 0 { lines.append("files that end in the middle of a line: \(torn)") }
    return lines.joined(separator: "\n")
  }

  public var document: OutputDocument {
    func counts(_ counts: [String: Int]) -> OutputDocument {
      .object(Self.sorted(counts).map { ($0.0, .integer($0.1)) })
    }
    return .object([
      ("records", .integer(replay.lines)), ("unchanged", .integer(replay.unchanged)),
      ("allow_to_deny", .integer(replay.denials)), ("deny_to_allow", .integer(replay.grants)),
      ("never_decided", .integer(replay.undecided)), ("cannot_decide", counts(replay.undecidable)),
      ("unreadable", counts(replay.unreadable)), ("torn", .integer(torn)),
      ("groups", .array(groups.prefix(groupsMax).map(Self.document))),
      ("changes", .array(replay.changes.map(Self.document))),
    ])
  }

  private static func sorted(_ counts: [String: Int]) -> [(String, Int)] {
    counts.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  private static func direction(_ isAllowed: Bool) -> OutputDocument {
    .text(isAllowed ? "deny_to_allow" : "allow_to_deny")
  }

  private static func document(_ group: PolicyReplay.Group, _ count: PolicyReplay.Count) -> OutputDocument {
    .object([
      ("change", direction(group.isAllowed)), ("count", .integer(count.requests)),
      ("principal", .text(group.principal)),
      ("action", .text(group.action)), ("old", .text(group.oldReason)), ("new", .text(group.newReason)),
      ("resources", .array(count.examples.map { .text($0) })),
    ])
  }

  private static func document(_ change: PolicyReplay.Change) -> OutputDocument {
    .object([
      ("change", direction(change.isAllowed)), ("time", .text(change.time)), ("request_id", .text(change.requestID)),
      ("principal", .text(change.principal)), ("action", .text(change.action)), ("resource", .text(change.resource)),
      ("old", .text(change.oldReason)), ("new", .text(change.newReason)),
    ])
  }
}
