import Backend
import Synchronization

/// One stripe of the locks that order changes to keys. Held on pool threads only, for a few system calls.
final class KeyLock: Sendable {
  fileprivate let mutex = Mutex(())

  func locked<R: Sendable>(_ body: () throws(BackendFailure) -> R) throws(BackendFailure) -> R {
    try mutex.withLock { (_: inout Void) throws(BackendFailure) -> R in try body() }
  }
}

/// The stripes of one bucket: any two changes of one key exclude each other; changes of different keys seldom do.
struct KeyLocks: Sendable {
  private let stripes: [KeyLock]

  init(count: Int) {
    stripes = (0..<count).map { _ in KeyLock() }
  }

  func locked<R: Sendable>(
    _ key: [UInt8], _ body: () throws(BackendFailure) -> R
  ) throws(BackendFailure) -> R {
    var hasher = Hasher()
    hasher.combine(key)
    return try stripes[Int(UInt(bitPattern: hasher.finalize()) % UInt(stripes.count))].locked(body)
  }

  /// Excludes every change at once.
  func lockedAll<R: Sendable>(_ body: () throws(BackendFailure) -> R) throws(BackendFailure) -> R {
    try locked(from: 0, body)
  }

  private func locked<R: Sendable>(
    from index: Int, _ body: () throws(BackendFailure) -> R
  ) throws(BackendFailure) -> R {
    guard index < stripes.count else { return try body() }
    return try stripes[index].locked { () throws(BackendFailure) -> R in try locked(from: index + 1, body) }
  }
}

extension KeyLock {
  /// As ``locked(_:)`` for system calls.
  func tried<R: Sendable>(_ body: () throws(FileError) -> R) -> Result<R, FileError> {
    mutex.withLock { _ in
      do throws(FileError) { return .success(try body()) } catch { return .failure(error) }
    }
  }
}
