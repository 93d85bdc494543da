/// What a certificate says, read from its DER (RFC 5280).
public struct CertificateFields: Sendable {
  // Parts of the DER, with tag and length.
  let toBeSigned: [UInt8]
  let subjectPublicKeyInfo: [UInt8]
  let rawIssuer: [UInt8]
  let rawSubject: [UInt8]
  let signature: [UInt8]
  let signatureAlgorithm: Int
  let publicKey: CertificateKey

  /// 1 to 3.
  public let version: Int
  /// Big-endian, without leading zeros.
  public let serialNumber: [UInt8]
  public let issuer: CertificateName
  public let subject: CertificateName
  public let notBefore: CertificateTime
  public let notAfter: CertificateTime
  public let extensions: [CertificateExtension]
  var known = KnownExtensions()

  /// Names of the subject beside ``subject``.
  public var alternativeNames: AlternativeNames { known.alternativeNames }
  public var extendedKeyUsages: [ExtendedKeyUsage] { known.usages }
  /// Whether basic constraints say that the subject is an authority.
  public var isAuthority: Bool { known.isAuthority }
  /// Bit n is the n-th of RFC 5280 section 4.2.1.3, digitalSignature the lowest; 0 without the extension.
  public var keyUsage: Int { known.keyUsage }

  init(_ der: [UInt8]) throws(DERReader.Malformed) {
    var certificate = try DERReader.only(der[...], DERReader.Tag.sequence).reader
    let toBeSigned = try certificate.next(DERReader.Tag.sequence)
    let outerAlgorithm = try certificate.next(DERReader.Tag.sequence)
    signature = Array(try certificate.next(DERReader.Tag.bitString).wholeBits())
    try certificate.end()
    self.toBeSigned = Array(toBeSigned.whole)

    var reader = toBeSigned.reader
    var version = 0
    if let explicit = try reader.nextIf(DERReader.Tag.contextConstructed(0)) {
      version = try DERReader.only(explicit.content, DERReader.Tag.integer).small()
    }
    guard version <= 2 else { throw DERReader.Malformed() }
    self.version = version + 1
    serialNumber = try reader.next(DERReader.Tag.integer).unsigned()
    let innerAlgorithm = try reader.next(DERReader.Tag.sequence)
    guard innerAlgorithm.whole.elementsEqual(outerAlgorithm.whole) else { throw DERReader.Malformed() }
    signatureAlgorithm = try SignatureAlgorithmNumber.number(innerAlgorithm)
    let issuer = try reader.next(DERReader.Tag.sequence)
    rawIssuer = Array(issuer.whole)
    self.issuer = try CertificateName(issuer)
    var validity = try reader.sequence()
    notBefore = try CertificateTime(try validity.next())
    notAfter = try CertificateTime(try validity.next())
    try validity.end()
    let subject = try reader.next(DERReader.Tag.sequence)
    rawSubject = Array(subject.whole)
    self.subject = try CertificateName(subject)
    let info = try reader.next(DERReader.Tag.sequence)
    subjectPublicKeyInfo = Array(info.whole)
    publicKey = try CertificateKey(info)
    // Unique identifiers: read over, nobody uses them.
    _ = try reader.nextIf(DERReader.Tag.context(1))
    _ = try reader.nextIf(DERReader.Tag.context(2))
    if let list = try reader.nextIf(DERReader.Tag.contextConstructed(3)) {
      guard version == 2 else { throw DERReader.Malformed() }
      extensions = try CertificateExtension.all(in: try DERReader.only(list.content, DERReader.Tag.sequence))
    } else {
      extensions = []
    }
    try reader.end()
    for item in extensions { try known.read(item) }
  }
}
