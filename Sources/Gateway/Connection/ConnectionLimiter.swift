import Synchronization

/// Counts connections in all and per address, and requests in flight, across event loops.
///
/// Connections are counted once per accept, so a lock is cheap enough; requests are counted by one relaxed atomic.
final class ConnectionLimiter: Sendable {
  private struct Counts {
    var total = 0
    var byAddress: [String: Int] = [:]
  }

  private let counts = Mutex(Counts())
  private let inFlight = Atomic<Int>(0)

  init() {}

  var connections: Int { counts.withLock { $0.total } }
  var requestsInFlight: Int { inFlight.load(ordering: .relaxed) }

  /// Takes a place for a connection; false when there is none left. Each true is answered by one ``release(_:)``.
  func acquire(_ address: String, connectionsMax: Int, connectionsPerAddressMax: Int) -> Bool {
    counts.withLock { counts in
      let fromAddress = counts.byAddress[address, default: 0]
      guard counts.total < connectionsMax, fromAddress < connectionsPerAddressMax else { return false }
      counts.total += 1
      counts.byAddress[address] = fromAddress + 1
      return true
    }
  }

  func release(_ address: String) {
    counts.withLock { counts in
      counts.total -= 1
      let left = counts.byAddress[address, default: 1] - 1
      counts.byAddress[address] = left == 0 ? nil : left
    }
  }

  /// Counts a request in; false when there are too many. Each call, whatever it answered, is followed by one
  /// ``endRequest()``: a refused request too is in flight until its refusal is sent.
  func beginRequest(requestsInFlightMax: Int) -> Bool {
    inFlight.wrappingAdd(1, ordering: .relaxed).newValue <= requestsInFlightMax
  }

  func endRequest() {
    inFlight.wrappingSubtract(1, ordering: .relaxed)
  }
}
