import Glibc

/// Owns one file descriptor and closes it with its last reference.
///
/// Immutable; positioned reads and appends are the kernel's to serialize, so that it may cross threads.
final class OpenFile: Sendable {
  let descriptor: Int32

  init(_ path: FilePath, _ flags: Int32, mode: mode_t = 0o600) throws(FileError) {
    var result: Int32
    repeat {
      result = path.withCString { open($0, flags | O_CLOEXEC | O_NOFOLLOW, mode) }
    } while result < 0 && errno == EINTR
    if result < 0 { throw FileError("open") }
    descriptor = result
  }

  deinit { close(descriptor) }

  func size() throws(FileError) -> UInt64 {
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw FileError("fstat") }
    return UInt64(status.st_size)
  }

  /// Reads up to `buffer.count` bytes; fewer only at the end of the file.
  func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, base + done, buffer.count - done, off_t(offset) + off_t(done))
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError("pread")
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  func read(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(FileError) {
        initialized = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes all bytes at the file position.
  func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, base + done, bytes.count - done)
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError("write")
      }
      done += count
    }
  }

  func write(_ bytes: [UInt8]) throws(FileError) {
    let result = bytes.withUnsafeBytes { buffer -> Result<Void, FileError> in
      do throws(FileError) { return .success(try write(buffer)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Overwrites one byte; a crash leaves the old or the new one.
  func write(byte: UInt8, at offset: UInt64) throws(FileError) {
    var byte = byte
    while true {
      let count = pwrite(descriptor, &byte, 1, off_t(offset))
      if count == 1 { return }
      if count < 0, errno == EINTR { continue }
      throw FileError("pwrite")
    }
  }

  func sync() throws(FileError) {
    while fsync(descriptor) != 0 {
      if errno != EINTR { throw FileError("fsync") }
    }
  }
}
