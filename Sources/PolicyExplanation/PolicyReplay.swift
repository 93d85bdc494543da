import Authorization
import IAMPolicy
import Rego
import S3Model

/// Decides recorded requests again and keeps count of what comes out otherwise. Memory grows with the kinds of changes
/// only, which are bounded too, never with the records.
public final class PolicyReplay {
  /// A change of decisions that has the same principal, action and deciding rules.
  public struct Group: Hashable, Sendable {
    public let isAllowed: Bool
    public let principal: String
    public let action: String
    public let oldReason: String
    public let newReason: String
  }

  public struct Change: Sendable {
    public let time: String
    public let requestID: String
    public let isAllowed: Bool
    public let principal: String
    public let action: String
    public let resource: String
    public let oldReason: String
    public let newReason: String
  }

  public struct Count: Sendable {
    public internal(set) var requests = 0
    /// The first resources.
    public internal(set) var examples: [String] = []
  }

  private static let groupsMax = 10_000
  private static let lacksMax = 100
  private static let examplesMax = 3

  private let world: PolicyWorld
  private let session: RegoSession?
  private let changesMax: Int

  public private(set) var lines = 0
  /// Decided again with the same outcome.
  public private(set) var unchanged = 0
  /// Never decided: malformed requests, unknown keys, preflights.
  public private(set) var undecided = 0
  /// Requests that lack something, by what.
  public private(set) var undecidable: [String: Int] = [:]
  /// Lines that are no records, by why.
  public private(set) var unreadable: [String: Int] = [:]
  /// Decisions that change.
  public private(set) var denials = 0
  public private(set) var grants = 0
  public private(set) var groups: [Group: Count] = [:]
  /// Changes beyond ``groups``.
  public private(set) var ungrouped = 0
  /// The first changes.
  public private(set) var changes: [Change] = []

  public var changeCount: Int { denials + grants }

  /// - Parameter changesMax: how many to keep one by one.
  public init(_ world: PolicyWorld, changesMax: Int) {
    self.world = world
    self.changesMax = changesMax
    session = world.snapshot.rego?.makeSession()
  }

  /// - Parameter line: without its end.
  public func take(_ line: UnsafeRawBufferPointer) {
    if line.isEmpty { return }
    lines += 1
    let record: RecordedRequest
    do throws(RecordedRequest.Fault) {
      record = try RecordedRequest(line: line)
    } catch {
      switch error {
      case .json: count("no JSON", in: &unreadable)
      case .member(let name): count("no audit record: `\(name)`", in: &unreadable)
      }
      return
    }
    guard record.outcome != .undecided else { return undecided += 1 }
    switch record.decide(in: world, session) {
    case .undecidable(let what): count(what, in: &undecidable)
    case .decided(let decisions):
      if record.isDecidedByKey { compareKeys(record, decisions) } else { compare(record, decisions) }
    }
  }

  /// A line that was longer than lines may be.
  public func takeOverlong() {
    lines += 1
    count("longer than a record can be", in: &unreadable)
  }

  private func compare(_ record: RecordedRequest, _ decisions: [Decision]) {
    guard let decision = decisions.first else { return undecided += 1 }
    guard decision.isAllowed != (record.outcome == .allowed) else { return unchanged += 1 }
    let access = decision.access ?? record.accesses.first
    note(record, decision, access, isAllowed: decision.isAllowed)
  }

  /// DeleteObjects: an object is deleted when all of its accesses are allowed, whatever becomes of the others.
  private func compareKeys(_ record: RecordedRequest, _ decisions: [Decision]) {
    var objects: [Access: (isAllowed: Bool, deciding: Decision)] = [:]
    var order: [Access] = []
    for (access, decision) in zip(record.accesses, decisions) {
      // The version tells deletions of one key apart; the action does not.
      var object = access
      object.action = .s3(.deleteObject)
      if let known = objects[object] {
        if known.isAllowed, !decision.isAllowed { objects[object] = (false, decision) }
      } else {
        objects[object] = (decision.isAllowed, decision)
        order.append(object)
      }
    }
    let denied = Set(record.denied)
    let isAmbiguous = Dictionary(grouping: order, by: \.resource).contains { $1.count > 1 && denied.contains($0) }
    if isAmbiguous { return count("which version of a key was denied", in: &undecidable) }
    var changed = false
    for object in order {
      guard let found = objects[object], found.isAllowed == denied.contains(object.resource) else { continue }
      changed = true
      note(record, found.deciding, found.deciding.access ?? object, isAllowed: found.isAllowed)
    }
    if !changed { unchanged += 1 }
  }

  private func note(_ record: RecordedRequest, _ decision: Decision, _ access: Access?, isAllowed: Bool) {
    if isAllowed { grants += 1 } else { denials += 1 }
    let action = access.map { "\($0.action.name)" } ?? record.operation
    let resource = access?.resource.text ?? ""
    let group = Group(
      isAllowed: isAllowed, principal: record.principalARN, action: action, oldReason: record.decidedBy,
      newReason: "\(decision)")
    if groups[group] == nil, groups.count >= Self.groupsMax {
      ungrouped += 1
    } else {
      groups[group, default: Count()].requests += 1
      if let known = groups[group], known.examples.count < Self.examplesMax, !known.examples.contains(resource) {
        groups[group]?.examples.append(resource)
      }
    }
    guard changes.count < changesMax else { return }
    changes.append(
      Change(
        time: record.time.bytes.text, requestID: record.requestID, isAllowed: isAllowed,
        principal: record.principalARN, action: action, resource: resource, oldReason: record.decidedBy,
        newReason: "\(decision)"))
  }

  private func count(_ name: String, in counts: inout [String: Int]) {
    let isFull = counts[name] == nil && counts.count >= Self.lacksMax
    counts[isFull ? "others" : name, default: 0] += 1
  }
}

@available(*, unavailable)
extension PolicyReplay: Sendable {}
