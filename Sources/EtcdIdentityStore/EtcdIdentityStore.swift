import Cryptography
import Glibc
public import HTTPClient
public import IdentityStore
import JSON
public import Logging
public import NIOCore
public import S3Model
import Synchronization

/// Identities in an etcd cluster, which several nodes share.
///
/// Speaks etcd's JSON gateway (`/v3/…`, etcd 3.4 and later). What a commit that was not answered has become is found
/// out: each leaves a mark that a second transaction can put in its place, so that one of the two never happens.
public final class EtcdIdentityStore: IdentityStore {
  public struct Credentials: Sendable {
    public var username: String
    public var password: @Sendable () throws(IdentityStoreError) -> String

    public init(username: String, password: @escaping @Sendable () throws(IdentityStoreError) -> String) {
      self.username = username
      self.password = password
    }
  }

  public struct Options: Sendable {
    /// Members of one cluster, in no particular order; never empty.
    public var endpoints: [HTTPEndpoint]
    /// Under which everything stands.
    public var prefix = "/martlet/"
    public var credentials: Credentials?
    public var connectTimeout: Duration = .seconds(2)
    /// For each request.
    public var timeout: Duration = .seconds(5)
    /// How often a member is asked whether it still belongs to the cluster's majority.
    public var probeInterval: Duration = .milliseconds(500)

    public init(endpoints: [HTTPEndpoint]) { self.endpoints = endpoints }
  }

  public let name = "etcd"
  public let isRemote = true
  /// etcd takes 128 operations and 1.5 MiB (`--max-txn-ops`, `--max-request-bytes`).
  public let limits = StoreLimits(changesMax: 100, bytesMax: 1 << 20, recordBytesMax: 1 << 19)

  let client: EtcdClient
  let keys: EtcdKeys
  let options: Options
  let log: Logger
  private let leases: EtcdLeases
  private let closed = Atomic<Bool>(false)

  public init(_ options: Options, group: any EventLoopGroup, log: Logger) {
    precondition(!options.endpoints.isEmpty, "settings have one")
    self.options = options
    self.log = log
    keys = EtcdKeys(prefix: options.prefix)
    client = EtcdClient(
      options.endpoints, credentials: options.credentials, timeout: options.timeout,
      connectTimeout: options.connectTimeout, group: group)
    leases = EtcdLeases(client)
  }

  var isClosed: Bool { closed.load(ordering: .acquiring) }

  public func shutdown() async {
    guard !closed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    client.shutDown()
  }

  // MARK: Reading

  private static let pageCountMax: Int64 = 1000

  public func load(
    _ take: @escaping @Sendable ([StoredRecord]) throws(IdentityStoreError) -> Void
  ) async throws(IdentityStoreError) -> StoreRevision {
    // Pages name the revision of the first: all of them are of one moment.
    var revision: StoreRevision?
    var start = keys.told
    while true {
      let (answer, records) = try await range(
        from: start, to: EtcdKeys.end(of: keys.told), countMax: Self.pageCountMax, at: revision)
      let known: StoreRevision
      if let revision { known = revision } else { known = try answer.revision() }
      revision = known
      if !records.records.isEmpty { try take(records.records) }
      guard answer.flag("more"), let last = records.last else { return known }
      // Pages that do not go on would never end.
      guard !last.lexicographicallyPrecedes(start) else {
        throw .corrupt(key: nil, reason: "etcd's pages are out of order")
      }
      start = last + [0]
    }
  }

  public func readings(_ asked: [RecordKey]) async throws(IdentityStoreError) -> StoreReading {
    guard asked.count <= limits.changesMax else { throw .tooLarge }
    var body = JSONObject()
    body["success"] = .array(
      asked.map { key in
        var range = JSONObject()
        range.set("key", bytes: keys.key(key))
        return .object(.with("request_range", range))
      })
    let answer = try await read("/v3/kv/txn", body)
    var reading = StoreReading(records: [], revision: try answer.revision())
    for response in try answer.list("responses") {
      guard let range = response.part("response_range") else { continue }
      reading.records += try records(range).records
    }
    return reading
  }

