/// The number that Go's `x509.SignatureAlgorithm` gives a signature algorithm, which policies compare with.
enum SignatureAlgorithmNumber {
  static let unknown = 0

  private static let numbers: [[Int]: Int] = [
    [1, 2, 840, 113549, 1, 1, 4]: 2, [1, 2, 840, 113549, 1, 1, 5]: 3, [1, 3, 14, 3, 2, 29]: 3,
    [1, 2, 840, 113549, 1, 1, 11]: 4, [1, 2, 840, 113549, 1, 1, 12]: 5, [1, 2, 840, 113549, 1, 1, 13]: 6,
    [1, 2, 840, 10040, 4, 3]: 7, [2, 16, 840, 1, 101, 3, 4, 3, 2]: 8, [1, 2, 840, 10045, 4, 1]: 9,
    [1, 2, 840, 10045, 4, 3, 2]: 10, [1, 2, 840, 10045, 4, 3, 3]: 11, [1, 2, 840, 10045, 4, 3, 4]: 12,
    [1, 3, 101, 112]: 16,
  ]

  /// - Parameter algorithm: an AlgorithmIdentifier.
  static func number(_ algorithm: DERReader.Value) throws(DERReader.Malformed) -> Int {
    var reader = algorithm.reader
    let identifier = try reader.next(DERReader.Tag.objectIdentifier).identifier()
    guard identifier == [1, 2, 840, 113549, 1, 1, 10] else { return numbers[identifier] ?? unknown }
    do throws(DERReader.Malformed) {
      return try pss(try reader.sequence())
    } catch {
      return unknown
    }
  }

  /// RSASSA-PSS (RFC 4055): the digest, MGF1 with the same, a salt of its length, the usual trailer.
  private static func pss(_ parameters: DERReader) throws(DERReader.Malformed) -> Int {
    var parameters = parameters
    guard let digest = try parameters.nextIf(DERReader.Tag.contextConstructed(0)),
      let mask = try parameters.nextIf(DERReader.Tag.contextConstructed(1)),
      let salt = try parameters.nextIf(DERReader.Tag.contextConstructed(2))
    else { return unknown }
    var maskParts = try DERReader.only(mask.content, DERReader.Tag.sequence).reader
    guard try maskParts.next(DERReader.Tag.objectIdentifier).identifier() == [1, 2, 840, 113549, 1, 1, 8] else {
      return unknown
    }
    let identifier = try digestIdentifier(try DERReader.only(digest.content, DERReader.Tag.sequence))
    guard try digestIdentifier(try maskParts.next(DERReader.Tag.sequence)) == identifier else { return unknown }
    let saltCount = try DERReader.only(salt.content, DERReader.Tag.integer).small()
    switch (identifier, saltCount) {
    case ([2, 16, 840, 1, 101, 3, 4, 2, 1], 32): return 13
    case ([2, 16, 840, 1, 101, 3, 4, 2, 2], 48): return 14
    case ([2, 16, 840, 1, 101, 3, 4, 2, 3], 64): return 15
    default: return unknown
    }
  }

  private static func digestIdentifier(_ algorithm: DERReader.Value) throws(DERReader.Malformed) -> [Int] {
    var reader = algorithm.reader
    return try reader.next(DERReader.Tag.objectIdentifier).identifier()
  }
}
