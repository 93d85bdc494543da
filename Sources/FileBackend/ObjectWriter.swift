import Cryptography
import Glibc
import NIOCore

/// A file being written in the temporary folder: bytes as they come, digests as they pass.
///
/// Used by one job at a time: a call submits the next one after the one before has ended. What is neither committed nor
/// discarded is removed with its last reference, and by the next start if there is none.
final class ObjectWriter: @unchecked Sendable {
  let path: FilePath
  private let file: OpenFile
  private let md5 = MD5Hasher()
  private var checksum: Checksum?
  private(set) var size: UInt64 = 0
  private var isMoved = false

  init(_ path: FilePath, checksum algorithm: ChecksumAlgorithm?) throws(FileError) {
    self.path = path
    file = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL)
    checksum = algorithm.map { Checksum($0) }
  }

  deinit { discard() }

  func append(_ bytes: ByteBuffer) throws(FileError) {
    let result = bytes.withUnsafeReadableBytes { bytes -> Result<Void, FileError> in
      do throws(FileError) { return .success(try append(bytes)) } catch { return .failure(error) }
    }
    try result.get()
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try file.write(bytes)
    md5.update(bytes)
    checksum?.update(bytes)
    size += UInt64(bytes.count)
  }

  /// Appends bytes of another file without looking at them: for copies whose digests are known.
  /// - Returns: how many; fewer than asked only at the end of the source.
  func append(from source: OpenFile, at offset: UInt64, count: Int) throws(FileError) -> Int {
    var position = off_t(offset)
    var done = 0
    while done < count {
      let copied = sendfile(file.descriptor, source.descriptor, &position, count - done)
      if copied < 0 {
        if errno == EINTR { continue }
        throw FileError("sendfile")
      }
      if copied == 0 { break }
      done += copied
    }
    size += UInt64(done)
    return done
  }

  /// The digests of what was appended; once.
  func digests() -> (md5: [UInt8], checksum: ChecksumValue?) {
    (md5.finish(), checksum?.finish())
  }

  /// Completes the file: after this it may be renamed to where it belongs.
  func seal(_ record: ObjectRecord, syncs: Bool) throws(FileError) {
    try file.write(ObjectFile.trailer(record, dataLength: size))
    if syncs { try file.sync() }
  }

  /// The file has left the temporary folder.
  func markMoved() { isMoved = true }

  func discard() {
    guard !isMoved else { return }
    isMoved = true
    _ = path.withCString { unlink($0) }
  }
}
