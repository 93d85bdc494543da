/// The rules of one document, by the values that their equalities ask for.
///
/// Rules that need `input.a == "x"` are found by looking `input.a` up in a table, so that rules which cannot hold cost
/// nothing.
final class RuleIndex: @unchecked Sendable {
  /// Always tried.
  private let list: FixedList<RulePlan>
  private let rules: UnsafeMutablePointer<Unmanaged<RulePlan>>
  private let ruleCount: Int
  /// What is looked up: a path of the input, or an argument (the frame's slots are the arguments).
  let subject: TermNode?
  private let keys: [Value]
  private let keyStart: ValuePlace
  private let table: HashIndex
  private let buckets: [RuleIndex]
  /// Rules that do not ask for the subject.
  let others: RuleIndex?
  /// The one rule there is, when nothing needs to be looked up.
  let only: RulePlan?

  static let empty = RuleIndex([])

  init(_ rules: [RulePlan]) {
    list = FixedList(rules)
    self.rules = list.start
    ruleCount = list.count
    only = rules.count == 1 ? rules[0] : nil
    subject = nil
    keys = []
    keyStart = keys.fixedStart
    buckets = []
    table = HashIndex(capacity: 1)
    others = nil
  }

  init(subject: TermNode, buckets: [(Value, RuleIndex)], others: RuleIndex?) {
    list = FixedList([])
    rules = list.start
    ruleCount = 0
    only = nil
    self.subject = subject
    keys = buckets.map(\.0)
    keyStart = keys.fixedStart
    self.buckets = buckets.map(\.1)
    table = HashIndex(keys)
    self.others = others
  }

  /// Calls for every rule that may hold, until it answers false.
  func visit(_ frame: Frame, _ body: (RulePlan) -> Bool) -> Bool {
    for index in 0..<ruleCount where !rules[index]._withUnsafeGuaranteedRef(body) { return false }
    guard let subject else { return true }
    let position = subject.look(frame) { value in
      value.pointee.isUndefined ? nil : table.find(value, in: keyStart)
    }
    if let position, !buckets[position].visit(frame, body) { return false }
    return others?.visit(frame, body) ?? true
  }
}

/// What a rule needs in order to hold, as far as an index can use it.
struct RuleConditions {
  enum Subject: Hashable {
    case input([Value])
    case argument(Int)
  }

  var rule: RulePlan
  /// In order of appearance; each is one of some constants.
  var allowed: [(subject: Subject, values: [Value])]

  static let membersMax = 64

  init(_ rule: RulePlan, _ resolved: ResolvedRule) {
    self.rule = rule
    allowed = []
    var arguments: [Local: Int] = [:]
    if case .function(let patterns) = resolved.kind {
      for (index, pattern) in patterns.enumerated() {
        switch pattern.node {
        case .local(let local): if arguments[local] == nil { arguments[local] = index }
        case .constant(let value): if resolved.branches.count == 1 { allowed.append((.argument(index), [value])) }
        default: break
        }
      }
    }
    guard resolved.branches.count == 1 else { return }
    for expression in resolved.branches[0].body.expressions where expression.with.isEmpty {
      switch expression.node {
      case .unify(let left, let right): add(left, right, arguments)
      case .term(let term):
        guard case .call(.builtin(let builtin), let operands) = term.node, operands.count == 2 else { continue }
        if builtin.name == "equal" { add(operands[0], operands[1], arguments) }
        if builtin.name == "internal.member_2", case .constant(let domain) = operands[1].node {
          add(operands[0], in: domain, arguments)
        }
      default: break
      }
    }
  }

  private static func subject(_ term: ResolvedTerm, _ arguments: [Local: Int]) -> Subject? {
    switch term.node {
    case .local(let local): return arguments[local].map { .argument($0) }
    case .reference(.input, let path):
      var keys: [Value] = []
      for element in path {
        guard case .constant(let key) = element.node else { return nil }
        keys.append(key)
      }
      return .input(keys)
    default: return nil
    }
  }

  private mutating func add(_ left: ResolvedTerm, _ right: ResolvedTerm, _ arguments: [Local: Int]) {
    if case .constant(let value) = right.node, let subject = Self.subject(left, arguments) {
      allowed.append((subject, [value]))
    } else if case .constant(let value) = left.node, let subject = Self.subject(right, arguments) {
      allowed.append((subject, [value]))
    }
  }

  private mutating func add(_ left: ResolvedTerm, in domain: Value, _ arguments: [Local: Int]) {
    guard let subject = Self.subject(left, arguments) else { return }
    let values: [Value]
    switch domain {
    case .array(let array): values = ValueSet(array.elements).elements
    case .set(let set): values = set.elements
    default: return
    }
    if values.count <= Self.membersMax { allowed.append((subject, values)) }
  }

  /// Below this many rules trying them is as quick.
  static let rulesMin = 3

  static func index(_ rules: [RuleConditions], _ node: (Subject) -> TermNode) -> RuleIndex {
    var counts: [Subject: Int] = [:]
    var best: Subject?
    if rules.count >= rulesMin {
      for rule in rules {
        for subject in Set(rule.allowed.map(\.subject)) { counts[subject, default: 0] += 1 }
      }
      // The first in the order of the rules, so that a plan does not depend on hashes.
      for rule in rules {
        for (subject, _) in rule.allowed where best == nil || counts[subject, default: 0] > counts[best!, default: 0] {
          best = subject
        }
      }
    }
    guard let best, counts[best, default: 0] > 1 else { return RuleIndex(rules.map(\.rule)) }
    var order: [Value] = []
    var buckets: [Value: [RuleConditions]] = [:]
    var others: [RuleConditions] = []
    for var rule in rules {
      guard let position = rule.allowed.firstIndex(where: { $0.subject == best }) else {
        others.append(rule)
        continue
      }
      let values = rule.allowed.remove(at: position).values
      for value in values {
        if buckets[value] == nil { order.append(value) }
        buckets[value, default: []].append(rule)
      }
    }
    return RuleIndex(
      subject: node(best), buckets: order.map { ($0, index(buckets[$0] ?? [], node)) },
      others: others.isEmpty ? nil : index(others, node))
  }
}
