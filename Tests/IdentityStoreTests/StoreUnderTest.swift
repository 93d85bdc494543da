import GatewayTesting
import IdentityStore
import Logging
import S3Model
import SQLiteIdentityStore
import Testing

/// Every kind of store runs the same tests.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case sqlite

  /// Those that can be had here.
  static let available: [StoreKind] = allCases

  var testDescription: String { rawValue }
}

/// Storage of a test's own, which several nodes open.
final class StoreUnderTest {
  let kind: StoreKind
  let folder: TemporaryFolder
  private var opened: [any IdentityStore] = []

  init(_ kind: StoreKind) throws {
    self.kind = kind
    folder = try TemporaryFolder()
  }

  static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// Another node's view of the same storage.
  func open() throws -> any IdentityStore {
    let store: any IdentityStore
    switch kind {
    case .sqlite:
      var options = SQLiteIdentityStore.Options(path: folder.path + "/identity.db")
      options.pollInterval = .milliseconds(10)
      options.expiryInterval = .milliseconds(50)
      store = try SQLiteIdentityStore(options, log: Self.log)
    }
    opened.append(store)
    return store
  }

  func close() async {
    for store in opened { await store.shutdown() }
  }

  static func with(
    _ kind: StoreKind, _ body: (StoreUnderTest) async throws -> Void
  ) async throws {
    let storage = try StoreUnderTest(kind)
    do {
      try await body(storage)
    } catch {
      await storage.close()
      throw error
    }
    await storage.close()
  }
}

extension IdentityStore {
  /// Writes records over what is there.
  @discardableResult
  func write(_ records: [RecordKey: String?], expires: Int64? = nil) async throws -> StoreRevision {
    var transaction = StoreTransaction()
    for (key, text) in records {
      transaction.changes[key] = .some(text.map { Array($0.utf8) })
      if let expires { transaction.expirations[key] = expires }
    }
    guard case .committed(let revision) = try await commit(transaction) else { throw UnexpectedConflict() }
    return revision
  }

  func text(_ key: RecordKey) async throws -> String? {
    try await read([key]).first.map { String(decoding: $0.value, as: UTF8.self) }
  }

  func loaded() async throws -> (records: [RecordKey: StoredRecord], revision: StoreRevision) {
    let records = Collected()
    let revision = try await load { records.add($0) }
    return (records.all, revision)
  }
}

struct UnexpectedConflict: Error {}
