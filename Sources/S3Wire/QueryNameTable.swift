import HTTPWire
import S3Model

extension QueryName {
  /// The parameter of this name, exact in case; nil for any other.
  init?(_ name: ByteString) {
    // The first byte narrows the names to a handful.
    for candidate in Self.byFirstByte(name.bytes.first ?? 0)
    where candidate.name.withUTF8Buffer({ $0.elementsEqual(name.bytes) }) {
      self = candidate
      return
    }
    return nil
  }

  private static let table: [[QueryName]] = {
    var table = [[QueryName]](repeating: [], count: 128)
    for name in QueryName.allCases { table[Int(name.name.utf8Start.pointee)].append(name) }
    return table
  }()

  private static func byFirstByte(_ byte: UInt8) -> [QueryName] {
    byte < 128 ? table[Int(byte)] : []
  }
}
