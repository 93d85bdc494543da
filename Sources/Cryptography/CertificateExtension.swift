/// One extension of a certificate or a request (RFC 5280 section 4.2).
public struct CertificateExtension: Equatable, Sendable {
  /// Arcs of the object identifier.
  public let identifier: [Int]
  public let isCritical: Bool
  /// DER.
  public let value: [UInt8]

  /// - Parameter list: the SEQUENCE OF Extension. An identifier may occur once.
  static func all(in list: DERReader.Value) throws(DERReader.Malformed) -> [CertificateExtension] {
    var extensions: [CertificateExtension] = []
    var reader = list.reader
    while !reader.isAtEnd {
      var parts = try reader.sequence()
      let identifier = try parts.next(DERReader.Tag.objectIdentifier).identifier()
      let isCritical = try parts.nextIf(DERReader.Tag.boolean)?.boolean() ?? false
      let value = Array(try parts.next(DERReader.Tag.octetString).content)
      try parts.end()
      guard !extensions.contains(where: { $0.identifier == identifier }) else { throw DERReader.Malformed() }
      extensions.append(CertificateExtension(identifier: identifier, isCritical: isCritical, value: value))
    }
    return extensions
  }
}
