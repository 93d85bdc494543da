/// Which locals are bound once two patterns have been unified, given those bound before.
/// Source: OPA v1/ast/unify.go.
struct PatternUnifier {
  private static let patternOptions: LocalCollector.Options = [
    .skipClosures, .skipSets, .skipObjectKeys, .skipReferenceRoots, .skipTemplates,
  ]

  private let safe: LocalSet
  private var unified = LocalSet()
  /// What a local still waits for: bound as soon as all of these are.
  private var waiting: [Local: LocalSet] = [:]

  private init(safe: LocalSet) { self.safe = safe }

  static func outputs(_ left: ResolvedTerm, _ right: ResolvedTerm, safe: LocalSet) -> LocalSet {
    var unifier = PatternUnifier(safe: safe)
    unifier.unify(left, right)
    return unifier.unified
  }

  static func locals(of pattern: ResolvedTerm) -> LocalSet { LocalCollector.collect(pattern, patternOptions) }

  private func isSafe(_ local: Local) -> Bool { safe.contains(local) || unified.contains(local) }

  private func isSafe(_ root: ResolvedTerm.Root) -> Bool {
    switch root {
    case .input, .data: true
    case .local(let local): isSafe(local)
    case .term(let term): LocalCollector.collect(term, [.skipClosures]).isSubset(of: safe.union(unified))
    }
  }

  private mutating func unify(_ left: ResolvedTerm, _ right: ResolvedTerm) {
    switch (left.node, right.node) {
    case (.local(let left), .local(let right)):
      if isSafe(right) {
        bind(left)
      } else if isSafe(left) {
        bind(right)
      } else {
        waiting[left, default: LocalSet()].insert(right)
        waiting[right, default: LocalSet()].insert(left)
      }
    case (.local(let local), .array), (.local(let local), .object): unify(local, container: right)
    case (.array, .local(let local)), (.object, .local(let local)): unify(local, container: left)
    case (.local(let local), .reference(let root, _)), (.reference(let root, _), .local(let local)):
      if isSafe(root) { bind(local) }
    case (.local(let local), .call(_, let operands)), (.call(_, let operands), .local(let local)):
      if areSafe(operands) { bind(local) }
    case (.local(let local), _), (_, .local(let local)): bind(local)
    case (.reference(let root, _), .array), (.reference(let root, _), .object): if isSafe(root) { bindAll(right) }
    case (.array, .reference(let root, _)), (.object, .reference(let root, _)): if isSafe(root) { bindAll(left) }
    case (.call(_, let operands), .array), (.call(_, let operands), .object): if areSafe(operands) { bindAll(right) }
    case (.array, .call(_, let operands)), (.object, .call(_, let operands)): if areSafe(operands) { bindAll(left) }
    case (.arrayComprehension, .array), (.objectComprehension, .object): bindAll(right)
    case (.array, .arrayComprehension), (.object, .objectComprehension): bindAll(left)
    // What cannot be equal is a mistake in types, not an open variable.
    case (.array, .objectComprehension), (.array, .setComprehension): bindAll(left)
    case (.constant(let value), .array), (.constant(let value), .object): unify(value, right)
    case (.array, .constant(let value)), (.object, .constant(let value)): unify(value, left)
    case (.array(let left), .array(let right)):
      guard left.count == right.count else { return }
      for (left, right) in zip(left, right) { unify(left, right) }
    case (.object(let left), .object(let right)):
      guard left.count == right.count else { return }
      for (key, value) in left {
        for (otherKey, otherValue) in right where Self.isSame(key, otherKey) { unify(value, otherValue) }
      }
    default: break
    }
  }

  /// A constant binds what stands where it has members.
  private mutating func unify(_ value: Value, _ pattern: ResolvedTerm) {
    switch (value, pattern.node) {
    case (_, .local(let local)): bind(local)
    case (.array(let array), .array(let elements)) where array.count == elements.count:
      for (value, element) in zip(array.elements, elements) { unify(value, element) }
    case (.object(let object), .object(let members)) where object.count == members.count:
      for (key, member) in members {
        guard let key = key.constant else { continue }
        let value = object[key]
        if !value.isUndefined { unify(value, member) }
      }
    default: break
    }
  }

  private static func isSame(_ left: ResolvedTerm, _ right: ResolvedTerm) -> Bool {
    switch (left.node, right.node) {
    case (.constant(let left), .constant(let right)): left == right
    case (.local(let left), .local(let right)): left == right
    default: false
    }
  }

  private func areSafe(_ operands: [ResolvedTerm]) -> Bool {
    var collector = LocalCollector([.skipClosures])
    for operand in operands { collector.add(operand) }
    return collector.locals.isSubset(of: safe.union(unified))
  }

  private mutating func unify(_ local: Local, container: ResolvedTerm) {
    if isSafe(local) { return bindAll(container) }
    let open = Self.locals(of: container).subtracting(safe).subtracting(unified)
    if open.isEmpty { return bind(local) }
    waiting[local, default: LocalSet()].formUnion(open)
  }

  private mutating func bindAll(_ pattern: ResolvedTerm) {
    for local in Self.locals(of: pattern).elements { bind(local) }
  }

  private mutating func bind(_ local: Local) {
    unified.insert(local)
    if let dependencies = waiting.removeValue(forKey: local) {
      for dependency in dependencies.elements { bind(dependency) }
    }
    for dependent in waiting.keys.sorted(by: { $0.slot < $1.slot }) {
      guard var dependencies = waiting[dependent], dependencies.contains(local) else { continue }
      dependencies.remove(local)
      waiting[dependent] = dependencies
      if dependencies.isEmpty {
        waiting[dependent] = nil
        bind(dependent)
      }
    }
  }
}
