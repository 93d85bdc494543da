import EtcdIdentityStore
import Foundation
import GatewayTesting
import HTTPClient
import IdentityStore
import Logging
import NIOPosix
import S3Model
import SQLiteIdentityStore
import Testing

/// Every kind of store runs the same tests.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case sqlite, etcd

  /// Those that can be had here: etcd where `MARTLET_TEST_ETCD` names its members, as `http://127.0.0.1:2379,…`.
  static let available: [StoreKind] = endpoints.isEmpty ? [.sqlite] : [.sqlite, .etcd]

  static let endpoints: [String] =
    ProcessInfo.processInfo.environment["MARTLET_TEST_ETCD"]?.split(separator: ",").map { String($0) } ?? []

  var testDescription: String { rawValue }
}

/// Storage of a test's own, which several nodes open.
final class StoreUnderTest {
  let kind: StoreKind
  let folder: TemporaryFolder
  private let prefix = "/test-\(UInt64.random(in: .min ... .max))/"
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
    case .etcd: store = try Self.etcd(prefix: prefix)
    }
    opened.append(store)
    return store
  }

  static func etcd(prefix: String) throws -> EtcdIdentityStore {
    var options = EtcdIdentityStore.Options(
      endpoints: try StoreKind.endpoints.map { try HTTPEndpoint(HTTPURL($0)) })
    options.prefix = prefix
    return EtcdIdentityStore(options, group: MultiThreadedEventLoopGroup.singleton, log: log)
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
