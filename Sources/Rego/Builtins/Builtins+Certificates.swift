import Cryptography
import JSON
import JWT

/// Certificates, requests and private keys of `crypto.*`. Source: OPA v1/topdown/crypto.go.
///
/// `Cryptography` writes each as JSON in the shape of Go's types, which is what policies written for OPA expect.
enum CertificateBuiltins {
  private static let document: TypeDescription = .object(.string, .any)
  private static let verdict: TypeDescription = .array(fixed: [.boolean, .array(of: document)], rest: nil)

  static let all: [Builtin] = [
    Builtin("crypto.x509.parse_certificates", [.string], .array(of: document), parse),
    // Certificates expire.
    Builtin("crypto.x509.parse_and_verify_certificates", [.string], verdict) {
      operands, context throws(BuiltinError) in
      let text = try operands.text(0)
      guard let certificates = try certificates(text, context) else { return refused }
      let purpose = CertificateChain.Purpose(now: .nanoseconds(context.nowNanoseconds))
      return try verify(certificates, for: purpose, includingURIStrings: true, context)
    },
    Builtin(
      "crypto.x509.parse_and_verify_certificates_with_options", [.string, document], verdict
    ) {
      operands, context throws(BuiltinError) in
      let text = try operands.text(0)
      let options = try operands.object(1)
      guard let certificates = try certificates(text, context) else { return refused }
      return try verify(certificates, for: try purpose(options, context), includingURIStrings: false, context)
    },
    Builtin("crypto.x509.parse_certificate_request", [.string], document) { operands, context throws(BuiltinError) in
      let text = try charged(operands, 0, context)
      return try value(context) { () throws(CryptographyError) in try CertificateRequest(parsing: text.bytes).json() }
    },
    Builtin("crypto.x509.parse_keypair", [.string, .string], document) { operands, context throws(BuiltinError) in
      let (certificates, key) = (try charged(operands, 0, context), try charged(operands, 1, context))
      return try value(context) { () throws(CryptographyError) in
        try PrivateKey.exportedPairJSON(certificates: certificates.bytes, key: key.bytes)
      }
    },
    Builtin("crypto.x509.parse_rsa_private_key", [.string], document, parsePrivateKey),
    Builtin("crypto.parse_private_keys", [.string], .array(of: document)) { operands, context throws(BuiltinError) in
      let text = try charged(operands, 0, context)
      if text.isEmpty { return .null }
      let keys = try privateKeys(text)
      if keys.isEmpty { return .array(.empty) }
      return try value(context) { () throws(CryptographyError) in try PrivateKey.exportedJSON(keys) }
    },
  ]

  private static let refused: Value = [false, .array(.empty)]

  /// Texts up to this size keep what was read from them; larger ones come from hostile input rather than from policies.
  private static let cachedBytesMax = 16 << 10

  private struct ParsedCertificates: Sendable {
    var certificates: [Certificate]
  }

  private struct CertificateDocuments: Sendable {
    var value: Value
  }

  private static func charged(
    _ operands: Operands, _ position: Int, _ context: any BuiltinContext
  ) throws(BuiltinError) -> Text {
    let text = try operands.text(position)
    try context.charge(instructions: 500 + text.byteCount * 2, bytes: text.byteCount * 8)
    return text
  }

  private static let parse: BuiltinFunction = { operands, context throws(BuiltinError) in
    let text = try operands.text(0)
    if let known = context.cache.find(text, CertificateDocuments.self) { return known.value }
    _ = try charged(operands, 0, context)
    let documents: [UInt8]
    do throws(CryptographyError) {
      documents = Certificate.json(try Certificate.all(in: text.bytes))
    } catch .malformed(.label) {
      let isPEM = text.withBytes { $0.starts(with: "-----BEGIN".utf8) }
      let pem = isPEM ? text.bytes : try Base64Text.decode(text, url: false).bytes
      let label = PEMBlock.all(in: pem).first { $0.label != "CERTIFICATE" }?.label ?? ""
      throw .failed("PEM block type is '\(label)', expected CERTIFICATE")
    } catch .malformed(.base64) {
      // For the place of the mistake.
      _ = try Base64Text.decode(text, url: false)
      throw .failed(message(.malformed(.base64)))
    } catch {
      throw .failed(message(error))
    }
    let value = try value(context) { documents }
    if text.byteCount <= cachedBytesMax { context.cache.keep(other: CertificateDocuments(value: value), for: text) }
    return value
  }

  /// nil when the text holds anything but certificates.
  private static func certificates(
    _ text: Text, _ context: any BuiltinContext
  ) throws(BuiltinError) -> [Certificate]? {
    if let known = context.cache.find(text, ParsedCertificates.self) { return known.certificates }
    try context.charge(instructions: 500 + text.byteCount * 2, bytes: text.byteCount * 4)
    do throws(CryptographyError) {
      let certificates = try Certificate.all(in: text.bytes)
      if text.byteCount <= cachedBytesMax {
        context.cache.keep(other: ParsedCertificates(certificates: certificates), for: text)
      }
      return certificates
    } catch {
      return nil
    }
  }

  private static func verify(
    _ certificates: [Certificate], for purpose: CertificateChain.Purpose, includingURIStrings: Bool,
    _ context: any BuiltinContext
  ) throws(BuiltinError) -> Value {
    // A signature to check for each, and for hostile intermediates of one name one for each pair.
    try context.charge(instructions: 2000 * certificates.count * max(1, certificates.count / 4), bytes: 0)
    let chain: CertificateChain
    do throws(CryptographyError) {
      chain = try CertificateChain(rootToLeaf: certificates, for: purpose)
    } catch {
      return refused
    }
    let documents = try value(context) { () throws(CryptographyError) in
      Certificate.json(chain.certificates, includingURIStrings: includingURIStrings)
    }
    return [true, documents]
  }

