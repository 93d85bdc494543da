public import S3Model

/// The scheme a request was signed with.
public enum SignatureAlgorithm: UInt8, Sendable {
  /// SigV4: a derived HMAC key per day, region and service.
  case hmacSHA256
  /// SigV4A: a P-256 key derived from the secret, valid for a set of regions.
  case ecdsaP256SHA256

  /// The name in Authorization headers and strings to sign.
  public var name: StaticString {
    switch self {
    case .hmacSHA256: "AWS4-HMAC-SHA256"
    case .ecdsaP256SHA256: "AWS4-ECDSA-P256-SHA256"
    }
  }
}

/// What a signing key is good for: `yyyyMMdd/region/service/aws4_request`, without the region in SigV4A.
public struct CredentialScope: Hashable, Sendable {
  /// As sent.
  public let text: ByteString
  private let regionEnd: UInt16
  private let serviceEnd: UInt16

  static let terminator: StaticString = "aws4_request"
  /// Longest credential looked at; AWS's access key ids have at most 128 characters.
  static let credentialBytesMax = 512

  /// UTC day, `yyyyMMdd`.
  public var day: ArraySlice<UInt8> { text.bytes[0..<8] }
  /// Empty in SigV4A, where the region set takes its place.
  public var region: ArraySlice<UInt8> { regionEnd == 8 ? text.bytes[8..<8] : text.bytes[9..<Int(regionEnd)] }
  public var service: ArraySlice<UInt8> { text.bytes[(Int(regionEnd) + 1)..<Int(serviceEnd)] }

  /// Whether ``service`` is this, compared in place.
  public func isFor(service name: StaticString) -> Bool {
    text.bytes.withUnsafeBufferPointer { $0[bytes: Int(regionEnd) + 1..<Int(serviceEnd)].equals(name) }
  }

  func isFor(service name: ByteString) -> Bool {
    text.bytes.withUnsafeBufferPointer { text in
      name.bytes.withUnsafeBufferPointer { text[bytes: Int(regionEnd) + 1..<Int(serviceEnd)].equals($0) }
    }
  }

  /// Whether ``region`` is this, compared in place.
  func isIn(region name: ByteString) -> Bool {
    guard regionEnd > 8 else { return name.isEmpty }
    return text.bytes.withUnsafeBufferPointer { text in
      name.bytes.withUnsafeBufferPointer { text[bytes: 9..<Int(regionEnd)].equals($0) }
    }
  }

  /// Splits `AKID/yyyyMMdd/region/service/aws4_request`.
  static func parse(
    credential: UnsafeBufferPointer<UInt8>, _ algorithm: SignatureAlgorithm, _ placement: CredentialPlacement
  ) -> Result<(accessKeyID: ByteString, scope: CredentialScope), SigV4Error> {
    guard credential.count <= credentialBytesMax else { return .failure(.malformedCredential(placement)) }
    var slashes = (0, 0, 0, 0)
    var count = 0
    for index in 0..<credential.count where credential[index] == 0x2F {
      switch count {
      case 0: slashes.0 = index
      case 1: slashes.1 = index
      case 2: slashes.2 = index
      case 3: slashes.3 = index
      default: return .failure(.malformedCredential(placement))
      }
      count += 1
    }
    let terminatorSlash = algorithm == .hmacSHA256 ? slashes.3 : slashes.2
    let dayEnd = slashes.1
    guard count == (algorithm == .hmacSHA256 ? 4 : 3), slashes.0 > 0,
      SigningDate.isDay(credential[bytes: slashes.0 + 1..<dayEnd])
    else { return .failure(.malformedCredential(placement)) }
    let regionEnd = algorithm == .hmacSHA256 ? slashes.2 : dayEnd
    guard terminatorSlash > regionEnd + 1, algorithm != .hmacSHA256 || regionEnd > dayEnd + 1 else {
      return .failure(.malformedCredential(placement))
    }
    guard credential[bytes: terminatorSlash + 1..<credential.count].equals(terminator) else {
      return .failure(.wrongTerminator(placement))
    }
    let start = slashes.0 + 1
    let scope = CredentialScope(
      text: ByteString(Array(credential[bytes: start..<credential.count])),
      regionEnd: UInt16(truncatingIfNeeded: regionEnd - start),
      serviceEnd: UInt16(truncatingIfNeeded: terminatorSlash - start))
    return .success((ByteString(Array(credential[bytes: 0..<slashes.0])), scope))
  }

  private init(text: ByteString, regionEnd: UInt16, serviceEnd: UInt16) {
    self.text = text
    self.regionEnd = regionEnd
    self.serviceEnd = serviceEnd
  }

  /// A scope to sign with.
  /// - Parameter region: nil for SigV4A.
  init(date: SigningDate, region: ByteString?, service: ByteString) {
    var text: [UInt8] = []
    date.appendDay(to: &text)
    if let region {
      text.append(0x2F)
      text.append(contentsOf: region.bytes)
    }
    regionEnd = UInt16(truncatingIfNeeded: text.count)
    text.append(0x2F)
    text.append(contentsOf: service.bytes)
    serviceEnd = UInt16(truncatingIfNeeded: text.count)
    text.append(0x2F)
    text.append(Self.terminator)
    self.text = ByteString(text)
  }
}
