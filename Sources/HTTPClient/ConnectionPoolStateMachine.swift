public import NIOCore

/// Which request gets which connection, when to connect, when to give up: decisions only, no IO, time as an argument.
///
/// Idle connections are reused last in, first out, so that surplus ones age and close. Waiting requests are served
/// first in, first out.
public struct ConnectionPoolStateMachine<Connection: AnyObject, Waiter: AnyObject> {
  public struct Limits: Sendable {
    public var connectionsMax: Int
    public var waitersMax: Int
    public var queueTimeout: TimeAmount
    /// How long an unused connection stays open.
    public var idleLimit: TimeAmount
    /// Further connection attempts that a waiting request sees fail before it fails itself.
    public var retriesMax: Int
    /// Whether a server that is down is tried again without anybody waiting for it, so that readiness comes back by
    /// itself.
    public var triesUnasked: Bool
    public var backOffMin: TimeAmount = .milliseconds(100)
    public var backOffMax: TimeAmount = .seconds(5)

    public init(
      connectionsMax: Int, waitersMax: Int, queueTimeout: TimeAmount, idleLimit: TimeAmount, retriesMax: Int,
      triesUnasked: Bool = true
    ) {
      self.connectionsMax = connectionsMax
      self.waitersMax = waitersMax
      self.queueTimeout = queueTimeout
      self.idleLimit = idleLimit
      self.retriesMax = retriesMax
      self.triesUnasked = triesUnasked
    }
  }

  public enum Lease {
    case use(Connection)
    /// Wait; ``takeConnectDemand(now:)`` says whether to open connections.
    case wait
    case queueFull
    /// The server does not accept connections and the next attempt is not due.
    case backingOff
  }

  public enum Placement {
    case use(Waiter)
    case idle
    /// Close it: nobody needs it any more.
    case surplus
  }

  private struct Entry {
    var waiter: Waiter
    var deadline: NIODeadline
    var failuresLeft: Int
  }

  public let limits: Limits
  private var idle: [(connection: Connection, since: NIODeadline)] = []
  private var waiters = CircularBuffer<Entry>()
  private var leased = 0
  private var connecting = 0
  private var failures = 0
  private var nextAttempt = NIODeadline.uptimeNanoseconds(0)
  public private(set) var isShutDown = false

  public init(limits: Limits) {
    self.limits = limits
  }

  public var isEmpty: Bool { idle.isEmpty && waiters.isEmpty && leased == 0 && connecting == 0 }
  public var waiterCount: Int { waiters.count }
  public var idleCount: Int { idle.count }
  /// Consecutive connection attempts that failed.
  public var failureCount: Int { failures }
  private var open: Int { idle.count + leased + connecting }

  // MARK: Requests

  public mutating func lease(_ waiter: Waiter, now: NIODeadline) -> Lease {
    if let last = idle.popLast() {
      leased += 1
      return .use(last.connection)
    }
    // A server known to be down fails requests at once; one attempt at a time finds out when it is back.
    if failures > limits.retriesMax, leased == 0, now < nextAttempt || connecting > 0 { return .backingOff }
    guard waiters.count < limits.waitersMax else { return .queueFull }
    waiters.append(
      Entry(waiter: waiter, deadline: now + limits.queueTimeout, failuresLeft: failures == 0 ? limits.retriesMax : 0))
    return .wait
  }

  /// The server is known to answer again, from another event loop's connections: no reason to hold back any longer.
  public mutating func serverAnswers() {
    failures = 0
    nextAttempt = NIODeadline.uptimeNanoseconds(0)
  }

  /// How many connections to start opening now; they count as being opened from here on.
  public mutating func takeConnectDemand(now: NIODeadline) -> Int {
    guard !isShutDown || !waiters.isEmpty else { return 0 }
    if failures > 0 {
      // One careful attempt, also without anybody waiting, so that readiness comes back by itself.
      guard connecting == 0, now >= nextAttempt, open < limits.connectionsMax else { return 0 }
      guard !waiters.isEmpty || (limits.triesUnasked && leased == 0 && idle.isEmpty) else { return 0 }
      connecting += 1
      return 1
    }
    let demand = min(waiters.count - connecting, limits.connectionsMax - open)
    guard demand > 0 else { return 0 }
    connecting += demand
    return demand
  }

  /// One connection beyond demand, at the start, to learn whether the store is there.
  public mutating func takeProbe() -> Bool {
    guard open == 0 else { return false }
    connecting += 1
    return true
  }

  /// The request no longer waits.
  public mutating func cancel(_ waiter: Waiter) {
    waiters.removeAll { $0.waiter === waiter }
  }

  // MARK: Connections

  /// A connection attempt succeeded.
  public mutating func connected(_ connection: Connection, now: NIODeadline) -> Placement {
    connecting -= 1
    failures = 0
    return place(connection, now: now)
  }

  /// A connection attempt failed.
  /// - Returns: the requests that fail with it.
  public mutating func connectFailed(now: NIODeadline) -> [Waiter] {
    connecting -= 1
    failures += 1
    let shift = min(failures - 1, 16)
    let pause = min(limits.backOffMin.nanoseconds << Int64(shift), limits.backOffMax.nanoseconds)
    nextAttempt = now + .nanoseconds(pause)
    // Requests that a connection in use can still serve go on waiting.
    guard leased == 0 else { return [] }
    var failed: [Waiter] = []
    var kept = CircularBuffer<Entry>(initialCapacity: waiters.count)
    for var entry in waiters {
      entry.failuresLeft -= 1
      if entry.failuresLeft < 0 { failed.append(entry.waiter) } else { kept.append(entry) }
    }
    waiters = kept
    return failed
  }

  /// A request is done with a connection that can serve another.
  public mutating func release(_ connection: Connection, now: NIODeadline) -> Placement {
    leased -= 1
    return place(connection, now: now)
  }

  /// A connection in use closed.
  public mutating func leasedConnectionClosed() { leased -= 1 }

  /// An unused connection closed.
  public mutating func idleConnectionClosed(_ connection: Connection) {
    idle.removeAll { $0.connection === connection }
  }

  /// Gives up the unused connections, where one of them was found to have been closed by a server that restarted.
  public mutating func dropIdle() -> [Connection] {
    defer { idle.removeAll() }
    return idle.map(\.connection)
  }

  private mutating func place(_ connection: Connection, now: NIODeadline) -> Placement {
    if let entry = waiters.popFirst() {
      leased += 1
      return .use(entry.waiter)
    }
    if isShutDown { return .surplus }
    idle.append((connection, now))
    return .idle
  }

  // MARK: Time

  /// - Returns: requests that waited too long, and connections unused for too long.
  public mutating func expire(now: NIODeadline) -> (waiters: [Waiter], connections: [Connection]) {
    var expired: [Waiter] = []
    while let first = waiters.first, first.deadline <= now {
      expired.append(first.waiter)
      waiters.removeFirst()
    }
    // The oldest stand first.
    var surplus: [Connection] = []
    while let first = idle.first, first.since + limits.idleLimit <= now {
      surplus.append(first.connection)
      idle.removeFirst()
    }
    return (expired, surplus)
  }

  /// No request starts any more.
  /// - Returns: the unused connections, to be closed.
  public mutating func shutdown() -> [Connection] {
    isShutDown = true
    defer { idle.removeAll() }
    return idle.map(\.connection)
  }
}