  private static func value(
    _ context: any BuiltinContext, _ json: () throws(CryptographyError) -> [UInt8]
  ) throws(BuiltinError) -> Value {
    let bytes: [UInt8]
    do throws(CryptographyError) { bytes = try json() } catch { throw .failed(message(error)) }
    try context.charge(instructions: bytes.count / 4, bytes: bytes.count * 2)
    do throws(JSONError) {
      return try Value(
        json: bytes, options: JSONTape.Options(limits: JSONLimits(bytesMax: bytes.count, depthMax: 64)))
    } catch {
      throw .failed("document that is no JSON")
    }
  }

  private static func privateKeys(_ text: Text) throws(BuiltinError) -> [PrivateKey] {
    do throws(CryptographyError) { return try PrivateKey.all(in: text.bytes) } catch { throw .failed(message(error)) }
  }

  /// The first private key as a JSON Web Key, of whatever type it is.
  private static let parsePrivateKey: BuiltinFunction = { operands, context throws(BuiltinError) in
    let text = try charged(operands, 0, context)
    guard !text.isEmpty else { throw .failed("input PEM data was empty") }
    let isPEM = text.withBytes { $0.starts(with: "-----BEGIN".utf8) }
    if !isPEM { _ = try Base64Text.decode(text, url: false) }
    guard let key = try privateKeys(text).first else { return .null }
    let object: JSONObject
    do throws(JWTError) {
      object = try JSONWebKey.privateObject(key)
    } catch {
      throw .failed("unsupported private key")
    }
    return try value(context) { JSONValue.object(object).compact }
  }

  private static func message(_ error: CryptographyError) -> String {
    switch error {
    case .malformed(.base64): "illegal base64 data at input byte 0"
    case .malformed(.certificate): "x509: malformed certificate"
    case .malformed(.certificateRequest): "x509: malformed certificate request"
    case .malformed(.label): "PEM block of another type, expected CERTIFICATE"
    case .malformed(.publicKey), .malformed(.privateKey): "x509: malformed key"
    case .unsupportedKey: "x509: unsupported key"
    case .invalidKey: "tls: private key does not match public key"
    case .wrongLength, .authenticationFailed, .wrongScheme, .untrusted, .unavailable: "x509: failed"
    }
  }

  // MARK: Options

  private static func purpose(
    _ options: ValueObject, _ context: any BuiltinContext
  ) throws(BuiltinError) -> CertificateChain.Purpose {
    var purpose = CertificateChain.Purpose(now: .nanoseconds(context.nowNanoseconds))
    for (key, value) in zip(options.keys, options.values) {
      guard case .string = key else { continue }
      switch key {
      case "DNSName":
        guard case .string(let name) = value else { throw .failed("'DNSName' should be a string") }
        let trimmed = unquoted(name)
        purpose.dnsName = trimmed.isEmpty ? nil : trimmed
      case "CurrentTime":
        guard value.typeName == "number" else { throw .failed("'CurrentTime' should be a number") }
        guard case .integer(let nanoseconds) = value else {
          throw .failed("'CurrentTime' should be a valid int64 number")
        }
        purpose.now = .nanoseconds(nanoseconds)
      case "MaxConstraintComparisons":
        // OpenSSL has its own bound, which holds whatever a policy says.
        guard value.typeName == "number" else { throw .failed("'MaxConstraintComparisons' should be a number") }
        guard case .integer = value else { throw .failed("'MaxConstraintComparisons' should be a valid number") }
      case "KeyUsages": purpose.usages = try usages(value)
      default: throw .failed("invalid key option")
      }
    }
    return purpose
  }

  private static func usages(_ value: Value) throws(BuiltinError) -> [ExtendedKeyUsage] {
    switch value {
    case .array, .set: break
    default: throw .failed("'KeyUsages' should be an Array or Set")
    }
    var found: [ExtendedKeyUsage] = []
    var unknown: [String] = []
    for element in value.elements {
      guard case .string(let text) = element else { continue }
      let name = unquoted(text)
      if let usage = usageNames.first(where: { $0.0.utf8.elementsEqual(name.utf8) })?.1 {
        found.append(usage)
      } else {
        unknown.append(name)
      }
    }
    guard unknown.isEmpty else {
      throw .failed("invalid entries for 'KeyUsages' found: [\(unknown.joined(separator: " "))]")
    }
    return found.isEmpty ? [.serverAuth] : found
  }

  private static func unquoted(_ text: Text) -> String {
    var bytes = text.bytes[...]
    while bytes.first == 0x22 { bytes.removeFirst() }
    while bytes.last == 0x22 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let usageNames: [(String, ExtendedKeyUsage)] = [
    ("KeyUsageAny", .any), ("KeyUsageServerAuth", .serverAuth), ("KeyUsageClientAuth", .clientAuth),
    ("KeyUsageCodeSigning", .codeSigning), ("KeyUsageEmailProtection", .emailProtection),
    ("KeyUsageIPSECEndSystem", .ipsecEndSystem), ("KeyUsageIPSECTunnel", .ipsecTunnel),
    ("KeyUsageIPSECUser", .ipsecUser), ("KeyUsageTimeStamping", .timeStamping), ("KeyUsageOCSPSigning", .ocspSigning),
    ("KeyUsageMicrosoftServerGatedCrypto", .microsoftServerGatedCrypto),
    ("KeyUsageNetscapeServerGatedCrypto", .netscapeServerGatedCrypto),
    ("KeyUsageMicrosoftCommercialCodeSigning", .microsoftCommercialCodeSigning),
    ("KeyUsageMicrosoftKernelCodeSigning", .microsoftKernelCodeSigning),
  ]
}