  public func list(
    _ kind: RecordKey.Kind, after name: ByteString?, countMax: Int
  ) async throws(IdentityStoreError) -> [StoredRecord] {
    let prefix = keys.key(RecordKey(kind, ""))
    let start = name.map { keys.key(RecordKey(kind, $0)) + [0] } ?? prefix
    return try await range(
      from: start, to: EtcdKeys.end(of: prefix), countMax: min(Int64(countMax), Self.pageCountMax), at: nil
    ).1.records
  }

  private func range(
    from start: [UInt8], to end: [UInt8], countMax: Int64, at revision: StoreRevision?
  ) async throws(IdentityStoreError) -> (EtcdAnswer, (records: [StoredRecord], last: [UInt8]?)) {
    var body = JSONObject()
    body.set("key", bytes: start)
    body.set("range_end", bytes: end)
    body.set("limit", number: countMax)
    if let revision { body.set("revision", number: revision.number) }
    let answer = try await read("/v3/kv/range", body)
    return (answer, try records(answer))
  }

  private func read(_ path: String, _ body: JSONObject) async throws(IdentityStoreError) -> EtcdAnswer {
    if isClosed { throw .closed }
    do throws(EtcdClient.Failure) {
      return try await client.ask(path, body, isRead: true)
    } catch {
      throw isClosed ? .closed : error.error
    }
  }

  private func records(
    _ answer: EtcdAnswer
  ) throws(IdentityStoreError) -> (records: [StoredRecord], last: [UInt8]?) {
    var records: [StoredRecord] = []
    var last: [UInt8]?
    for entry in try answer.list("kvs") {
      let bytes = try entry.bytes("key")
      last = bytes
      guard let key = keys.record(bytes) else {
        tellForeign(bytes)
        continue
      }
      records.append(
        StoredRecord(
          key: key, value: try value(entry), revision: StoreRevision(try entry.number("mod_revision"))))
    }
    return (records, last)
  }

  /// Nothing of ours is larger than the limit; what is becomes a record that cannot be read, and fails closed.
  func value(_ entry: EtcdAnswer) throws(IdentityStoreError) -> [UInt8] {
    let value = try entry.bytes("value")
    return value.count <= limits.recordBytesMax ? value : []
  }

  func tellForeign(_ key: [UInt8]) {
    let name = String(decoding: key.prefix(200).map { $0 >= 0x20 && $0 < 0x7F ? $0 : 0x3F }, as: UTF8.self)
    log.error("the identity store holds a record of an unknown kind", metadata: ["key": "\(name)"])
  }

  // MARK: Writing

  /// How long the mark of a commit stays.
  private static let markSeconds: Int64 = 600
  private static let commitAttemptsMax = 3

  public func commit(_ transaction: StoreTransaction) async throws(IdentityStoreError) -> CommitOutcome {
    guard limits.allow(transaction) else { throw .tooLarge }
    var last = IdentityStoreError.unreachable(reason: "not asked")
    for _ in 0..<Self.commitAttemptsMax {
      if isClosed { throw .closed }
      let mark = try newMark()
      let now = Int64(time(nil))
      do throws(EtcdClient.Failure) {
        let body = try await self.body(transaction, mark: mark, now)
        let answer = try await client.ask("/v3/kv/txn", body, isRead: false)
        do throws(IdentityStoreError) {
          return answer.flag("succeeded") ? .committed(try answer.revision()) : .conflict
        } catch {
          throw .unknown(error)
        }
      } catch {
        switch error {
        case .before(let error): throw isClosed ? .closed : error
        case .fault(let fault) where fault.isLeaseGone:
          await leases.forget()
          last = fault.error
          continue
        case .fault(let fault) where !fault.isPassing: throw fault.error
        case .unknown, .fault:
          last = error.error
          // It may have been done, or may yet be.
          if let outcome = try await settle(mark, now) { return outcome }
        }
      }
    }
    throw last
  }

  private func newMark() throws(IdentityStoreError) -> [UInt8] {
    do throws(CryptographyError) {
      return keys.commits + Array(Hex.encode(try SecureRandom.bytes(16)).utf8)
    } catch {
      throw .unreachable(reason: "the system gives no random bytes")
    }
  }

