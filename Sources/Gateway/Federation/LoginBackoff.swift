import LDAPNames
import S3Model
import Synchronization

/// Slows down who guesses passwords: by person and address together first, with a mild cap for each person, so that
/// strangers lock nobody out.
///
/// Only people whom the directory knows are counted, so guessing names fills nothing. Attempts at one time are bounded,
/// and not refused for being many: jobs that start together log in together. Counters live in memory: each node has its
/// own, and a restart forgets.
public final class LoginBackoff: Sendable {
  struct Person: Hashable, Sendable {
    /// Unique id.
    var providerID: ByteString
    var name: DistinguishedName
  }

  fileprivate struct Pair: Hashable, Sendable {
    var person: Person
    /// Nil where the address is not known.
    var address: IPAddress?
  }

  /// One that was begun; ends once.
  struct Attempt: Equatable, Sendable {
    fileprivate let pair: Pair
    /// Whether the person's allowance paid for it.
    fileprivate let isCharged: Bool
  }

  /// Seconds since 1970, as all times here.
  private struct Attempts {
    var failures = 0
    /// Begun and not ended.
    var pending = 0
    var last: Int64
    /// Until when the next attempt waits.
    var until: Int64 = 0
  }

  /// Refills by one each ``personRefillSeconds``.
  private struct Allowance {
    var used: Int64
    var refilled: Int64
  }

  private struct State {
    var attempts: [Pair: Attempts] = [:]
    var allowances: [Person: Allowance] = [:]
    /// Where people have logged in from, and when.
    var known: [Pair: Int64] = [:]
  }

  /// Failures of a pair that cost nothing.
  static let freeMax = 5
  /// After the last of them; doubled by each further one.
  static let waitSecondsMin: Int64 = 5
  static let waitSecondsMax: Int64 = 300
  /// After which failures are forgotten.
  static let forgetSeconds: Int64 = 900
  /// Attempts for one person from addresses that are not theirs.
  static let personMax: Int64 = 60
  static let personRefillSeconds: Int64 = 6
  static let knownSeconds: Int64 = 30 * 86_400
  /// Attempts of a pair at one time.
  static let pendingMax = 32
  /// After which an attempt has ended, whatever became of it.
  private static let pendingSeconds: Int64 = 120
  private static let entriesMax = 50_000

  private let state = Mutex(State())

  public init() {}

  /// Begins an attempt; one that may be made ends with ``succeed(_:at:)``, ``fail(_:at:)`` or
  /// ``forgive(_:)``.
  /// - Parameters:
  ///   - address: of the subscriber.
  ///   - now: in seconds since 1970.
  /// - Returns: nil where it may not be made.
  func begin(_ person: Person, from address: IPAddress?, at now: Int64) -> Attempt? {
    let pair = Pair(person: person, address: address)
    return state.withLock { state in
      var attempts = state.attempts[pair] ?? Attempts(last: now)
      if now - attempts.last > Self.forgetSeconds { attempts = Attempts(last: now) }
      if now - attempts.last > Self.pendingSeconds { attempts.pending = 0 }
      guard now >= attempts.until, attempts.pending < Self.pendingMax else { return nil }
      let isKnown = state.known[pair].map { now - $0 <= Self.knownSeconds } ?? false
      if !isKnown {
        var allowance = state.allowances[person] ?? Allowance(used: 0, refilled: now)
        let refill = max(0, now - allowance.refilled) / Self.personRefillSeconds
        allowance.used = max(0, allowance.used - refill)
        allowance.refilled += refill * Self.personRefillSeconds
        guard allowance.used < Self.personMax else { return nil }
        allowance.used += 1
        if state.allowances.count >= Self.entriesMax { state.allowances = [:] }
        state.allowances[person] = allowance
      }
      attempts.pending += 1
      attempts.last = now
      if state.attempts.count >= Self.entriesMax {
        state.attempts = state.attempts.filter { now - $0.value.last <= Self.forgetSeconds }
        // More than a directory's people guess at one time: an attacker with many addresses. The cap of each person stays.
        if state.attempts.count >= Self.entriesMax { state.attempts = [:] }
      }
      state.attempts[pair] = attempts
      return Attempt(pair: pair, isCharged: !isKnown)
    }
  }

  /// It was a login: nothing is held against the pair any more.
  func succeed(_ attempt: Attempt, at now: Int64) {
    state.withLock { state in
      end(attempt, &state) { $0.failures = 0 }
      giveBack(attempt, &state)
      if state.known.count >= Self.entriesMax { state.known = [:] }
      state.known[attempt.pair] = now
    }
  }

  /// The directory has said no.
  func fail(_ attempt: Attempt, at now: Int64) {
    state.withLock { state in
      end(attempt, &state) { attempts in
        attempts.failures += 1
        guard attempts.failures >= Self.freeMax else { return }
        let doublings = Int64(min(attempts.failures - Self.freeMax, 10))
        attempts.until = now + min(Self.waitSecondsMax, Self.waitSecondsMin << doublings)
      }
    }
  }

  /// The directory did not say: the attempt does not count.
  func forgive(_ attempt: Attempt) {
    state.withLock { state in
      end(attempt, &state) { _ in }
      giveBack(attempt, &state)
    }
  }

  private func end(_ attempt: Attempt, _ state: inout State, _ change: (inout Attempts) -> Void) {
    guard var attempts = state.attempts[attempt.pair] else { return }
    attempts.pending = max(0, attempts.pending - 1)
    change(&attempts)
    state.attempts[attempt.pair] = attempts.failures > 0 || attempts.pending > 0 ? attempts : nil
  }

  /// What strangers have used stays used, however often the person logs in from where they always do.
  private func giveBack(_ attempt: Attempt, _ state: inout State) {
    let person = attempt.pair.person
    guard attempt.isCharged, let used = state.allowances[person]?.used else { return }
    state.allowances[person]?.used = max(0, used - 1)
  }
}
