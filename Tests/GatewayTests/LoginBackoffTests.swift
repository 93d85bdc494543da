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

  @Test func failuresOfAPairWaitLongerAndLonger() throws {
    let person = try person()
    for _ in 0..<LoginBackoff.freeMax { #expect(backoff.begin(person, from: address(1), at: now)) }
    #expect(!backoff.begin(person, from: address(1), at: now + 4))
    // Neither another address nor another person.
    #expect(backoff.begin(person, from: address(2), at: now + 4))
    #expect(backoff.begin(try self.person("bob"), from: address(1), at: now + 4))
    #expect(backoff.begin(person, from: address(1), at: now + 5))
    #expect(!backoff.begin(person, from: address(1), at: now + 14))
    #expect(backoff.begin(person, from: address(1), at: now + 15))
  }

  @Test func waitsHaveAnEnd() throws {
    let person = try person()
    var time = now
    var tries = 0
    while tries < 20 {
      if backoff.begin(person, from: address(1), at: time) { tries += 1 }
      time += LoginBackoff.waitSecondsMax
    }
    #expect(time - now <= 22 * LoginBackoff.waitSecondsMax)
  }

  @Test func aLoginForgets() throws {
    let person = try person()
    for _ in 0..<4 { #expect(backoff.begin(person, from: address(1), at: now)) }
    backoff.succeed(person, from: address(1), at: now)
    for _ in 0..<LoginBackoff.freeMax { #expect(backoff.begin(person, from: address(1), at: now)) }
    #expect(!backoff.begin(person, from: address(1), at: now))
    #expect(backoff.begin(person, from: address(1), at: now + LoginBackoff.forgetSeconds + 1))
  }

  @Test func whatTheDirectoryDidNotAnswerDoesNotCount() throws {
    let person = try person()
    for _ in 0..<50 {
      #expect(backoff.begin(person, from: address(1), at: now))
      backoff.forgive(person, from: address(1))
    }
  }

  @Test func strangersDoNotLockOut() throws {
    let person = try person()
    #expect(backoff.begin(person, from: address(1), at: now))
    backoff.succeed(person, from: address(1), at: now)
    var tries: Int64 = 0
    for last in 2...UInt8.max where backoff.begin(person, from: address(last), at: now) { tries += 1 }
    #expect(tries == LoginBackoff.personMax)
    #expect(backoff.begin(person, from: address(1), at: now))
    // And somebody new comes in after a while.
    #expect(backoff.begin(person, from: address(2), at: now + LoginBackoff.personRefillSeconds))
    #expect(!backoff.begin(person, from: address(3), at: now + LoginBackoff.personRefillSeconds))
  }
}
