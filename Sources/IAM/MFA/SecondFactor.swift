import Cryptography
import Identity
import IdentityStore
public import S3Model

/// Verifies codes: one counts once, on all nodes together.
///
/// The step that a code belongs to is written to the store by compare-and-swap before the code counts; when the store
/// cannot be reached, or another node was first, the code is refused.
extension IAMService {
  /// Steps that a device's clock may be off beside its known drift.
  static let windowSteps: Int64 = 1
  /// Steps looked at when a device is enabled or resynchronized: ten minutes either way.
  static let resyncSteps: Int64 = 20
  static let useSecondsKept: Int64 = 86_400

  /// Verifies a code of a device that is enabled for a user or root.
  /// - Parameters:
  ///   - serial: as AssumeRole and GetSessionToken have it.
  ///   - userID: unique id of the user, or the account's digits for root.
  ///   - now: in seconds since 1970.
  /// - Throws: `invalidAuthenticationCode` for whatever is wrong with device or code, `tooManyAuthenticationCodes`,
  ///   `store`.
  public func verify(
    _ code: ByteString, serial: ByteString, userID: ByteString, now: Int64
  ) async throws(IAMError) {
    let table = editor.table
    let names = table.mfaDevices(of: userID)
    let prefix = "arn:aws:iam::\(table.account):mfa"
    let device = names.lazy.compactMap { table.mfaDevices[$0]?.record }
      .first { ByteString(Array(prefix.utf8) + $0.path.bytes + $0.name.bytes) == serial }
    guard let device, let assignment = device.assignment else { throw .invalidAuthenticationCode(serial: serial) }
    guard codes.mayTry(device.key.name, now: now) else { throw .tooManyAuthenticationCodes(serial: serial) }
    let middle = TOTP.step(at: now) + assignment.drift
    let window = (middle - Self.windowSteps)...(middle + Self.windowSteps)
    guard let step = TOTP.match(code, seed: try seed(of: device), in: window) else {
      throw .invalidAuthenticationCode(serial: serial)
    }
    try await use(step, of: device, serial, now: now)
  }

  func seed(of device: MFADeviceRecord) throws(IAMError) -> [UInt8] {
    do throws(CryptographyError) {
      return try editor.sealer.open(device.seed, owner: device.key, member: MFADeviceRecord.seedMember)
    } catch {
      throw .internalFailure
    }
  }

  /// Marks a step as used; it and all before it count no more.
  func use(_ step: Int64, of device: MFADeviceRecord, _ serial: ByteString, now: Int64) async throws(IAMError) {
    let isFirst: Bool
    do throws(IdentityStoreError) {
      isFirst = try await swap(step, of: device, now: now)
    } catch {
      throw .store(error)
    }
    guard isFirst else { throw .invalidAuthenticationCode(serial: serial) }
  }

  /// - Returns: false when this step, a later one or, at the same time, another was used.
  private func swap(_ step: Int64, of device: MFADeviceRecord, now: Int64) async throws(IdentityStoreError) -> Bool {
    let key = RecordKey(.mfaUse, device.key.name)
    let stored = try await editor.store.readings([key]).records.first { $0.key == key }
    if let stored, try Self.lastStep(stored) >= step { return false }
    var transaction = StoreTransaction()
    transaction.conditions[key] = .some(stored?.revision)
    transaction.changes[key] = .some(MFAUseRecord(device: device.key.name, lastStep: step).value)
    // Long after every window in which a code of this step could count.
    transaction.expirations[key] = now + Self.useSecondsKept
    if case .committed = try await editor.store.commit(transaction) { return true }
    return false
  }

  private static func lastStep(_ stored: StoredRecord) throws(IdentityStoreError) -> Int64 {
    do throws(RecordFault) {
      return try MFAUseRecord(parsing: stored.value).lastStep
    } catch {
      throw .corrupt(key: stored.key, reason: error.member)
    }
  }
}
