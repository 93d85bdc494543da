public import LDAPNames
import S3Model
import Synchronization

/// A directory: who somebody is, whether their password is right, which groups they are in.
///
/// All asking happens on threads of its own, with connections that are kept: some on which people are looked up, others
/// on which their passwords are tried, never mixed.
public final class LDAPDirectory: Sendable {
  public let configuration: LDAPConfiguration
  private let threads: LDAPThreads
  private let readPassword: @Sendable (String) -> [UInt8]?
  private let state = Mutex(State())

  /// What a connection is for.
  private enum Use {
    case lookUp
    case bind
  }

  private struct State {
    /// No more of each than there are threads.
    var kept: [Use: [LDAPHandle]] = [:]
    /// Servers that failed, and when they are asked again before others.
    var failed: [LDAPServer: ContinuousClock.Instant] = [:]
  }

  private static let idleMax = Duration.seconds(60)
  private static let failedFor = Duration.seconds(30)
  private static let serversMax = 8
  static let usernameBytesMax = 256
  static let passwordBytesMax = 1024
  private static let ids = ["entryUUID", "objectGUID", "nsUniqueId", "ipaUniqueID"]

  /// - Parameter readPassword: the content of the file of that path, without a line's end; nil where it cannot be read.
  public init(
    _ configuration: LDAPConfiguration, threads: Int = 8, readPassword: @escaping @Sendable (String) -> [UInt8]?
  ) {
    self.configuration = configuration
    self.readPassword = readPassword
    // Two servers may have to fail before one answers.
    self.threads = LDAPThreads(threads: threads, timeout: configuration.timeout * 3)
  }

  public func shutdown() { threads.shutdown() }

  // MARK: Questions

  /// Who has this name, if the password is theirs.
  /// - Parameters:
  ///   - nowSeconds: since 1970.
  ///   - isPermitted: asked about somebody who is known before the password is tried; called once, on a thread that may
  ///     not wait long.
  public func authenticate(
    username: [UInt8], password: [UInt8], nowSeconds: Int64,
    isPermitted: @escaping @Sendable (DistinguishedName) -> Bool
  ) async throws(LDAPError) -> DirectoryPerson {
    guard Self.isUsername(username) else { throw .refused(.malformedName) }
    // An empty password would be nobody's, to which servers say yes.
    guard (1...Self.passwordBytesMax).contains(password.count), !password.contains(0) else {
      throw .refused(.malformedPassword)
    }
    return try await threads.run { [self] () throws(LDAPError) in
      let entry = try withLookUp { (handle) throws(LDAPError) in try find(username, handle) }
      let named = try named(entry)
      guard isPermitted(named.name) else { throw .refused(.backedOff) }
      let fault = AccountFault.of(entry, nowSeconds: nowSeconds, beforeBind: true)
      // Tried all the same: the answer takes as long.
      switch try withBinder({ (handle) throws(LDAPError) in try handle.bind(entry.name, password: password) }) {
      case .accepted: break
      case .wrongPassword: throw .refused(.wrongPassword)
      case .refused(let fault): throw .refused(.account(fault))
      }
      if let fault { throw .refused(.account(fault)) }
      return try withLookUp { (handle) throws(LDAPError) in try person(entry, named, handle) }
    }
  }

  /// Who has this name, as somebody else has proved.
  /// - Parameter nowSeconds: since 1970.
  public func person(username: [UInt8], nowSeconds: Int64) async throws(LDAPError) -> DirectoryPerson {
    guard Self.isUsername(username) else { throw .refused(.malformedName) }
    return try await threads.run { [self] () throws(LDAPError) -> DirectoryPerson in
      try withLookUp { (handle) throws(LDAPError) -> DirectoryPerson in
        let entry = try find(username, handle)
        let named = try named(entry)
        if let fault = AccountFault.of(entry, nowSeconds: nowSeconds, beforeBind: false) {
          throw .refused(.account(fault))
        }
        return try person(entry, named, handle)
      }
    }
  }

