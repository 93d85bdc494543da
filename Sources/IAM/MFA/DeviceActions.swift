import Authorization
import Cryptography
import HashTreeCollections
import Identity
import IdentityStore
import S3Model
import S3Wire

struct CreateVirtualMFADevice: IAMEditing {
  static let action = IAMAction.createVirtualMFADevice
  let name: ByteString
  let path: ByteString
  let tags: [IdentityTag]

  init(_ checker: inout ParameterChecker) {
    path = checker.path() ?? "/"
    // AWS's model has no upper bound; the serial number has 256.
    name = checker.required("VirtualMFADeviceName", length: 1...226, .entityName)
    tags = checker.identityTags()
    if path.count + name.count > 226 { checker.refuse(.validationError, "Path and name are too long together.") }
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] {
    let arn = scope.arn("mfa", path: path, name: name)
    var accesses = [IAMAccess(Self.action, arn).with(requestTags: tags)]
    if !tags.isEmpty { accesses.append(IAMAccess(.tagMFADevice, arn).with(requestTags: tags)) }
    return accesses
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let key = MFADeviceRecord.key(name: name, path: path)
    let serial = scope.arn("mfa", path: path, name: name)
    guard scope.table.mfaDevices[key.name] == nil else { throw .entityAlreadyExists(.mfaDevice(serial: serial)) }
    guard scope.table.mfaDevices.count < IAMQuota.devices.value else { throw .limitExceeded(.devices) }
    let seed = scope.entropy.seed
    let device = MFADeviceRecord(
      name: name, path: path, seed: try scope.seal(seed, key, member: MFADeviceRecord.seedMember),
      created: scope.now, tags: tags)
    change.put(device, over: nil)
    let text = Base32.encode(seed)
    guard let code = QRCode(DeviceURI.make(name: name, account: scope.account, secret: text)),
      let image = PNGImage.make(code)
    else { throw .internalFailure }
    return IAMAnswer { writer in
      writer.open("VirtualMFADevice")
      writer.element("SerialNumber", serial)
      // Blobs of the query protocol: base 64 around them, also around the seed's base 32.
      writer.element("Base32StringSeed", Base64.encode(text.bytes))
      writer.element("QRCodePNG", Base64.encode(image))
      writer.tags(tags)
      writer.close("VirtualMFADevice")
    }
  }
}

/// What authenticator programs read from the QR code. Source: Google Authenticator, "Key Uri Format".
enum DeviceURI {
  static func make(name: ByteString, account: AccountID, secret: ByteString) -> [UInt8] {
    var label: [UInt8] = []
    for byte in name.bytes {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: label.append(byte)
      default: label += Array("%\(String(byte, radix: 16, uppercase: true))".utf8)
      }
    }
    return Array("otpauth://totp/Martlet:".utf8) + label
      + Array("%40\(account)?secret=\(secret)&issuer=Martlet".utf8)
  }
}

extension IAMScope {
  /// The user whose device it is to be, or is: root when the name is the account's root.
  func deviceOwner(_ name: ByteString) throws(IAMError) -> (id: ByteString, entry: IdentityEntry<UserRecord>?) {
    if isRoot, findUser(name) == nil, name == "root" { return (account.bytes, nil) }
    let entry = try user(name)
    return (entry.record.uniqueID, entry)
  }

  func deviceOwnerName(_ id: ByteString) -> ByteString? { table.user(id: id)?.record.name }
}

extension ParameterChecker {
  fileprivate mutating func code(_ name: String) -> ByteString {
    required(name, length: 6...6, .code, isSecret: true)
  }
}

struct EnableMFADevice: IAMOperation {
  static let action = IAMAction.enableMFADevice
  let name: ByteString
  let serial: ByteString
  let first: ByteString
  let second: ByteString

