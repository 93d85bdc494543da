import Authorization
import Identity
import IdentityStore
import LDAPClient
import LDAPNames
import Logging
import NIOCore
import S3Model
import Settings

/// Asks directories again about people with living sessions and service accounts, and puts what they say in force.
///
/// No request waits for it. Where a directory does not answer, its last answers stay until they are too old. Each node
/// asks for itself.
actor StandingsRefresher {
  private let keeper: SnapshotKeeper
  /// Has the index of sessions.
  private let store: (any IdentityStore)?
  private let eventLoop: any EventLoop
  private let file: StandingsFile
  private let log: Logger
  /// By unique ids of providers.
  private var due: [ByteString: ContinuousClock.Instant] = [:]
  private var running: Set<ByteString> = []

  private static let tick = Duration.milliseconds(200)
  /// People who are asked about at one time.
  private static let concurrency = 4
  private static let pageCount = 500

  init(
    keeper: SnapshotKeeper, store: (any IdentityStore)?, eventLoop: any EventLoop, file: StandingsFile, log: Logger
  ) {
    self.keeper = keeper
    self.store = store
    self.eventLoop = eventLoop
    self.file = file
    self.log = log
  }

  /// Until the task is cancelled.
  func run() async {
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        let directories = keeper.current.federation.directories
        for directory in directories where !running.contains(directory.id) {
          guard due[directory.id].map({ $0 <= .now }) ?? true else { continue }
          running.insert(directory.id)
          group.addTask { await self.round(directory) }
        }
        if due.count > directories.count { due = due.filter { id, _ in directories.contains { $0.id == id } } }
        do { try await Task.sleep(for: Self.tick) } catch { return }
      }
    }
  }

  private func round(_ directory: LDAPProvider) async {
    let start = ContinuousClock.now
    var log = log
    log[metadataKey: "provider"] = .string(directory.settings.name)
    var next = directory.settings.refreshInterval
    do {
      let people = try await people(of: directory.id)
      let (answers, failure) = await Self.ask(directory, people)
      if let failure {
        log.warning(
          "people of a directory cannot be looked up",
          metadata: ["error": "\(failure)", "people": "\(people.count)", "answers": "\(answers.count)"])
        // Sooner: what is known gets old.
        next = max(.seconds(1), next / 10)
      }
      try await publish(answers, of: directory.id, living: people, log)
    } catch {
      log.warning("people of a directory are not refreshed", metadata: ["error": "\(error)"])
      next = max(.seconds(1), next / 10)
    }
    due[directory.id] = start + next
    running.remove(directory.id)
  }

  // MARK: Who

  /// Subjects of those with sessions or service accounts that live.
  private func people(of providerID: ByteString) async throws -> Set<ByteString> {
    var people = keeper.current.identities.serviceAccountSubjects(ofProvider: providerID)
    let now = UnixTime.now().seconds
    guard let store else { return people }
    var position: ByteString?
    while true {
      let page = try await store.list(.session, after: position, countMax: Self.pageCount)
      for stored in page {
        position = stored.key.name
        // One that cannot be read is nobody's session; those that can must not suffer from it.
        guard let session = try? SessionRecord(parsing: stored.value), session.providerID == providerID,
          session.expires > now, let subject = session.subject
        else { continue }
        people.insert(subject)
      }
      if page.count < Self.pageCount { return people }
    }
  }

  // MARK: Asking

  private typealias Standing = FederatedStandings.Standing

  /// - Returns: what was answered, and why no more was, if so.
  private static func ask(
    _ directory: LDAPProvider, _ people: Set<ByteString>
  ) async -> (answers: [ByteString: Standing], failure: LDAPError?) {
    await withTaskGroup(of: (ByteString, Result<Standing, LDAPError>).self) { group in
      var answers: [ByteString: Standing] = [:]
      var failure: LDAPError?
      var left = people.makeIterator()
      func askNext() {
        guard let subject = left.next() else { return }
        group.addTask { (subject, await standing(of: subject, directory)) }
      }
      for _ in 0..<concurrency { askNext() }
      while let (subject, result) = await group.next() {
        switch result {
        case .success(let standing):
          answers[subject] = standing
          askNext()
        case .failure(let error):
          failure = error
          // Of one person only: others can be asked about.
          if case .unusable = error { askNext() }
        }
      }
      return (answers, failure)
    }
  }

  private static func standing(
    of subject: ByteString, _ directory: LDAPProvider
  ) async -> Result<Standing, LDAPError> {
    // As of the question: what changes while it is answered counts next time.
    let now = UnixTime.now()
    guard let name = DistinguishedName(subject.bytes) else {
      return .success(.gone(asOfMilliseconds: now.milliseconds))
    }
    do throws(LDAPError) {
      switch try await directory.directory.standing(of: name, nowSeconds: now.seconds) {
      case .gone: return .success(.gone(asOfMilliseconds: now.milliseconds))
      case .current(let person):
        return .success(
          .current(
            subjectID: person.id, claims: try directory.claims(person), asOfMilliseconds: now.milliseconds))
      }
    } catch {
      return .failure(error)
    }
  }

  // MARK: In force

  /// Those who live no more are forgotten; those about whom nothing was said stay as they were.
  private func publish(
    _ answers: [ByteString: Standing], of providerID: ByteString, living people: Set<ByteString>, _ log: Logger
  ) async throws {
    let before = keeper.current.authorization.standings
    let forgotten = before.people.filter { $0.providerID == providerID && !people.contains($0.subject) }
    if answers.isEmpty && forgotten.isEmpty { return }
    for (subject, standing) in answers {
      guard case .gone = standing else { continue }
      if case .gone = before[.init(providerID: providerID, subject: subject)] { continue }
      log.notice("sessions end: the directory does not let somebody in any more", metadata: ["subject": "\(subject)"])
    }
    try await keeper.replace(on: eventLoop) { [file] current in
      let next = current.changing { authorization in
        for person in forgotten { authorization.standings[person] = nil }
        for (subject, standing) in answers {
          authorization.standings[.init(providerID: providerID, subject: subject)] = standing
        }
      }
      // On the change thread, which may wait for files.
      file.save(next.authorization.standings, log)
      return next
    }.get()
  }
}
