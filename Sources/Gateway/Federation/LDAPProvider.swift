import Authorization
import Identity
public import LDAPClient
import LDAPNames
public import Logging
import S3Model
import STS
public import Settings
import Synchronization

/// One provider of `ldap`: its directory, and what its people are here.
public final class LDAPProvider: Sendable {
  let settings: LDAPSettings
  let directory: LDAPDirectory
  let id: ByteString
  private let arn: ByteString
  private let backoff: LoginBackoff
  private let log: Logger
  private let waiting = Mutex(0)
  /// By name, and until when, in seconds since 1970.
  private let known = Mutex<[ByteString: (person: DirectoryPerson, end: Int64)]>([:])

  /// Logins that are tried, or whose refusal waits, at one time; more are told to come later.
  private static let waitingMax = 256
  private static let valueBytesMax = 512
  private static let knownMax = 10_000
  /// How long an answer about somebody with a ticket is kept: each request brings one.
  private static let knownSeconds: Int64 = 60

  /// - Parameters:
  ///   - directory: made from the same settings.
  ///   - backoff: kept when settings are read anew.
  public init(
    _ settings: LDAPSettings, _ directory: LDAPDirectory, accountID: String, backoff: LoginBackoff, log: Logger
  ) {
    self.settings = settings
    self.directory = directory
    id = AccountID(accountID).map { ldapProviderID(name: settings.name, account: $0) } ?? ""
    arn = ByteString("arn:aws:iam::\(accountID):ldap-provider/\(settings.name)")
    self.backoff = backoff
    var log = log
    log[metadataKey: "provider"] = .string(settings.name)
    self.log = log
  }

  /// What a directory says of a name and a password.
  enum Answer: Sendable {
    case identity(FederatedIdentity)
    /// It has nobody of that name; another directory may.
    case unknown
  }

  /// Who the password is of.
  ///
  /// Refusals are all alike, and told at whole intervals after they were asked for: nobody learns from the time whether
  /// there is such a name, or what is wrong.
  /// - Parameters:
  ///   - subscriber: the client's address, as it is counted.
  ///   - now: in milliseconds since 1970.
  func answer(
    username: ByteString, password: ByteString, from subscriber: IPAddress?, atMilliseconds now: Int64
  ) async throws(FederationRefusal) -> Answer {
    let attempt = Mutex<LoginBackoff.Attempt?>(nil)
    let (seconds, backoff, id) = (now / 1000, backoff, id)
    do throws(LDAPError) {
      let found = try await directory.authenticate(
        username: username.bytes, password: password.bytes, nowSeconds: seconds
      ) { name in
        let known = LoginBackoff.Person(providerID: id, name: name)
        guard let begun = backoff.begin(known, from: subscriber, at: seconds) else { return false }
        attempt.withLock { $0 = begun }
        return true
      }
      let identity = try identity(found)
      if let attempt = attempt.withLock({ $0 }) { backoff.succeed(attempt, at: seconds) }
      return .identity(identity)
    } catch {
      switch error {
      case .refused(.unknown): return .unknown
      case .refused(let refusal):
        if let attempt = attempt.withLock({ $0 }) { backoff.fail(attempt, at: seconds) }
        log.info("a login is refused", metadata: ["reason": "\(refusal)"])
        throw .rejected
      case .unreachable, .unusable, .busy, .timedOut:
        if let attempt = attempt.withLock({ $0 }) { backoff.forgive(attempt) }
        log.warning("a directory has no answer", metadata: ["error": "\(error)"])
        throw error == .busy ? .busy : .providerUnreachable
      }
    }
  }

