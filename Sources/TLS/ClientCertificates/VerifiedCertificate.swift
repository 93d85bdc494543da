import COpenSSL
import Glibc

/// A client's certificate whose chain leads to an authority of its own trust. Only ``ClientCertificateTrust`` makes one.
public struct VerifiedCertificate: Sendable {
  public let names: CertificateNames
  /// Distinguished names as RFC 4514 writes them, most specific part first, in UTF-8.
  public let subject: String
  public let issuer: String
  /// Upper-case hexadecimal.
  public let serialNumber: String
  /// In seconds since 1970; the earliest end in the whole chain.
  public let notAfter: Int64
  /// DER, leaf first, with the authority at the end.
  let chain: [[UInt8]]

  init?(_ leaf: OpaquePointer, chain certificates: [OpaquePointer]) {
    guard let subject = Self.text(X509_get_subject_name(leaf)), let issuer = Self.text(X509_get_issuer_name(leaf)),
      let serialNumber = Self.serial(leaf)
    else { return nil }
    var chain: [[UInt8]] = []
    var notAfter = Int64.max
    for certificate in certificates {
      guard let der = derEncoding(of: certificate), let end = Self.seconds(X509_get0_notAfter(certificate)) else {
        return nil
      }
      chain.append(der)
      notAfter = min(notAfter, end)
    }
    guard !chain.isEmpty else { return nil }
    names = CertificateNames(leaf)
    self.subject = subject
    self.issuer = issuer
    self.serialNumber = serialNumber
    self.notAfter = notAfter
    self.chain = chain
  }

  static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
    var parts = tm()
    guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
    return Int64(timegm(&parts))
  }

  private static let nameBytesMax = 2048

  private static func text(_ name: OpaquePointer?) -> String? {
    guard let name, let bio = BIO_new(BIO_s_mem()) else { return nil }
    defer { BIO_free(bio) }
    // As UTF-8, not as escaped bytes.
    let flags = COpenSSL_XN_FLAG_RFC2253() & ~UInt(ASN1_STRFLGS_ESC_MSB)
    guard X509_NAME_print_ex(bio, name, 0, flags) >= 0 else { return nil }
    var data: UnsafeMutablePointer<CChar>?
    let count = COpenSSL_BIO_get_mem_data(bio, &data)
    guard let data, count <= nameBytesMax else { return count == 0 ? "" : nil }
    return data.withMemoryRebound(to: UInt8.self, capacity: count) {
      String(validating: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
    }
  }

  private static func serial(_ certificate: OpaquePointer) -> String? {
    guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nil) else { return nil }
    defer { BN_free(number) }
    guard let text = BN_bn2hex(number) else { return nil }
    defer { CRYPTO_free(text, #file, #line) }
    return String(cString: text)
  }
}
