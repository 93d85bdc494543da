import Identity
import IdentityStore
import S3Model
import S3Wire

/// One action of IAM: its parameters, checked against AWS's model, what it needs to be allowed, and what it does.
protocol IAMOperation: Sendable {
  static var action: IAMAction { get }
  /// Reads the parameters; violations stay with the checker.
  init(_ checker: inout ParameterChecker)
  /// What must be allowed, all of it. Looks at what there is only for paths, tags and boundaries; never fails because
  /// something is not there.
  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess]
  /// Whether nothing of it outlives the caller's credentials but what is taken away. Only such actions are for callers
  /// whom a session's or service account's policy limits: whatever else they made would be free of that limit.
  func endsWithCredentials(_ scope: IAMScope) -> Bool
  /// Whether it ends the session that asks, and does nothing else. That needs no permission: whoever stole the
  /// credentials gains nothing by it.
  func endsSession(_ accessKeyID: ByteString) -> Bool
  func run(_ run: IAMRun) async throws -> IAMAnswer
}

/// An action that only reads the records in force.
protocol IAMReading: IAMOperation {
  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer
}

/// An action that changes records.
protocol IAMEditing: IAMOperation {
  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer
}

extension IAMOperation {
  func endsWithCredentials(_ scope: IAMScope) -> Bool { false }

  func endsSession(_ accessKeyID: ByteString) -> Bool { false }
}

extension IAMReading {
  func endsWithCredentials(_ scope: IAMScope) -> Bool { true }

  func run(_ run: IAMRun) async throws -> IAMAnswer {
    let scope = run.scope(run.editor.table)
    // Read is only what was authorized.
    try run.confirm(self, scope)
    return try read(scope)
  }
}

extension IAMEditing {
  func run(_ run: IAMRun) async throws -> IAMAnswer {
    try await run.edit(self) { scope, change throws(IAMError) in try edit(scope, &change) }
  }
}

/// An authorized action on its way.
struct IAMRun: Sendable {
  let editor: any IdentityEditor
  let caller: IAMCaller
  let now: Int64
  let entropy: IAMEntropy
  let authorized: [IAMAccess]
  let service: IAMService

  func scope(_ table: IdentityTable) -> IAMScope {
    IAMScope(
      table: table, caller: caller, now: now, isReserved: service.isReserved, sealer: editor.sealer,
      entropy: entropy, declared: service.declared())
  }

  /// - Throws: `changedMeanwhile` when the action would now need something else to be allowed.
  func confirm(_ operation: some IAMOperation, _ scope: IAMScope) throws(IAMError) {
    guard try operation.accesses(scope) == authorized else { throw .changedMeanwhile }
  }

  /// Decides a change over the newest records, again when they change meanwhile, and puts it in force.
  func edit<Operation: IAMOperation>(
    _ operation: Operation,
    _ decide: @escaping @Sendable (IAMScope, inout IdentityChange) throws(IAMError) -> IAMAnswer
  ) async throws -> IAMAnswer {
    try await editor.edit { table in
      let scope = scope(table)
      try confirm(operation, scope)
      var change = IdentityChange()
      let answer = try decide(scope, &change)
      return (change, answer)
    }
  }
}

/// What an action answers: the content of its result element, nil for actions that have none.
struct IAMAnswer: Sendable {
  let result: [UInt8]?

  static let none = IAMAnswer(result: nil)

  private init(result: [UInt8]?) { self.result = result }

  init(_ write: (inout XMLWriter) -> Void) {
    var writer = XMLWriter(fragment: 512)
    write(&writer)
    result = writer.bytes
  }
}
