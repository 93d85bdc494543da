import HTTPWire

/// The query line of a canonical request: every parameter but the signature, encoded, in order.
struct CanonicalQuery {
  /// Leaves out `X-Amz-Security-Token`, as some of AWS's services want it.
  var omitsToken = false
  /// Writes `<redacted>` for secret values.
  var redacts = false

  private struct Piece {
    var name: Range<Int>
    var value: Range<Int>
  }

  /// - Returns: false when the percent-encoding does not decode.
  func append(_ query: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) -> Bool {
    let start = output.count
    guard let isSorted = appendInOrder(query, to: &output) else { return false }
    if !isSorted { Self.sort(&output, from: start) }
    return true
  }

  /// Appends as sent; nil when undecodable, else whether that order is the canonical one.
  private func appendInOrder(_ query: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) -> Bool? {
    var isSorted = true
    var previous: Piece?
    var pieces = QueryPieces(query)
    let first = output.count
    while let piece = pieces.next() {
      let start = output.count
      if start > first { output.append(0x26) }
      let nameStart = output.count
      guard
        PercentCoding.appendRecoded(query[bytes: piece.name], keepsSlash: false, plusIsSpace: true, to: &output)
      else { return nil }
      let nameEnd = output.count
      if isLeftOut(output, nameStart..<nameEnd) {
        output.removeSubrange(start...)
        continue
      }
      output.append(0x3D)
      if redacts, Redaction.isSecret(output, nameStart..<nameEnd) {
        output.append(Redaction.placeholder)
      } else if !PercentCoding.appendRecoded(
        query[bytes: piece.value], keepsSlash: false, plusIsSpace: true, to: &output)
      {
        return nil
      }
      let current = Piece(name: nameStart..<nameEnd, value: nameEnd + 1..<output.count)
      if let previous, Self.precedes(output, current, previous) { isSorted = false }
      previous = current
    }
    return isSorted
  }

  private func isLeftOut(_ output: [UInt8], _ name: Range<Int>) -> Bool {
    // Auth parameters start with x: one compare for all others.
    guard name.count >= 15, ASCII.lowercased(output[name.lowerBound]) == 0x78 else { return false }
    return output.withUnsafeBufferPointer { bytes in
      let name = bytes[bytes: name]
      return name.equalsIgnoringCase("x-amz-signature")
        || (omitsToken && name.equalsIgnoringCase("x-amz-security-token"))
    }
  }

  private static func precedes(_ bytes: [UInt8], _ left: Piece, _ right: Piece) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      let leftName = bytes[bytes: left.name]
      let rightName = bytes[bytes: right.name]
      if leftName.precedes(rightName) { return true }
      if rightName.precedes(leftName) { return false }
      return bytes[bytes: left.value].precedes(bytes[bytes: right.value])
    }
  }

  private static func sort(_ output: inout [UInt8], from start: Int) {
    var pieces: [Piece] = []
    var index = start
    while index < output.count {
      var equals = index
      while output[equals] != 0x3D { equals += 1 }
      var end = equals
      while end < output.count, output[end] != 0x26 { end += 1 }
      pieces.append(Piece(name: index..<equals, value: equals + 1..<end))
      index = end + 1
    }
    pieces.sort { precedes(output, $0, $1) }
    var sorted: [UInt8] = []
    sorted.reserveCapacity(output.count - start)
    for piece in pieces {
      if !sorted.isEmpty { sorted.append(0x26) }
      sorted.append(contentsOf: output[piece.name.lowerBound..<piece.value.upperBound])
    }
    output.replaceSubrange(start..., with: sorted)
  }
}
