import Cryptography
import HashTreeCollections
public import IdentityStore
import Logging
import S3Model

/// Secrets that keys of the ring have sealed which no longer seal.
enum SecretResealing {
  /// The change that seals some of them anew; empty when there are none.
  /// - Parameter skipping: records whose secrets do not open.
  static func change(
    in table: IdentityTable, _ sealer: SecretSealer, countMax: Int, skipping: Set<RecordKey>
  ) -> (change: IdentityChange, failed: [RecordKey]) {
    var change = IdentityChange()
    var failed: [RecordKey] = []
    func add<Record: SecretRecord>(_ entry: IdentityEntry<Record>) {
      let record = entry.record
      guard change.transaction.changes.count < countMax, !entry.isDeclared, !skipping.contains(record.key) else {
        return
      }
      do throws(CryptographyError) {
        let sealed = try record.resealed(sealer)
        if sealed != record { change.put(sealed, over: entry) }
      } catch {
        failed.append(record.key)
      }
    }
    for entry in table.keys.values { add(entry) }
    for entry in table.loginProfiles.values { add(entry) }
    for entry in table.mfaDevices.values { add(entry) }
    return (change, failed)
  }
}

extension IdentityKeeper {
  /// Seals secrets with the ring's newest key wherever another has sealed them, until the task is cancelled.
  ///
  /// Several nodes may do so at once: each record is written over the revision that was read, or not at all.
  public func resealSecrets(every interval: Duration = .seconds(3)) async {
    var told: Set<RecordKey> = []
    var done: (ringKeyID: ByteString, time: ContinuousClock.Instant)?
    while !Task.isCancelled {
      do { try await Task.sleep(for: interval * Double.random(in: 0.5...1.5)) } catch { return }
      // Looking at all records costs; what an import brings under an old key can wait for a while.
      if let done, done.ringKeyID == sealer.sealingKeyID, done.time.duration(to: .now) < .seconds(600) { continue }
      let (ringKeyID, time) = (sealer.sealingKeyID, ContinuousClock.now)
      let (count, failed, isComplete) = await resealSecrets()
      if isComplete { done = (ringKeyID, time) }
      if count > 0 {
        log.notice("secrets were sealed with the newest key of the ring", metadata: ["records": "\(count)"])
      }
      for key in failed.subtracting(told) {
        log.error("a secret does not open, and stays under the key that it has", metadata: ["record": "\(key)"])
      }
      told.formUnion(failed)
    }
  }

  /// - Returns: how many records were written, those whose secrets do not open, and whether all were looked at.
  @discardableResult
  public func resealSecrets() async -> (count: Int, failed: Set<RecordKey>, isComplete: Bool) {
    var count = 0
    var failed: Set<RecordKey> = []
    let countMax = min(Self.resealedAtOnce, store.limits.changesMax)
    while !Task.isCancelled, isLoaded {
      let (sealer, skipping) = (self.sealer, failed)
      do {
        let (sealed, new) = try await edit { table in
          let (change, failed) = SecretResealing.change(in: table, sealer, countMax: countMax, skipping: skipping)
          return (change, (change.transaction.changes.count, failed))
        }
        count += sealed
        failed.formUnion(new)
        if sealed == 0 { return (count, failed, true) }
      } catch {
        log.debug("secrets stay sealed as they are for now", metadata: ["error": "\(error)"])
        break
      }
    }
    return (count, failed, false)
  }

  private static var resealedAtOnce: Int { 50 }
}