  private func body(
    _ transaction: StoreTransaction, mark: [UInt8], _ now: Int64
  ) async throws(EtcdClient.Failure) -> JSONObject {
    var conditions = [Self.absent(mark)]
    for (key, revision) in transaction.conditions {
      guard let revision else {
        conditions.append(Self.absent(keys.key(key)))
        continue
      }
      var condition = JSONObject()
      condition.set("key", bytes: keys.key(key))
      condition["target"] = .string("MOD")
      condition["result"] = .string("EQUAL")
      condition.set("mod_revision", number: revision.number)
      conditions.append(.object(condition))
    }
    var operations: [JSONValue] = []
    if !transaction.changes.isEmpty {
      operations.append(
        Self.put(mark, Self.done, lease: try await leases.lease(until: now + Self.markSeconds, now: now)))
    }
    for (key, value) in transaction.changes {
      guard let value else {
        var range = JSONObject()
        range.set("key", bytes: keys.key(key))
        operations.append(.object(.with("request_delete_range", range)))
        continue
      }
      var lease: Int64?
      if key.kind.isVolatile, let expires = transaction.expirations[key] {
        lease = try await leases.lease(until: expires, now: now)
      }
      operations.append(Self.put(keys.key(key), value, lease: lease))
    }
    var body = JSONObject()
    body["compare"] = .array(conditions)
    body["success"] = .array(operations)
    return body
  }

  private static let done = Array("done".utf8)
  private static let void = Array("void".utf8)

  private static func absent(_ key: [UInt8]) -> JSONValue {
    var condition = JSONObject()
    condition.set("key", bytes: key)
    condition["target"] = .string("VERSION")
    condition["result"] = .string("EQUAL")
    condition.set("version", number: 0)
    return .object(condition)
  }

  private static func put(_ key: [UInt8], _ value: [UInt8], lease: Int64?) -> JSONValue {
    var put = JSONObject()
    put.set("key", bytes: key)
    put.set("value", bytes: value)
    if let lease { put.set("lease", number: lease) }
    return .object(.with("request_put", put))
  }

  /// Finds out what became of a commit, and prevents it when it has not happened yet.
  /// - Returns: nil when it never will.
  private func settle(_ mark: [UInt8], _ now: Int64) async throws(IdentityStoreError) -> CommitOutcome? {
    var range = JSONObject()
    range.set("key", bytes: mark)
    var last = IdentityStoreError.unreachable(reason: "not asked")
    // Somebody waits for the answer; each attempt may itself take a while with every member.
    let end = ContinuousClock.now + options.timeout * 3
    for attempt in 0..<5 {
      if attempt > 0, ContinuousClock.now >= end { break }
      if isClosed { throw .closed }
      do throws(EtcdClient.Failure) {
        var body = JSONObject()
        body["compare"] = .array([Self.absent(mark)])
        body["success"] = .array([
          Self.put(mark, Self.void, lease: try await leases.lease(until: now + Self.markSeconds, now: now))
        ])
        body["failure"] = .array([.object(.with("request_range", range))])
        // May be done twice: the second finds what the first has put there.
        let answer = try await client.ask("/v3/kv/txn", body, isRead: true)
        if answer.flag("succeeded") { return nil }
        do throws(IdentityStoreError) {
          guard let found = try answer.list("responses").first?.part("response_range")?.list("kvs").first else {
            throw .corrupt(key: nil, reason: "etcd does not say what became of a commit")
          }
          return try found.bytes("value") == Self.done
            ? .committed(StoreRevision(try found.number("mod_revision"))) : nil
        } catch {
          throw .unknown(error)
        }
      } catch {
        if case .fault(let fault) = error, fault.isLeaseGone { await leases.forget() }
        last = error.error
      }
      do { try await Task.sleep(for: .milliseconds(100 << attempt)) } catch { throw last }
    }
    throw last
  }

  // MARK: Changes

  public func changes(after revision: StoreRevision) -> AsyncStream<StoreEvent> {
    let watch = EtcdWatch(self, after: revision)
    return AsyncStream { await watch.next() }
  }
}