  /// Who somebody is whose name a ticket has proved.
  /// - Parameter now: in seconds since 1970.
  func person(named name: ByteString, atSeconds now: Int64) async throws(FederationRefusal) -> DirectoryPerson {
    if let kept = known.withLock({ $0[name] }), now < kept.end { return kept.person }
    do throws(LDAPError) {
      let person = try await directory.person(username: name.bytes, nowSeconds: now)
      _ = try claims(person)
      let end = now + min(Self.knownSeconds, settings.refreshInterval.components.seconds)
      known.withLock { known in
        if known.count >= Self.knownMax { known = [:] }
        known[name] = (person, end)
      }
      return person
    } catch {
      guard case .refused(let refusal) = error else {
        log.warning("a directory has no answer", metadata: ["error": "\(error)"])
        throw error == .busy ? .busy : .providerUnreachable
      }
      log.info("somebody with a ticket is refused", metadata: ["reason": "\(refusal)"])
      throw .rejected
    }
  }

  private func identity(_ person: DirectoryPerson) throws(LDAPError) -> FederatedIdentity {
    FederatedIdentity(
      providerARN: arn, providerID: id, providerName: ByteString(settings.name), subject: person.name.text,
      subjectID: person.id, audience: "",
      claims: try claims(person).map { SessionClaim(name: $0.name, values: $0.values) })
  }

  /// Policies read `ldap:user` (the distinguished name), `ldap:username`, `ldap:groups` (distinguished names),
  /// `ldap:groupnames` and the attributes that settings name.
  func claims(_ person: DirectoryPerson) throws(LDAPError) -> [(name: ByteString, values: [ByteString])] {
    var claims: [(name: ByteString, values: [ByteString])] = [
      ("ldap:user", [person.name.text]), ("ldap:username", [person.username]),
    ]
    if !person.groups.isEmpty { claims.append(("ldap:groups", person.groups)) }
    if !person.groupNames.isEmpty { claims.append(("ldap:groupnames", person.groupNames)) }
    for (name, values) in person.attributes {
      claims.append((ByteString("ldap:\(name.lowercased())"), values))
    }
    // A part of what there is would be taken for the whole.
    for (name, values) in claims
    where values.count > settings.groupsMax
      || values.contains(where: { $0.count > Self.valueBytesMax || String(validating: $0.bytes, as: UTF8.self) == nil })
    {
      throw .unusable(reason: "\(name.text) is more than a session can carry")
    }
    return claims
  }

  /// Runs a login, at most so many at one time.
  static func bounded<Value>(
    _ provider: LDAPProvider, _ body: () async throws(FederationRefusal) -> Value
  ) async throws(FederationRefusal) -> Value {
    let isFree = provider.waiting.withLock { count in
      if count >= waitingMax { return false }
      count += 1
      return true
    }
    guard isFree else { throw .busy }
    defer { provider.waiting.withLock { $0 -= 1 } }
    return try await body()
  }
}

extension Federation {
  /// Whom a name and a password are of: the first directory that knows the name decides.
  /// - Parameters:
  ///   - provider: the directory's name; nil for all, in the settings' order.
  ///   - subscriber: the client's address, as it is counted.
  ///   - now: in milliseconds since 1970.
  func identity(
    username: ByteString, password: ByteString, provider: ByteString?, from subscriber: IPAddress?,
    atMilliseconds now: Int64
  ) async throws(FederationRefusal) -> FederatedIdentity {
    let asked = directories.filter { provider == nil || ByteString($0.settings.name) == provider }
    guard let first = asked.first else { throw .rejected }
    let start = ContinuousClock.now
    return try await LDAPProvider.bounded(first) { () async throws(FederationRefusal) in
      do throws(FederationRefusal) {
        for directory in asked {
          let answer = try await directory.answer(
            username: username, password: password, from: subscriber, atMilliseconds: now)
          if case .identity(let identity) = answer { return identity }
        }
        throw .rejected
      } catch .rejected {
        await Self.waitForInterval(first.settings.refusalInterval, since: start)
        throw .rejected
      }
    }
  }

  /// Until the next whole interval: what took longer than one tells no more than how many.
  private static func waitForInterval(_ interval: Duration, since start: ContinuousClock.Instant) async {
    let count = Int((ContinuousClock.now - start) / interval) + 1
    do {
      try await Task.sleep(until: start + interval * count, clock: .continuous)
    } catch {
      // Ended early with the process.
    }
  }
}
