import COpenSSL

/// One X.509 certificate (RFC 5280). Owns OpenSSL's object, which verifies, beside the fields, which are read here.
///
/// Unchecked Sendable: an X509 is immutable here, and OpenSSL locks its reference count.
public final class Certificate: @unchecked Sendable {
  let handle: OpaquePointer
  public let der: [UInt8]
  public let fields: CertificateFields

  /// Largest certificate that is read, in bytes.
  public static let bytesMax = 64 << 10

  /// - Parameter der: nothing behind it.
  public init(der: [UInt8]) throws(CryptographyError) {
    guard der.count <= Self.bytesMax else { throw .malformed(.certificate) }
    do throws(DERReader.Malformed) {
      fields = try CertificateFields(der)
    } catch {
      throw .malformed(.certificate)
    }
    guard let handle = DER.whole(der, { start, count in d2i_X509(nil, start, count) }) else {
      ERR_clear_error()
      throw .malformed(.certificate)
    }
    self.handle = handle
    self.der = der
  }

  deinit { X509_free(handle) }

  /// All certificates of a text, in order: PEM blocks, the same in base64, or DER in base64, one behind the other.
  /// - Throws: `malformed` with `base64`, with `label` for a PEM block that is no certificate, or with `certificate`.
  public static func all(in text: [UInt8]) throws(CryptographyError) -> [Certificate] {
    var certificates: [Certificate] = []
    for der in try ArmoredBytes.certificates(text) { certificates.append(try Certificate(der: der)) }
    return certificates
  }

  /// The key that it is for, `unsupportedKey` when this module has no use for it.
  public func publicKey() throws(CryptographyError) -> PublicKey { try PublicKey(certificate: der) }
}
