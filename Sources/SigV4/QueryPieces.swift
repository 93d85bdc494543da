/// The parameters of a raw query, one after the other: split at `&`, then at the first `=`; empty pieces are skipped.
struct QueryPieces {
  struct Piece {
    var name: Range<Int>
    var value: Range<Int>
  }

  private let query: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(_ query: UnsafeBufferPointer<UInt8>) { self.query = query }

  @inline(__always)
  mutating func next() -> Piece? {
    while index < query.count {
      let start = index
      var equals = -1
      while index < query.count, query[index] != 0x26 {
        if query[index] == 0x3D, equals < 0 { equals = index }
        index += 1
      }
      let end = index
      index += 1
      if end == start { continue }
      return equals < 0
        ? Piece(name: start..<end, value: end..<end) : Piece(name: start..<equals, value: equals + 1..<end)
    }
    return nil
  }
}
