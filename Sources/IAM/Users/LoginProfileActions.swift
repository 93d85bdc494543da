import Authorization
import Cryptography
import HashTreeCollections
import Identity
import IdentityStore
import S3Model
import S3Wire

/// A password's hash, made off the event loop: it takes tens of milliseconds by design.
struct PasswordHash: Sendable {
  let salt: [UInt8]
  let key: [UInt8]
  let cost: Scrypt.Cost

  init(_ password: ByteString) async throws(IAMError) {
    self = try await PasswordThreads.shared.run { () throws(IAMError) in
      do throws(CryptographyError) {
        let salt = try SecureRandom.bytes(16)
        let cost = Scrypt.Cost.standard
        return PasswordHash(salt: salt, key: try Scrypt.derive(password.bytes, salt: salt, cost: cost), cost: cost)
      } catch {
        throw .internalFailure
      }
    }
  }

  private init(salt: [UInt8], key: [UInt8], cost: Scrypt.Cost) {
    self.salt = salt
    self.key = key
    self.cost = cost
  }

  /// Sealed for the login profile of a user.
  func record(_ userID: ByteString, _ sealer: SecretSealer) throws(IAMError) -> LoginProfileRecord.Hash {
    do throws(CryptographyError) {
      return LoginProfileRecord.Hash(
        salt: ByteString(Base64.encode(salt)),
        sealed: try sealer.seal(key, owner: RecordKey(.loginProfile, userID), member: Self.member),
        cost: ByteString("\(cost.blocks),\(cost.blockSize),\(cost.parallelism)"))
    } catch {
      throw .internalFailure
    }
  }

  private static let member = LoginProfileRecord.hashMember

  /// Whether this is the password of a stored hash. Throws for a hash that cannot be opened: it matches nothing.
  static func isPassword(
    _ password: ByteString, _ hash: LoginProfileRecord.Hash, of userID: ByteString, _ sealer: SecretSealer
  ) async throws(IAMError) -> Bool {
    let numbers = hash.cost.text.split(separator: ",").compactMap { UInt64($0) }
    guard numbers.count == 3, let salt = Base64.decode(hash.salt.text) else { throw .internalFailure }
    return try await PasswordThreads.shared.run { () throws(IAMError) in
      do throws(CryptographyError) {
        let key = try sealer.open(hash.sealed, owner: RecordKey(.loginProfile, userID), member: member)
        let cost = Scrypt.Cost(blocks: numbers[0], blockSize: numbers[1], parallelism: numbers[2])
        return constantTimeEquals(try Scrypt.derive(password.bytes, salt: salt, cost: cost, count: key.count), key)
      } catch {
        throw .internalFailure
      }
    }
  }
}

extension AccountRecord.PasswordPolicy {
  /// What stands when no policy was set. Source: IAM User Guide, "Default password policy".
  static let standard = {
    var policy = AccountRecord.PasswordPolicy()
    policy.lengthMin = 8
    return policy
  }()

  /// - Throws: `passwordPolicyViolation`, in AWS's words.
  func check(_ password: ByteString, userName: ByteString) throws(IAMError) {
    let text = password.text.unicodeScalars
    guard text.count >= Int(lengthMin) else {
      throw .passwordPolicyViolation("Password should have a minimum length of \(lengthMin)")
    }
    let symbols = "!@#$%^&*()_+-=[]{}|'".unicodeScalars
    let rules: [(Bool, Bool, String)] = [
      (requiresUppercase, text.contains { ("A"..."Z").contains($0) }, "uppercase letter"),
      (requiresLowercase, text.contains { ("a"..."z").contains($0) }, "lowercase letter"),
      (requiresNumbers, text.contains { ("0"..."9").contains($0) }, "number"),
      (requiresSymbols, text.contains { symbols.contains($0) }, "symbol"),
    ]
    for (isRequired, holds, name) in rules where isRequired && !holds {
      throw .passwordPolicyViolation("Password should have at least one \(name)")
    }
    guard password.lowercasedASCII != userName.lowercasedASCII else {
      throw .passwordPolicyViolation("Password should not be the user's name")
    }
  }
}

