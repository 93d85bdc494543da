import Synchronization

/// Which completed uploads' part files are being read: they outlive the object they were part of until then.
final class PartLeases: Sendable {
  private struct Lease: Sendable {
    var readers = 0
    var isDoomed = false
  }

  private let leases = Mutex<[[UInt8]: Lease]>([:])

  func acquire(_ uploadID: [UInt8]) {
    leases.withLock { $0[uploadID, default: Lease()].readers += 1 }
  }

  /// - Returns: whether the files are to be removed now, by the caller.
  func release(_ uploadID: [UInt8]) -> Bool {
    leases.withLock { leases in
      guard var lease = leases[uploadID] else { return false }
      lease.readers -= 1
      leases[uploadID] = lease.readers == 0 ? nil : lease
      return lease.readers == 0 && lease.isDoomed
    }
  }

  /// To be called once no object refers to the files any more.
  /// - Returns: whether they are to be removed now, by the caller; else the last reader does.
  func doom(_ uploadID: [UInt8]) -> Bool {
    leases.withLock { leases in
      guard leases[uploadID] != nil else { return true }
      leases[uploadID]?.isDoomed = true
      return false
    }
  }
}
