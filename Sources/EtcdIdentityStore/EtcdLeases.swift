import IdentityStore
import JSON

/// Leases by the time at which they end, shared by all records that go at about that time.
actor EtcdLeases {
  private let client: EtcdClient
  private var leases: [Int64: Int64] = [:]

  init(_ client: EtcdClient) { self.client = client }

  /// - Parameter end: in seconds since 1970; the lease ends then or up to a tenth of the remaining time later.
  func lease(until end: Int64, now: Int64) async throws(EtcdClient.Failure) -> Int64 {
    let remaining = max(1, end - now)
    let step: Int64 = remaining < 100 ? 1 : remaining < 1000 ? 10 : remaining < 10_000 ? 100 : 1000
    let rounded = (max(end, now + 1) + step - 1) / step * step
    if let lease = leases[rounded] { return lease }
    leases = leases.filter { $0.key > now }
    var body = JSONObject()
    body.set("TTL", number: max(1, rounded - now))
    let answer = try await client.ask("/v3/lease/grant", body, isRead: true)
    let lease: Int64
    do throws(IdentityStoreError) {
      lease = try answer.number("ID")
    } catch {
      throw .before(error)
    }
    guard lease != 0 else { throw .before(.corrupt(key: nil, reason: "etcd gave no lease")) }
    leases[rounded] = lease
    return lease
  }

  /// etcd no longer has one of them.
  func forget() { leases = [:] }
}