  init(_ checker: inout ParameterChecker) {
    name = checker.userName()
    serial = checker.serialNumber()
    first = checker.code("AuthenticationCode1")
    second = checker.code("AuthenticationCode2")
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, user: name)] }

  func run(_ run: IAMRun) async throws -> IAMAnswer {
    let scope = run.scope(run.editor.table)
    try run.confirm(self, scope)
    try scope.checkCredentials(of: try scope.deviceOwner(name).id)
    let device = try scope.device(serial).record
    guard device.assignment == nil else { throw IAMError.entityAlreadyExists(.mfaAssignment(serial: serial)) }
    let drift = try await run.service.synchronize(device, serial, first, second, now: run.now)
    return try await run.edit(self) { scope, change throws(IAMError) in
      let owner = try scope.deviceOwner(name)
      let entry = try MFADeviceRecord.findEditable(serial, scope)
      var record = entry.record
      // Another seed may have taken the name meanwhile.
      guard record.seed == device.seed else { throw .invalidAuthenticationCode(serial: serial) }
      guard record.assignment == nil else { throw .entityAlreadyExists(.mfaAssignment(serial: serial)) }
      guard scope.table.mfaDevices(of: owner.id).count < IAMQuota.devicesPerUser.value else {
        throw .limitExceeded(.devicesPerUser)
      }
      record.assignment = MFADeviceRecord.Assignment(userID: owner.id, enabled: scope.now, drift: drift)
      change.put(record, over: entry)
      if let user = owner.entry { change.keep(user) }
      return .none
    }
  }
}

extension IAMService {
  /// Finds by two consecutive codes how far a device's clock is off, and uses both up.
  func synchronize(
    _ device: MFADeviceRecord, _ serial: ByteString, _ first: ByteString, _ second: ByteString, now: Int64
  ) async throws(IAMError) -> Int64 {
    guard codes.mayTry(device.key.name, now: now) else { throw .tooManyAuthenticationCodes(serial: serial) }
    let middle = TOTP.step(at: now)
    let window = (middle - Self.resyncSteps)...(middle + Self.resyncSteps)
    guard let step = TOTP.match(first, second, seed: try seed(of: device), in: window) else {
      throw .invalidAuthenticationCode(serial: serial)
    }
    try await use(step + 1, of: device, serial, now: now)
    // The second code is the one that the device shows now.
    return step + 1 - middle
  }
}

struct ResyncMFADevice: IAMOperation {
  static let action = IAMAction.resyncMFADevice
  let name: ByteString
  let serial: ByteString
  let first: ByteString
  let second: ByteString

  init(_ checker: inout ParameterChecker) {
    name = checker.userName()
    serial = checker.serialNumber()
    first = checker.code("AuthenticationCode1")
    second = checker.code("AuthenticationCode2")
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, user: name)] }

  func run(_ run: IAMRun) async throws -> IAMAnswer {
    let scope = run.scope(run.editor.table)
    try run.confirm(self, scope)
    let owner = try scope.deviceOwner(name).id
    try scope.checkCredentials(of: owner)
    let device = try scope.device(serial).record
    guard device.assignment?.userID == owner else { throw IAMError.noSuchEntity(.mfaAssignment(serial: serial)) }
    let drift = try await run.service.synchronize(device, serial, first, second, now: run.now)
    return try await run.edit(self) { scope, change throws(IAMError) in
      let entry = try MFADeviceRecord.findEditable(serial, scope)
      var record = entry.record
      guard record.seed == device.seed, record.assignment?.userID == owner else {
        throw .noSuchEntity(.mfaAssignment(serial: serial))
      }
      record.assignment?.drift = drift
      change.put(record, over: entry)
      return .none
    }
  }
}

struct DeactivateMFADevice: IAMEditing {
  static let action = IAMAction.deactivateMFADevice
  let name: ByteString?
  let serial: ByteString

  init(_ checker: inout ParameterChecker) {
    name = checker.optionalUserName()
    serial = checker.serialNumber()
  }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] {
    [scope.access(Self.action, user: try scope.userName(name ?? (scope.isRoot ? "root" : nil)))]
  }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let owner = try scope.deviceOwner(try scope.userName(name ?? (scope.isRoot ? "root" : nil))).id
    try scope.checkCredentials(of: owner)
    let entry = try MFADeviceRecord.findEditable(serial, scope)
    var device = entry.record
    guard device.assignment?.userID == owner else { throw .noSuchEntity(.mfaAssignment(serial: serial)) }
    device.assignment = nil
    change.put(device, over: entry)
    return .none
  }
}