extension ParameterChecker {
  fileprivate mutating func password(_ name: String = "Password") -> ByteString? {
    optional(name, length: 1...128, .policy, isSecret: true)
  }
}

extension XMLWriter {
  fileprivate mutating func profile(_ profile: LoginProfileRecord, _ user: UserRecord) {
    open("LoginProfile")
    element("UserName", user.name)
    date("CreateDate", profile.created)
    element("PasswordResetRequired", profile.isResetRequired)
    close("LoginProfile")
  }
}

extension IAMScope {
  var passwordPolicy: AccountRecord.PasswordPolicy { accountSettings.passwordPolicy ?? .standard }

  /// From when on a password is too old, in seconds since 1970; nil: it never is.
  func passwordEnd(_ profile: LoginProfileRecord) -> Int64? {
    guard let days = passwordPolicy.ageDaysMax else { return nil }
    let (end, overflows) = profile.changed.addingReportingOverflow(days * 86_400)
    return overflows ? nil : end
  }

  func profile(_ user: UserRecord) throws(IAMError) -> IdentityEntry<LoginProfileRecord> {
    guard let entry = table.loginProfiles[user.uniqueID] else { throw .noSuchEntity(.loginProfile(user.name)) }
    return entry
  }
}

struct CreateLoginProfile: IAMOperation {
  static let action = IAMAction.createLoginProfile
  let name: ByteString?
  let password: ByteString
  let isResetRequired: Bool

  init(_ checker: inout ParameterChecker) {
    name = checker.optionalUserName(max: 64)
    // AWS's model has it optional, for sessions of root that are not known here.
    let given = checker.password()
    if given == nil { checker.note(nil, "password", .notNull) }
    password = given ?? ""
    isResetRequired = checker.flag("PasswordResetRequired") ?? false
  }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] {
    [scope.access(Self.action, user: try scope.userName(name))]
  }

  func run(_ run: IAMRun) async throws -> IAMAnswer {
    let scope = run.scope(run.editor.table)
    try run.confirm(self, scope)
    let user = try scope.user(try scope.userName(name)).record
    try scope.checkCredentials(of: user.uniqueID)
    try scope.passwordPolicy.check(password, userName: user.name)
    let hash = try await PasswordHash(password).record(user.uniqueID, run.editor.sealer)
    return try await run.edit(self) { scope, change throws(IAMError) in
      let entry = try scope.user(try scope.userName(name))
      // Made anew under the same name: the hash is sealed for another.
      guard entry.record.uniqueID == user.uniqueID else { throw .changedMeanwhile }
      guard scope.table.loginProfiles[user.uniqueID] == nil else {
        throw .entityAlreadyExists(.loginProfile(entry.record.name))
      }
      let profile = LoginProfileRecord(
        userID: user.uniqueID, password: hash, isResetRequired: isResetRequired, created: scope.now, changed: scope.now)
      change.put(profile, over: nil)
      change.keep(entry)
      return IAMAnswer { $0.profile(profile, entry.record) }
    }
  }
}

struct GetLoginProfile: IAMReading {
  static let action = IAMAction.getLoginProfile
  let name: ByteString?

  init(_ checker: inout ParameterChecker) { name = checker.optionalUserName(max: 64) }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] {
    [scope.access(Self.action, user: try scope.userName(name))]
  }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    let user = try scope.user(try scope.userName(name)).record
    let profile = try scope.profile(user).record
    return IAMAnswer { $0.profile(profile, user) }
  }
}

struct DeleteLoginProfile: IAMEditing {
  static let action = IAMAction.deleteLoginProfile
  let name: ByteString?

  init(_ checker: inout ParameterChecker) { name = checker.optionalUserName(max: 64) }

  func endsWithCredentials(_ scope: IAMScope) -> Bool { true }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] {
    [scope.access(Self.action, user: try scope.userName(name))]
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    change.remove(try scope.profile(try scope.user(try scope.userName(name)).record))
    return .none
  }
}

