import Dispatch
import Synchronization
import Testing

@testable import Kerberos

struct KerberosThreadsTests {
  @Test func callsThatHangAreBounded() async throws {
    let threads = KerberosThreads(threads: 1, waitingMax: 2, timeout: .milliseconds(50))
    defer { threads.shutdown() }
    let gate = DispatchSemaphore(value: 0)
    let ranLate = Atomic<Bool>(false)
    await #expect(throws: KerberosError.timedOut) { try await threads.run { gate.wait() } }
    // The thread is still held; this one waits for it, and nobody for this one after a while.
    await #expect(throws: KerberosError.timedOut) {
      try await threads.run { ranLate.store(true, ordering: .relaxed) }
    }
    await #expect(throws: KerberosError.busy) { try await threads.run {} }
    gate.signal()
    var answer: Int?
    for _ in 0..<1000 where answer == nil {
      do throws(KerberosError) {
        answer = try await threads.run { 5 }
      } catch {
        try await Task.sleep(for: .milliseconds(1))
      }
    }
    #expect(answer == 5)
    let isLate = ranLate.load(ordering: .relaxed)
    #expect(!isLate)
  }

  @Test func passesOnWhatWorkSays() async throws {
    let threads = KerberosThreads(threads: 2)
    defer { threads.shutdown() }
    #expect(try await threads.run { 7 } == 7)
    await #expect(throws: KerberosError.expired) {
      try await threads.run { () throws(KerberosError) -> Int in throw .expired }
    }
  }
}
