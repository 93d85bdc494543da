import Glibc
import NIOCore

/// Reads a range of an object's bytes, piece by piece, however often the object is overwritten meanwhile.
///
/// Used by one job at a time. Ends with ``close()``, on the pool: it may have files to remove.
final class ObjectReader: @unchecked Sendable {
  private struct Segment {
    /// Bytes that need no reading.
    var known: ArraySlice<UInt8>?
    /// Nil for a part whose file is not open yet.
    var file: OpenFile?
    let partNumber: UInt16
    /// Within the file.
    var range: Range<UInt64>
  }

  private let bucket: Bucket
  private let uploadID: [UInt8]?
  private var segments: ArraySlice<Segment>
  private(set) var remaining: UInt64
  private var isClosed = false

  /// Nil when the part files are gone: the object was replaced since it was opened.
  init?(_ object: ObjectFile, _ range: Range<UInt64>, _ bucket: Bucket) throws(FileError) {
    self.bucket = bucket
    remaining = UInt64(range.count)
    guard let multipart = object.record.multipart else {
      uploadID = nil
      segments =
        range.isEmpty
        ? [] : [Segment(known: object.known(range), file: object.file, partNumber: 0, range: range)]
      return
    }
    var chosen: [Segment] = []
    var start: UInt64 = 0
    for part in multipart.parts {
      let overlap = range.clamped(to: start..<start + part.size)
      if !overlap.isEmpty {
        chosen.append(
          Segment(partNumber: part.number, range: overlap.lowerBound - start..<overlap.upperBound - start))
      }
      start += part.size
    }
    segments = chosen[...]
    uploadID = multipart.uploadID
    bucket.leases.acquire(multipart.uploadID)
    guard !chosen.isEmpty else { return }
    // With the lease taken and the first file found, nothing removes the others.
    do throws(FileError) {
      segments[segments.startIndex].file = try openPart(chosen[0].partNumber, multipart.uploadID)
    } catch {
      close()
      if error.isMissing { return nil }
      throw error
    }
  }

  deinit {
    // Only a call that was dropped unfinished comes here; leaving files to the next start is better than blocking.
    if !isClosed, let uploadID { _ = bucket.leases.release(uploadID) }
  }

  /// The next bytes, at most `countMax`; nil at the end.
  func read(_ countMax: Int) throws(FileError) -> ByteBuffer? {
    if let segment = segments.first, let known = segment.known, known.count <= countMax {
      segments.removeFirst()
      remaining -= UInt64(known.count)
      return ByteBuffer(bytes: known)
    }
    guard var segment = segments.first else { return nil }
    let file: OpenFile
    if let open = segment.file {
      file = open
    } else {
      file = try openPart(segment.partNumber, uploadID ?? [])
      segment.file = file
    }
    let count = Int(min(UInt64(countMax), UInt64(segment.range.count)))
    var buffer = ByteBufferAllocator().buffer(capacity: count)
    var failure: FileError?
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
      do throws(FileError) {
        return try file.read(
          at: segment.range.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: space[..<count]))
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    // The sizes are in the checked record: a shorter file is a damaged one.
    guard buffer.readableBytes == count else { throw ObjectFile.damaged }
    segment.range = segment.range.lowerBound + UInt64(count)..<segment.range.upperBound
    remaining -= UInt64(count)
    if segment.range.isEmpty { segments.removeFirst() } else { segments[segments.startIndex] = segment }
    return buffer
  }

  /// The file and range to copy from next, when the kernel copies; nil at the end.
  func nextExtent(_ countMax: Int) throws(FileError) -> (file: OpenFile, offset: UInt64, count: Int)? {
    guard var segment = segments.first else { return nil }
    let file: OpenFile
    if let open = segment.file {
      file = open
    } else {
      file = try openPart(segment.partNumber, uploadID ?? [])
      segment.file = file
    }
    let offset = segment.range.lowerBound
    let count = Int(min(UInt64(countMax), UInt64(segment.range.count)))
    segment.range = offset + UInt64(count)..<segment.range.upperBound
    remaining -= UInt64(count)
    if segment.range.isEmpty { segments.removeFirst() } else { segments[segments.startIndex] = segment }
    return (file, offset, count)
  }

  /// Whether ``close()`` may have to touch the disk.
  var needsClose: Bool { uploadID != nil && !isClosed }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    segments = []
    guard let uploadID, bucket.leases.release(uploadID) else { return }
    // Best effort: what is left is removed by the next start.
    do throws(FileError) { try FileCalls.removeTree(bucket.parts.appending(uploadID)) } catch {}
  }

  /// A completed upload's folder moves from `uploads` to `parts` just after its object became visible.
  private func openPart(_ number: UInt16, _ uploadID: [UInt8]) throws(FileError) -> OpenFile {
    let name = PartName.of(number)
    for folder in [bucket.parts, bucket.uploads] {
      do throws(FileError) {
        return try OpenFile(folder.appending(uploadID).appending(name), O_RDONLY)
      } catch {
        if !error.isMissing { throw error }
      }
    }
    return try OpenFile(bucket.parts.appending(uploadID).appending(name), O_RDONLY)
  }
}

/// File names of parts: `p_00001` to `p_10000`.
enum PartName {
  static func of(_ number: UInt16) -> [UInt8] {
    let digits = String(number)
    return Array("p_".utf8) + Array(repeating: 0x30, count: 5 - digits.utf8.count) + Array(digits.utf8)
  }

  static func number(_ name: [UInt8]) -> UInt16? {
    guard name.count == 7, name[0] == 0x70, name[1] == 0x5F else { return nil }
    return UInt16(String(decoding: name[2...], as: UTF8.self))
  }
}
