import COpenSSL

/// What a certificate signing request says (RFC 2986). Its signature is not verified.
public struct CertificateRequest: Sendable {
  public let der: [UInt8]
  let info: [UInt8]
  let subjectPublicKeyInfo: [UInt8]
  let rawSubject: [UInt8]
  let signature: [UInt8]
  let signatureAlgorithm: Int
  let publicKey: CertificateKey
  let version: Int
  let attributes: [RequestAttribute]
  public let subject: CertificateName
  public let extensions: [CertificateExtension]
  public let alternativeNames: AlternativeNames

  /// - Parameter text: one PEM block `CERTIFICATE REQUEST`, the same in base64, or DER in base64.
  public init(parsing text: [UInt8]) throws(CryptographyError) {
    var bytes = try ArmoredBytes.decoded(text)
    if let block = PEMBlock.first(in: bytes) {
      guard block.label.utf8.elementsEqual("CERTIFICATE REQUEST".utf8) else { throw .malformed(.label) }
      bytes = block.bytes
    }
    try self.init(der: bytes)
  }

  /// - Parameter der: nothing behind it.
  public init(der: [UInt8]) throws(CryptographyError) {
    guard der.count <= Certificate.bytesMax else { throw .malformed(.certificateRequest) }
    do throws(DERReader.Malformed) {
      self = try Self.read(der)
    } catch {
      throw .malformed(.certificateRequest)
    }
  }

  private static func read(_ der: [UInt8]) throws(DERReader.Malformed) -> CertificateRequest {
    var request = try DERReader.only(der[...], DERReader.Tag.sequence).reader
    let info = try request.next(DERReader.Tag.sequence)
    let algorithm = try request.next(DERReader.Tag.sequence)
    let signature = Array(try request.next(DERReader.Tag.bitString).wholeBits())
    try request.end()
    var reader = info.reader
    let version = try reader.next(DERReader.Tag.integer).small()
    let subject = try reader.next(DERReader.Tag.sequence)
    let key = try reader.next(DERReader.Tag.sequence)
    let attributes = try reader.nextIf(DERReader.Tag.contextConstructed(0))
    try reader.end()
    let extensions = try attributes.map { attributes throws(DERReader.Malformed) in try requested(attributes) } ?? []
    let names = extensions.first { $0.identifier == [2, 5, 29, 17] }
    return CertificateRequest(
      der: der, info: Array(info.whole), subjectPublicKeyInfo: Array(key.whole), rawSubject: Array(subject.whole),
      signature: signature, signatureAlgorithm: try SignatureAlgorithmNumber.number(algorithm),
      publicKey: try CertificateKey(key), version: version,
      attributes: try attributes.map { list throws(DERReader.Malformed) in try RequestAttribute.all(in: list) } ?? [],
      subject: try CertificateName(subject),
      extensions: extensions,
      alternativeNames: try names.map { names throws(DERReader.Malformed) in try AlternativeNames(names.value[...]) }
        ?? AlternativeNames())
  }

  private init(
    der: [UInt8], info: [UInt8], subjectPublicKeyInfo: [UInt8], rawSubject: [UInt8], signature: [UInt8],
    signatureAlgorithm: Int, publicKey: CertificateKey, version: Int, attributes: [RequestAttribute],
    subject: CertificateName, extensions: [CertificateExtension], alternativeNames: AlternativeNames
  ) {
    self.der = der
    self.info = info
    self.subjectPublicKeyInfo = subjectPublicKeyInfo
    self.rawSubject = rawSubject
    self.signature = signature
    self.signatureAlgorithm = signatureAlgorithm
    self.publicKey = publicKey
    self.version = version
    self.attributes = attributes
    self.subject = subject
    self.extensions = extensions
    self.alternativeNames = alternativeNames
  }

  /// The extensions of the extension request attribute (RFC 2985 section 5.4.2).
  private static func requested(
    _ attributes: DERReader.Value
  ) throws(DERReader.Malformed) -> [CertificateExtension] {
    var reader = attributes.reader
    while !reader.isAtEnd {
      var parts = try reader.sequence()
      guard try parts.next(DERReader.Tag.objectIdentifier).identifier() == [1, 2, 840, 113549, 1, 9, 14] else {
        continue
      }
      var values = try parts.next(DERReader.Tag.set).reader
      return try CertificateExtension.all(in: try values.next(DERReader.Tag.sequence))
    }
    return []
  }
}

/// An attribute of a request whose values are lists of identifiers and values; others are not shown.
struct RequestAttribute {
  enum Item {
    case bool(Bool)
    case bytes([UInt8])
    case text(String)
    case number(Int)
  }

  let type: [Int]
  let values: [[(type: [Int], value: Item)]]

  static func all(in attributes: DERReader.Value) throws(DERReader.Malformed) -> [RequestAttribute] {
    var reader = attributes.reader
    var all: [RequestAttribute] = []
    while !reader.isAtEnd {
      let attribute = try reader.next(DERReader.Tag.sequence)
      do throws(DERReader.Malformed) {
        all.append(try RequestAttribute(attribute))
      } catch {
        // Values of other shapes (a challenge password): allowed, but not shown.
        continue
      }
    }
    return all
  }

  private init(_ attribute: DERReader.Value) throws(DERReader.Malformed) {
    var parts = attribute.reader
    type = try parts.next(DERReader.Tag.objectIdentifier).identifier()
    var set = try parts.next(DERReader.Tag.set).reader
    var values: [[(type: [Int], value: Item)]] = []
    while !set.isAtEnd {
      var list = try set.sequence()
      var pairs: [(type: [Int], value: Item)] = []
      while !list.isAtEnd {
        var pair = try list.sequence()
        // Only the first two parts count: of an extension, that is whether it is critical, or else its value.
        let type = try pair.next(DERReader.Tag.objectIdentifier).identifier()
        pairs.append((type, try Self.item(try pair.next())))
      }
      values.append(pairs)
    }
    self.values = values
  }

  private static func item(_ value: DERReader.Value) throws(DERReader.Malformed) -> Item {
    switch value.tag {
    case DERReader.Tag.boolean: .bool(try value.boolean())
    case DERReader.Tag.octetString: .bytes(Array(value.content))
    case DERReader.Tag.integer: .number(try value.small())
    default: .text(try value.text())
    }
  }
}
