import LDAPNames
import S3Model
import Testing

@testable import Gateway

@Suite struct LoginBackoffTests {
  private let backoff = LoginBackoff()
  private let now: Int64 = 1_800_000_000

  private func person(_ name: String = "alice") throws -> LoginBackoff.Person {
    LoginBackoff.Person(providerID: "LDAP1", name: try #require(DistinguishedName("uid=\(name)".utf8)))
  }

  private func address(_ last: UInt8) -> IPAddress { IPAddress(ipv4: [10, 0, 0, last]) }

  /// - Returns: whether a wrong password was tried at all.
  private func guess(_ person: LoginBackoff.Person, from address: IPAddress, at time: Int64) -> Bool {
    guard let attempt = backoff.begin(person, from: address, at: time) else { return false }
    backoff.fail(attempt, at: time)
    return true
  }

  @Test func failuresOfAPairWaitLongerAndLonger() throws {
    let person = try person()
    for _ in 0..<LoginBackoff.freeMax { #expect(guess(person, from: address(1), at: now)) }
    #expect(!guess(person, from: address(1), at: now + 4))
    // Neither another address nor another person.
    #expect(guess(person, from: address(2), at: now + 4))
    #expect(guess(try self.person("bob"), from: address(1), at: now + 4))
    #expect(guess(person, from: address(1), at: now + 5))
    #expect(!guess(person, from: address(1), at: now + 14))
    #expect(guess(person, from: address(1), at: now + 15))
  }

  @Test func waitsHaveAnEnd() throws {
    let person = try person()
    var time = now
    var tries = 0
    while tries < 20 {
      if guess(person, from: address(1), at: time) { tries += 1 }
      time += LoginBackoff.waitSecondsMax
    }
    #expect(time - now <= 22 * LoginBackoff.waitSecondsMax)
  }

  private func logIn(_ person: LoginBackoff.Person, from address: IPAddress, at time: Int64) throws {
    backoff.succeed(try #require(backoff.begin(person, from: address, at: time)), at: time)
  }

  @Test func aLoginForgets() throws {
    let person = try person()
    for _ in 0..<4 { #expect(guess(person, from: address(1), at: now)) }
    try logIn(person, from: address(1), at: now)
    for _ in 0..<LoginBackoff.freeMax { #expect(guess(person, from: address(1), at: now)) }
    #expect(!guess(person, from: address(1), at: now))
    #expect(guess(person, from: address(1), at: now + LoginBackoff.forgetSeconds + 1))
  }

  @Test func whatTheDirectoryDidNotAnswerDoesNotCount() throws {
    let person = try person()
    for _ in 0..<100 { backoff.forgive(try #require(backoff.begin(person, from: address(1), at: now))) }
  }

  @Test func manyAtOneTimeAreNoGuesses() throws {
    let person = try person()
    func beginAll() throws -> [LoginBackoff.Attempt] {
      try (0..<LoginBackoff.pendingMax).map { _ in try #require(backoff.begin(person, from: address(1), at: now)) }
    }
    let logins = try beginAll()
    #expect(backoff.begin(person, from: address(1), at: now) == nil)
    for attempt in logins { backoff.succeed(attempt, at: now) }
    // If they are guesses, they all count.
    for attempt in try beginAll() { backoff.fail(attempt, at: now) }
    #expect(backoff.begin(person, from: address(1), at: now + LoginBackoff.waitSecondsMax - 1) == nil)
    #expect(backoff.begin(person, from: address(1), at: now + LoginBackoff.waitSecondsMax) != nil)
  }

  @Test func strangersDoNotLockOut() throws {
    let person = try person()
    try logIn(person, from: address(1), at: now)
    var tries: Int64 = 0
    for last in 2...UInt8.max where guess(person, from: address(last), at: now) { tries += 1 }
    #expect(tries == LoginBackoff.personMax)
    try logIn(person, from: address(1), at: now)
    // And somebody new comes in after a while.
    #expect(guess(person, from: address(2), at: now + LoginBackoff.personRefillSeconds))
    #expect(!guess(person, from: address(3), at: now + LoginBackoff.personRefillSeconds))
  }

  /// A job that logs in every second must not pay for strangers' guesses.
  @Test func loginsFromKnownAddressesPayForNobody() throws {
    let person = try person()
    try logIn(person, from: address(1), at: now)
    for last in 2..<UInt8(2 + LoginBackoff.personMax) { #expect(guess(person, from: address(last), at: now)) }
    for _ in 0..<100 { try logIn(person, from: address(1), at: now) }
    #expect(!guess(person, from: address(200), at: now))
  }
}