  /// What became of somebody.
  /// - Parameter nowSeconds: since 1970.
  /// - Throws: where the directory does not say.
  public func standing(of name: DistinguishedName, nowSeconds: Int64) async throws(LDAPError) -> DirectoryStanding {
    guard isWithinBases(name) else { return DirectoryStanding.gone(.unknown) }
    return try await threads.run { [self] () throws(LDAPError) -> DirectoryStanding in
      try withLookUp { (handle) throws(LDAPError) -> DirectoryStanding in
        do throws(LDAPError) {
          return try standing(of: name, nowSeconds, handle)
        } catch {
          if case .refused(let refusal) = error { return .gone(refusal) }
          throw error
        }
      }
    }
  }

  private func standing(
    of name: DistinguishedName, _ nowSeconds: Int64, _ handle: LDAPHandle
  ) throws(LDAPError) -> DirectoryStanding {
    guard let entry = try read(name, filter: Array("(objectClass=*)".utf8), handle) else { return .gone(.unknown) }
    let named = try named(entry)
    // Whom the settings' filter does not find any more could not log in either.
    let filter = configuration.people.filter.filled(name: named.username.bytes, distinguishedName: name.text.bytes)
    guard named.name == name, try read(name, filter: filter, handle) != nil else { return .gone(.unknown) }
    if let fault = AccountFault.of(entry, nowSeconds: nowSeconds, beforeBind: false) { return .gone(.account(fault)) }
    return .current(try person(entry, named, handle))
  }

  // MARK: People

  private static func isUsername(_ bytes: [UInt8]) -> Bool {
    guard (1...usernameBytesMax).contains(bytes.count), let text = String(validating: bytes, as: UTF8.self) else {
      return false
    }
    return text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
  }

  private func isWithinBases(_ name: DistinguishedName) -> Bool {
    let people = configuration.people
    return people.bases.contains { base in
      guard let base = DistinguishedName(base.utf8), name.isWithin(base) else { return false }
      return people.scope == .subtree || name.levels.count == base.levels.count + 1
    }
  }

  /// The entry of that name, if the filter fits; references to other servers are no entry.
  private func read(
    _ name: DistinguishedName, filter: [UInt8], _ handle: LDAPHandle
  ) throws(LDAPError) -> LDAPEntry? {
    try handle.search(base: name.text.bytes, scope: .base, filter: filter, attributes: attributes, countMax: 1)
      .entries.first
  }

  private var attributes: [String] {
    Self.ids + AccountFault.attributes + [configuration.people.nameAttribute] + configuration.people.attributes
  }

  private func find(_ username: [UInt8], _ handle: LDAPHandle) throws(LDAPError) -> LDAPEntry {
    let people = configuration.people
    var found: [LDAPEntry] = []
    for base in people.bases {
      let answer = try handle.search(
        base: Array(base.utf8), scope: people.scope == .one ? .one : .subtree,
        filter: people.filter.filled(name: username), attributes: attributes, countMax: 2)
      guard !answer.isBaseMissing else { throw .unusable(reason: "`\(base)` is not there, or not to be seen") }
      for entry in answer.entries where !found.contains(where: { $0.name == entry.name }) { found.append(entry) }
      guard found.count <= 1 else { throw .refused(.ambiguous) }
    }
    guard let entry = found.first else { throw .refused(.unknown) }
    return entry
  }

  private struct Named {
    let name: DistinguishedName
    let username: ByteString
  }

  /// The names that count are the directory's, whatever was typed, and the same each time: of several, the one in the
  /// entry's own name, or else the first by bytes.
  private func named(_ entry: LDAPEntry) throws(LDAPError) -> Named {
    guard let name = DistinguishedName(entry.name) else { throw .refused(.malformedEntry) }
    let attribute = configuration.people.nameAttribute
    let values = entry.values(attribute).sorted { $0.lexicographicallyPrecedes($1) }
    let username =
      values.count <= 1
      ? values.first
      : values.first { value in
        DistinguishedName(Array("\(attribute)=".utf8) + DistinguishedName.escaped(value))?.levels.first
          == name.levels.first
      } ?? values.first
    guard let username, Self.isUsername(username) else { throw .refused(.malformedEntry) }
    return Named(name: name, username: ByteString(username))
  }

