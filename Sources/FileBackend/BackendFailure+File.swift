import Backend
import S3Model

extension BackendFailure {
  init(_ error: FileError) {
    self = error.isFull ? .storageFull(reason: error.description) : .storageFailed(reason: error.description)
  }

  static func refused(_ code: S3ErrorCode, _ message: String? = nil) -> BackendFailure {
    .refused(StoreError(code, message: message))
  }
}

/// Runs system calls whose failure is the storage's.
@inline(__always)
func storage<R>(_ body: () throws(FileError) -> R) throws(BackendFailure) -> R {
  do throws(FileError) { return try body() } catch { throw BackendFailure(error) }
}
