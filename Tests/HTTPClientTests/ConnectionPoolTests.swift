import NIOCore
import Testing

@testable import HTTPClient

/// The pool's decisions, without connections and without waiting.
@Suite struct ConnectionPoolTests {
  final class Connection {}
  final class Waiter {}
  typealias Pool = ConnectionPoolStateMachine<Connection, Waiter>

  private func pool(connections: Int = 2, waiters: Int = 3, retries: Int = 1) -> Pool {
    Pool(
      limits: .init(
        connectionsMax: connections, waitersMax: waiters, queueTimeout: .seconds(10), idleLimit: .seconds(20),
        retriesMax: retries))
  }

  private func at(_ milliseconds: Int64) -> NIODeadline {
    .uptimeNanoseconds(1_000_000_000) + .milliseconds(milliseconds)
  }

  private func isWait(_ lease: Pool.Lease) -> Bool { if case .wait = lease { true } else { false } }
  private func used(_ placement: Pool.Placement) -> Waiter? {
    if case .use(let waiter) = placement { waiter } else { nil }
  }

  @Test func opensAsManyAsNeededAndAllowed() {
    var pool = pool()
    for expected in [1, 1, 0] {
      #expect(isWait(pool.lease(Waiter(), now: at(0))))
      #expect(pool.takeConnectDemand(now: at(0)) == expected)
    }
    guard case .queueFull = pool.lease(Waiter(), now: at(0)) else {
      Issue.record("a fourth request must not wait")
      return
    }
  }

  @Test func servesInOrderOfArrivalAndReusesTheNewest() throws {
    var pool = pool()
    let (first, second) = (Waiter(), Waiter())
    _ = pool.lease(first, now: at(0))
    _ = pool.lease(second, now: at(0))
    #expect(pool.takeConnectDemand(now: at(0)) == 2)
    let (older, newer) = (Connection(), Connection())
    #expect(used(pool.connected(older, now: at(1))) === first)
    #expect(used(pool.connected(newer, now: at(1))) === second)
    _ = pool.release(older, now: at(2))
    _ = pool.release(newer, now: at(3))
    guard case .use(let connection) = pool.lease(Waiter(), now: at(4)) else { throw Wrong() }
    #expect(connection === newer)
    let expired = pool.expire(now: at(20_002))
    #expect(expired.connections.count == 1 && expired.connections.first === older)
  }

  @Test func cancelledRequestsGetNothing() {
    var pool = pool(connections: 1)
    let waiter = Waiter()
    _ = pool.lease(waiter, now: at(0))
    _ = pool.takeConnectDemand(now: at(0))
    pool.cancel(waiter)
    #expect(used(pool.connected(Connection(), now: at(1))) == nil)
    #expect(pool.idleCount == 1)
  }

  @Test func waitsAreBounded() {
    var pool = pool(connections: 1)
    let (early, late) = (Waiter(), Waiter())
    _ = pool.lease(early, now: at(0))
    _ = pool.lease(late, now: at(5000))
    #expect(pool.expire(now: at(9999)).waiters.isEmpty)
    let expired = pool.expire(now: at(10_000)).waiters
    #expect(expired.count == 1 && expired.first === early && pool.waiterCount == 1)
  }

  @Test func backsOffAndFailsFastWhileDown() {
    var pool = pool(retries: 1)
    let waiter = Waiter()
    _ = pool.lease(waiter, now: at(0))
    #expect(pool.takeConnectDemand(now: at(0)) == 1)
    // One more attempt is allowed, 100 ms later.
    #expect(pool.connectFailed(now: at(1)).isEmpty)
    #expect(pool.takeConnectDemand(now: at(50)) == 0)
    #expect(pool.takeConnectDemand(now: at(101)) == 1)
    let failed = pool.connectFailed(now: at(102))
    #expect(failed.count == 1 && failed.first === waiter)
    guard case .backingOff = pool.lease(Waiter(), now: at(103)) else {
      Issue.record("a store known to be down must fail requests at once")
      return
    }
    // Nobody waits, and still it is found out when the store is back.
    #expect(pool.takeConnectDemand(now: at(103)) == 0)
    #expect(pool.takeConnectDemand(now: at(303)) == 1)
    _ = pool.connected(Connection(), now: at(304))
    #expect(pool.failureCount == 0)
    guard case .use = pool.lease(Waiter(), now: at(305)) else {
      Issue.record("the store is back")
      return
    }
  }

  @Test func backOffIsBounded() {
    var pool = pool()
    var now: Int64 = 0
    for _ in 0..<100 {
      _ = pool.takeProbe() || pool.takeConnectDemand(now: at(now)) == 1
      _ = pool.connectFailed(now: at(now))
      now += 5000
      #expect(pool.takeConnectDemand(now: at(now)) == 1)
      _ = pool.connectFailed(now: at(now))
      now += 5000
    }
  }

  @Test func shutdownKeepsNothing() {
    var pool = pool()
    _ = pool.lease(Waiter(), now: at(0))
    _ = pool.takeConnectDemand(now: at(0))
    let connection = Connection()
    _ = pool.connected(connection, now: at(0))
    #expect(pool.shutdown().isEmpty)
    guard case .surplus = pool.release(connection, now: at(1)) else {
      Issue.record("a connection must close after the last request")
      return
    }
    #expect(pool.isEmpty)
  }

  struct Wrong: Error {}
}
