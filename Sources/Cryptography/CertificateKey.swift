/// A subject's public key as the certificate has it, of sizes and curves that ``PublicKey`` does not take too.
enum CertificateKey {
  /// Without leading zeros.
  case rsa(modulus: [UInt8], exponent: Int)
  case dsa
  case ec(x: [UInt8], y: [UInt8])
  case ed25519([UInt8])
  case unknown

  init(_ info: DERReader.Value) throws(DERReader.Malformed) {
    var reader = info.reader
    var algorithm = try reader.sequence()
    let identifier = try algorithm.next(DERReader.Tag.objectIdentifier).identifier()
    let bits = try reader.next(DERReader.Tag.bitString)
    try reader.end()
    switch identifier {
    case [1, 2, 840, 113549, 1, 1, 1]:
      var numbers = try DERReader.only(try bits.wholeBits(), DERReader.Tag.sequence).reader
      let modulus = try numbers.next(DERReader.Tag.integer).unsigned()
      let exponent = try numbers.next(DERReader.Tag.integer).small()
      guard !modulus.isEmpty, exponent > 0 else { throw DERReader.Malformed() }
      self = .rsa(modulus: modulus, exponent: exponent)
    case [1, 2, 840, 10040, 4, 1]: self = .dsa
    case [1, 2, 840, 10045, 2, 1]:
      let curve = try algorithm.next(DERReader.Tag.objectIdentifier).identifier()
      let point = try bits.wholeBits()
      let count: Int
      switch curve {
      case [1, 3, 132, 0, 33]: count = 28
      case [1, 2, 840, 10045, 3, 1, 7]: count = 32
      case [1, 3, 132, 0, 34]: count = 48
      case [1, 3, 132, 0, 35]: count = 66
      default: throw DERReader.Malformed()
      }
      guard point.count == 1 + 2 * count, point.first == 4 else { throw DERReader.Malformed() }
      self = .ec(x: Array(point.dropFirst().prefix(count)), y: Array(point.suffix(count)))
    case [1, 3, 101, 112]:
      let key = try bits.wholeBits()
      guard key.count == 32, algorithm.isAtEnd else { throw DERReader.Malformed() }
      self = .ed25519(Array(key))
    default: self = .unknown
    }
  }
}
