import Cryptography
import Glibc

/// The form of an object's file: the bytes, the encoded ``ObjectRecord``, a footer of fixed length.
///
/// One file holds both, so that one rename commits both; the record comes last, because the ETag is known last and so
/// that nothing is ever written twice. The object's bytes start at offset 0: `head -c SIZE` recovers them.
///
/// Footer, little-endian: record length (4), data length (8), CRC-32C of record and these 12 bytes (4), magic (6),
/// version (1), flags (1). Only the flags byte ever changes in place, and one byte is written whole or not at all.
struct ObjectFile {
  static let footerBytes: UInt64 = 24
  /// A first read of this many bytes from the end holds the record of nearly every object.
  static let tailBytes: UInt64 = 4096
  /// Bounds what is allocated for a damaged file: 10,000 parts take less than a third of it.
  static let recordBytesMax: UInt32 = 4 << 20

  static let magic = Array("mrtlet".utf8)
  static let version: UInt8 = 1

  struct Flags: OptionSet {
    let rawValue: UInt8
    /// The tags were changed after the upload: look for the sidecar.
    static let hasSidecar = Flags(rawValue: 1)
  }

  let file: OpenFile
  let fileSize: UInt64
  let record: ObjectRecord
  let flags: Flags
  /// The end of the file as it was read; for small files all of it, so that nothing is read twice.
  private let tail: [UInt8]

  /// Opens an object; nil when there is none.
  /// - Parameter wholeMax: object bytes up to which the first read brings the whole file.
  static func open(_ path: FilePath, wholeMax: UInt64 = 0) throws(FileError) -> ObjectFile? {
    let file: OpenFile
    do throws(FileError) {
      file = try OpenFile(path, O_RDONLY)
    } catch {
      if error.isMissing { return nil }
      throw error
    }
    return try ObjectFile(file, wholeMax: wholeMax)
  }

  private init(_ file: OpenFile, wholeMax: UInt64) throws(FileError) {
    let size = try file.size()
    let wanted = size <= wholeMax + Self.tailBytes ? size : min(size, Self.tailBytes)
    let tail = try file.read(at: size - wanted, count: Int(wanted))
    guard let footer = Footer(tail), UInt64(footer.recordLength) + footer.dataLength + Self.footerBytes == size else {
      throw Self.damaged
    }
    let length = Int(footer.recordLength)
    let bytes: ArraySlice<UInt8>
    if length + Int(Self.footerBytes) <= tail.count {
      bytes = tail.dropLast(Int(Self.footerBytes)).suffix(length)
    } else {
      bytes = try file.read(at: footer.dataLength, count: length)[...]
    }
    guard footer.matches(bytes), let record = ObjectRecord(decoding: bytes) else { throw Self.damaged }
    self.file = file
    fileSize = size
    self.record = record
    flags = Flags(rawValue: footer.flags)
    self.tail = tail
  }

  /// Bytes of the object that were read when it was opened; nil when they must be read.
  func known(_ range: Range<UInt64>) -> ArraySlice<UInt8>? {
    let start = fileSize - UInt64(tail.count)
    guard range.lowerBound >= start, range.upperBound <= record.size else { return nil }
    return tail[Int(range.lowerBound - start)..<Int(range.upperBound - start)]
  }

  /// A file that no crash of ours can have left: the disk's fault or somebody's hand.
  static var damaged: FileError { FileError("check object file", EBADMSG) }

  /// What follows the object's bytes in its file.
  static func trailer(_ record: ObjectRecord, dataLength: UInt64) -> [UInt8] {
    let encoded = record.encoded()
    return encoded + Footer.bytes(record: encoded, dataLength: dataLength)
  }

  /// Where the flags byte is.
  var flagsOffset: UInt64 { fileSize - 1 }

  private struct Footer {
    let recordLength: UInt32
    let dataLength: UInt64
    private let lengths: ArraySlice<UInt8>
    private let checksum: ArraySlice<UInt8>
    let flags: UInt8

    /// - Parameter tail: the end of the file.
    init?(_ tail: [UInt8]) {
      let bytes = tail.suffix(Int(ObjectFile.footerBytes))
      guard bytes.count == Int(ObjectFile.footerBytes) else { return nil }
      let start = bytes.startIndex
      lengths = bytes[start..<start + 12]
      checksum = bytes[start + 12..<start + 16]
      flags = bytes[start + 23]
      guard bytes[start + 16..<start + 22].elementsEqual(ObjectFile.magic), bytes[start + 22] == ObjectFile.version,
        let recordLength = RecordReader.integer(lengths.prefix(4), as: UInt32.self),
        let dataLength = RecordReader.integer(lengths.suffix(8), as: UInt64.self),
        recordLength <= ObjectFile.recordBytesMax, dataLength < 1 << 62
      else { return nil }
      self.recordLength = recordLength
      self.dataLength = dataLength
    }

    func matches(_ record: ArraySlice<UInt8>) -> Bool {
      Self.checksum(record, lengths).elementsEqual(checksum)
    }

    static func bytes(record: [UInt8], dataLength: UInt64) -> [UInt8] {
      var bytes: [UInt8] = []
      withUnsafeBytes(of: UInt32(truncatingIfNeeded: record.count).littleEndian) { bytes.append(contentsOf: $0) }
      withUnsafeBytes(of: dataLength.littleEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: checksum(record[...], bytes[...]))
      return bytes + ObjectFile.magic + [ObjectFile.version, 0]
    }

    private static func checksum(_ record: ArraySlice<UInt8>, _ lengths: ArraySlice<UInt8>) -> [UInt8] {
      var checksum = Checksum(.crc32c)
      record.withUnsafeBytes { checksum.update($0) }
      lengths.withUnsafeBytes { checksum.update($0) }
      return checksum.finish().bytes
    }
  }
}