  private static func id(_ entry: LDAPEntry) -> ByteString? {
    for type in ids {
      guard let value = entry.values(type).first, !value.isEmpty else { continue }
      // Texts of identifiers have hyphens between their digits; `objectGUID` is bytes.
      let isText = type != "objectGUID"
      if isText {
        return ByteString(value.filter { $0 != 0x2D }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
      }
      let digits = Array("0123456789abcdef".utf8)
      return ByteString(value.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] })
    }
    return nil
  }

  private func person(
    _ entry: LDAPEntry, _ named: Named, _ handle: LDAPHandle
  ) throws(LDAPError) -> DirectoryPerson {
    var found = GroupSearch.Found()
    if let groups = configuration.groups {
      found = try GroupSearch.run(handle, groups, username: named.username.bytes, name: entry.name)
    }
    return DirectoryPerson(
      name: named.name, username: named.username, id: Self.id(entry), groups: found,
      attributes: configuration.people.attributes.compactMap { name in
        let values = entry.values(name)
        return values.isEmpty ? nil : (name, values.map { ByteString($0) })
      })
  }

  // MARK: Connections

  private func withLookUp<Value>(_ body: (LDAPHandle) throws(LDAPError) -> Value) throws(LDAPError) -> Value {
    try with(.lookUp, prepare: { [self] (handle) throws(LDAPError) in try signIn(handle) }, body)
  }

  private func withBinder<Value>(_ body: (LDAPHandle) throws(LDAPError) -> Value) throws(LDAPError) -> Value {
    try with(.bind, prepare: { (_) throws(LDAPError) in }, body)
  }

  /// With a kept connection; where it turns out to be gone, once more with a new one.
  private func with<Value>(
    _ kind: Use, prepare: (LDAPHandle) throws(LDAPError) -> Void,
    _ body: (LDAPHandle) throws(LDAPError) -> Value
  ) throws(LDAPError) -> Value {
    if let handle = take(kind) {
      do throws(LDAPError) {
        let value = try use(handle, kind, body)
        return value
      } catch .unreachable {
        // Servers close connections that nobody uses.
      }
    }
    let handle = try connect()
    try prepare(handle)
    return try use(handle, kind, body)
  }

  private func take(_ kind: Use) -> LDAPHandle? {
    while let handle = state.withLock({ $0.kept[kind]?.popLast() }) {
      // Others end here.
      if handle.used.duration(to: .now) < Self.idleMax { return handle }
    }
    return nil
  }

  /// A connection is kept unless it failed.
  private func use<Value>(
    _ handle: LDAPHandle, _ kind: Use,
    _ body: (LDAPHandle) throws(LDAPError) -> Value
  ) throws(LDAPError) -> Value {
    let value: Value
    do throws(LDAPError) {
      value = try body(handle)
    } catch {
      if case .refused = error { state.withLock { $0.kept[kind, default: []].append(handle) } }
      throw error
    }
    state.withLock { $0.kept[kind, default: []].append(handle) }
    return value
  }

  private func signIn(_ handle: LDAPHandle) throws(LDAPError) {
    switch configuration.account {
    case nil: break
    case .kerberos(let principal, let keytab): try handle.bind(principal: principal, keytab: keytab)
    case .password(let name, let file):
      guard let password = readPassword(file), !password.isEmpty else {
        throw .unusable(reason: "the password of the account that looks people up cannot be read")
      }
      guard case .accepted = try handle.bind(Array(name.utf8), password: password) else {
        throw .unusable(reason: "the account that looks people up is refused")
      }
    }
  }

  private func connect() throws(LDAPError) -> LDAPHandle {
    let servers: [LDAPServer]
    switch configuration.servers {
    case .list(let list): servers = list
    case .domain(let domain, let isPlain): servers = try ServiceRecords.servers(of: domain, isPlain: isPlain)
    }
    let failed = state.withLock { $0.failed }
    let now = ContinuousClock.now
    // Those that failed lately come last.
    let ordered =
      servers.filter { failed[$0].map { $0 <= now } ?? true } + servers.filter { failed[$0].map { $0 > now } ?? false }
    var last = LDAPError.unreachable(reason: "no server")
    for server in ordered.prefix(Self.serversMax) {
      do throws(LDAPError) {
        let handle = try LDAPHandle(
          server, authorities: configuration.certificateAuthorityFile, timeout: configuration.timeout)
        state.withLock { $0.failed[server] = nil }
        return handle
      } catch {
        last = error
        state.withLock { state in
          if state.failed.count > 100 { state.failed = [:] }
          state.failed[server] = .now + Self.failedFor
        }
      }
    }
    throw last
  }
}