struct DeleteVirtualMFADevice: IAMEditing {
  static let action = IAMAction.deleteVirtualMFADevice
  let serial: ByteString

  init(_ checker: inout ParameterChecker) { serial = checker.serialNumber() }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, device: serial)] }

  func edit(_ scope: IAMScope, _ change: inout IdentityChange) throws(IAMError) -> IAMAnswer {
    let entry = try MFADeviceRecord.findEditable(serial, scope)
    guard entry.record.assignment == nil else { throw .deleteConflict(.assignedDevice) }
    change.remove(entry)
    return .none
  }
}

struct ListMFADevices: IAMReading {
  static let action = IAMAction.listMFADevices
  let name: ByteString?
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    name = checker.optionalUserName()
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] {
    [scope.access(Self.action, user: try scope.userName(name ?? (scope.isRoot ? "root" : nil)))]
  }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    let name = try scope.userName(name ?? (scope.isRoot ? "root" : nil))
    let owner = try scope.deviceOwner(name)
    var page = page
    let devices = page.take(scope.table.mfaDevices(of: owner.id).compactMap { scope.table.mfaDevices[$0]?.record }) {
      $0.key.name
    }
    return IAMAnswer { writer in
      writer.list("MFADevices", devices) { device, writer in
        writer.element("UserName", owner.entry?.record.name ?? name)
        writer.element("SerialNumber", scope.serial(device))
        writer.optionalDate("EnableDate", device.assignment?.enabled)
      }
      writer.page(page)
    }
  }
}

struct GetMFADevice: IAMReading {
  static let action = IAMAction.getMFADevice
  let name: ByteString?
  let serial: ByteString

  init(_ checker: inout ParameterChecker) {
    serial = checker.serialNumber()
    name = checker.optionalUserName(max: 64)
  }

  func accesses(_ scope: IAMScope) throws(IAMError) -> [IAMAccess] {
    [scope.access(Self.action, user: try scope.userName(name ?? (scope.isRoot ? "root" : nil)))]
  }

  func read(_ scope: IAMScope) throws(IAMError) -> IAMAnswer {
    let name = try scope.userName(name ?? (scope.isRoot ? "root" : nil))
    let owner = try scope.deviceOwner(name)
    let device = try scope.device(serial).record
    guard let assignment = device.assignment, assignment.userID == owner.id else {
      throw .noSuchEntity(.mfaDevice(serial: serial))
    }
    return IAMAnswer { writer in
      writer.element("UserName", owner.entry?.record.name ?? name)
      writer.element("SerialNumber", serial)
      writer.date("EnableDate", assignment.enabled)
    }
  }
}

struct ListVirtualMFADevices: IAMReading {
  static let action = IAMAction.listVirtualMFADevices

  enum Status: String, CaseIterable {
    case assigned = "Assigned"
    case unassigned = "Unassigned"
    case any = "Any"
  }

  let status: Status
  let page: IAMPage

  init(_ checker: inout ParameterChecker) {
    status = checker.choice("AssignmentStatus") ?? .any
    page = IAMPage(&checker)
  }

  func accesses(_ scope: IAMScope) -> [IAMAccess] { [scope.access(Self.action, path: "mfa", nil)] }

  func read(_ scope: IAMScope) -> IAMAnswer {
    var page = page
    let devices = page.take(scope.table.mfaDevices) { _, device in
      switch status {
      case .any: true
      case .assigned: device.record.assignment != nil
      case .unassigned: device.record.assignment == nil
      }
    }
    return IAMAnswer { writer in
      writer.list("VirtualMFADevices", devices) { entry, writer in
        let device = entry.record
        writer.element("SerialNumber", scope.serial(device))
        guard let assignment = device.assignment else { return }
        if let user = scope.table.user(id: assignment.userID)?.record {
          writer.open("User")
          writer.user(user, scope, isWhole: false)
          writer.close("User")
        } else if assignment.userID == scope.account.bytes {
          writer.open("User")
          writer.element("UserId", scope.account.bytes)
          writer.element("Arn", ARN.root(account: scope.account))
          writer.date("CreateDate", 0)
          writer.close("User")
        }
        writer.date("EnableDate", assignment.enabled)
      }
      writer.page(page)
    }
  }
}
