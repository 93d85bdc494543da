/// Where an object key lives below its bucket's `keys` folder.
///
/// The key is cut at its slashes. Every segment but the last is a folder `d_SEGMENT`, the last a file `o_SEGMENT`, so
/// that `a` and `a/b` do not collide, an empty segment has a name, and neither `.` nor `..` can ever be a name of its
/// own: no key leaves its bucket. Segments keep their bytes: file names are compared as bytes by the kernel, as keys
/// are by S3 (the store refuses to open on a file system that folds case or normalizes Unicode).
///
/// File systems end names at 255 bytes, keys at 1,024. A segment of 128 bytes or more is cut into folders `l_PIECE` of
/// exactly 128 bytes and a rest of at most 127. All names below one piece start with it and no other name beside it
/// does, so that a walk in name order is a walk in key order.
///
/// In a folder's sorted list an entry is what it adds to the key: `SEGMENT` for an object, `SEGMENT/` for a folder, the
/// 128 bytes for a piece. The three cannot be mistaken for each other.
enum KeyPath {
  static let pieceBytes = 128

  enum Kind: UInt8 {
    case object, folder, piece
  }

  /// The kind of an entry of a sorted list.
  static func kind(of entry: [UInt8]) -> Kind {
    if entry.last == 0x2F { return .folder }
    return entry.count == pieceBytes ? .piece : .object
  }

  /// The file name of an entry of a sorted list.
  static func fileName(of entry: [UInt8]) -> [UInt8] {
    switch kind(of: entry) {
    case .object: [0x6F, 0x5F] + entry
    case .folder: [0x64, 0x5F] + entry.dropLast()
    case .piece: [0x6C, 0x5F] + entry
    }
  }

  /// The entry that a file name stands for; nil for sidecars and for files that are not the store's.
  static func entry(of fileName: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard fileName.count >= 2, fileName[1] == 0x5F else { return nil }
    let rest = fileName[2...]
    switch fileName[0] {
    case 0x6F: return rest.count < pieceBytes ? Array(rest) : nil
    case 0x64:
      guard rest.count < pieceBytes else { return nil }
      var entry: [UInt8] = []
      entry.reserveCapacity(rest.count + 1)
      entry.append(contentsOf: rest)
      entry.append(0x2F)
      return entry
    case 0x6C: return rest.count == pieceBytes ? Array(rest) : nil
    default: return nil
    }
  }

  /// The entries from the bucket's root to the object: zero or more folders and pieces, then the object.
  static func entries(of key: [UInt8]) -> [[UInt8]] {
    var entries: [[UInt8]] = []
    var start = 0
    while true {
      let slash = key[start...].firstIndex(of: 0x2F)
      var end = slash ?? key.count
      while end - start >= pieceBytes {
        entries.append(Array(key[start..<start + pieceBytes]))
        start += pieceBytes
      }
      guard slash != nil else {
        entries.append(Array(key[start..<end]))
        return entries
      }
      end += 1
      entries.append(Array(key[start..<end]))
      start = end
    }
  }
}