/// Sets a password; by its owner (ChangePassword) or by an administrator (UpdateLoginProfile).
private func setPassword(
  _ password: ByteString, of user: UserRecord, isByOwner: Bool, isResetRequired: Bool?, _ operation: some IAMOperation,
  _ run: IAMRun
) async throws -> IAMAnswer {
  let scope = run.scope(run.editor.table)
  try scope.checkCredentials(of: user.uniqueID)
  let before = try scope.profile(user).record
  let policy = scope.passwordPolicy
  try policy.check(password, userName: user.name)
  let remembered = Int(policy.reusePrevention ?? 0)
  if isByOwner, remembered > 0 {
    for hash in ([before.password] + before.former).prefix(remembered) {
      guard try await !PasswordHash.isPassword(password, hash, of: user.uniqueID, run.editor.sealer) else {
        throw IAMError.passwordPolicyViolation("Password should not be one of the last \(remembered)")
      }
    }
  }
  let hash = try await PasswordHash(password).record(user.uniqueID, run.editor.sealer)
  return try await run.edit(operation) { scope, change throws(IAMError) in
    let entry = try scope.profile(user)
    // The old password was compared with this record and no other.
    guard entry.record == before else { throw .changedMeanwhile }
    var profile = entry.record
    profile.former = Array(([profile.password] + profile.former).prefix(max(0, remembered - 1)))
    profile.password = hash
    profile.changed = scope.now
    profile.isResetRequired = isResetRequired ?? (isByOwner ? false : profile.isResetRequired)
    change.put(profile, over: entry)
    return .none
  }
}

struct UpdateLoginProfile: IAMOperation {
  static let action = IAMAction.updateLoginProfile
  let name: ByteString
  let password: ByteString?
  let isResetRequired: Bool?

  init(_ checker: inout ParameterChecker) {
    name = checker.userName(max: 64)
    password = checker.password()
    isResetRequired = checker.flag("PasswordResetRequired")
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, user: name)] }

  func run(_ run: IAMRun) async throws -> IAMAnswer {
    let scope = run.scope(run.editor.table)
    try run.confirm(self, scope)
    if let password {
      return try await setPassword(
        password, of: try scope.user(name).record, isByOwner: false, isResetRequired: isResetRequired, self, run)
    }
    return try await run.edit(self) { scope, change throws(IAMError) in
      let entry = try scope.profile(try scope.user(name).record)
      try scope.checkCredentials(of: entry.record.userID)
      var profile = entry.record
      profile.isResetRequired = isResetRequired ?? profile.isResetRequired
      change.put(profile, over: entry)
      return .none
    }
  }
}

/// One's own password; with a user's credentials only.
struct ChangePassword: IAMOperation {
  static let action = IAMAction.changePassword
  let old: ByteString
  let new: ByteString

  init(_ checker: inout ParameterChecker) {
    old = checker.required("OldPassword", length: 1...128, .policy, isSecret: true)
    new = checker.required("NewPassword", length: 1...128, .policy, isSecret: true)
  }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] {
    guard let user = scope.callingUser?.record else { throw .passwordNotChangeable }
    return [scope.access(Self.action, user: user.name)]
  }

  func run(_ run: IAMRun) async throws -> IAMAnswer {
    let scope = run.scope(run.editor.table)
    try run.confirm(self, scope)
    guard let user = scope.callingUser?.record else { throw IAMError.passwordNotChangeable }
    try scope.checkCredentials(of: user.uniqueID)
    // Guesses of the old one are as expensive and as few as codes.
    guard run.service.codes.mayTry(ByteString("password\n\(user.uniqueID)"), now: run.now) else {
      throw IAMError.tooManyAuthenticationCodes(serial: user.name)
    }
    let profile = try scope.profile(user).record
    // What is too old is changed at the next sign-in, unless the account says that only an administrator may.
    // Source: IAM User Guide, "Set an account password policy for IAM users", "Prevent password expiration reset".
    if scope.passwordPolicy.hardExpiry, let end = scope.passwordEnd(profile), run.now >= end {
      throw IAMError.passwordExpired
    }
    guard try await PasswordHash.isPassword(old, profile.password, of: user.uniqueID, run.editor.sealer) else {
      throw IAMError.oldPasswordWrong
    }
    return try await setPassword(new, of: user, isByOwner: true, isResetRequired: nil, self, run)
  }
}
