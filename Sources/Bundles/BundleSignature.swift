import Cryptography
import JSON
import JWT
import Rego

/// `.signatures.json`: a JWT over the digests of all files of a bundle. Source: OPA, "Bundle signing".
struct BundleSignature {
  static let name = ".signatures.json"

  private struct Digest {
    var algorithm: DigestAlgorithm
    var bytes: [UInt8]
  }

  /// By names below the bundle.
  private var digests: [[UInt8]: Digest] = [:]
  private let path: String

  /// The signed list, verified.
  /// - Parameter path: of the bundle, for errors.
  init(parsing bytes: [UInt8], path: String, keys: [BundleKey], scope: String) throws(BundleError) {
    self.path = path
    let payload = try Self.verified(bytes, path, keys, scope)
    guard case .array(let files) = payload["files"] else { throw .signature(path: path, reason: "it lists no files") }
    for file in files.elements {
      guard case .object(let file) = file, case .string(let name) = file["name"], case .string(let hash) = file["hash"],
        case .string(let algorithm) = file["algorithm"], let digest = Hex.bytes(hash.bytes)
      else { throw .signature(path: path, reason: "its list of files is malformed") }
      guard let algorithm = Self.digest(algorithm.string) else {
        throw .signature(path: path, reason: "the digest of `\(name.string)` is none of SHA-256, SHA-384 and SHA-512")
      }
      guard digests.updateValue(Digest(algorithm: algorithm, bytes: digest), forKey: name.bytes) == nil else {
        throw .signature(path: path, reason: "`\(name.string)` is listed twice")
      }
    }
  }

  private static func verified(
    _ bytes: [UInt8], _ path: String, _ keys: [BundleKey], _ scope: String
  ) throws(BundleError) -> ValueObject {
    guard case .object(let document) = try BundleFiles.json(bytes, "\(path)/\(name)"),
      case .array(let tokens) = document["signatures"], tokens.count == 1, case .string(let token) = tokens[0]
    else { throw .signature(path: path, reason: "`\(name)` holds no single JWT") }
    guard
      document["plugin"].isUndefined || document["plugin"] == .string("_default") || document["plugin"] == .string("")
    else { throw .signature(path: path, reason: "its plugin is not supported") }
    let signed: CompactJWS
    do throws(JWTError) {
      signed = try CompactJWS(parsing: token.bytes, limits: TokenLimits(bytesMax: bytes.count))
    } catch {
      throw .signature(path: path, reason: "the JWT is malformed")
    }
    guard case .object(let payload) = try BundleFiles.json(signed.payload, "\(path)/\(name)") else {
      throw .signature(path: path, reason: "the JWT is malformed")
    }
    // The name of the key is not trusted before the signature holds: it only chooses among keys that are.
    var id = signed.header.keyID ?? ""
    if id.isEmpty, case .string(let text) = payload["keyid"] { id = text.string }
    if id.isEmpty { throw .signature(path: path, reason: "it names no key") }
    guard let key = keys.first(where: { $0.id.utf8.elementsEqual(id.utf8) }) else {
      throw .signature(path: path, reason: "its key is none of those configured")
    }
    guard signed.header.algorithmName.utf8.elementsEqual(key.algorithm.rawValue.utf8),
      signed.header.parameters["crit"] == nil,
      signed.header.parameters["b64"] == nil,
      key.key.isValid(signed.signature, for: signed.signingInput, key.algorithm)
    else { throw .signature(path: path, reason: "it is not by key `\(key.id)`") }
    var signedScope = Text.empty
    switch payload["scope"] {
    case .undefined, .null: break
    case .string(let text): signedScope = text
    default: throw .signature(path: path, reason: "its scope is no string")
    }
    guard signedScope == Text(scope) else { throw .signature(path: path, reason: "it is for another scope") }
    return payload
  }

  /// Each file of the bundle is as it was signed, and none is missing. Of a folder only the files that count were read.
  func verify(_ bundle: BundleFiles) throws(BundleError) {
    var missing = Set(digests.keys)
    for file in bundle.files where file.name != Self.name {
      guard let signed = digests[Array(file.name.utf8)] else {
        throw .signature(path: path, reason: "`\(file.name)` is not signed")
      }
      missing.remove(Array(file.name.utf8))
      let digest = signed.algorithm.digest(of: try Self.signedBytes(file))
      guard constantTimeEquals(digest, signed.bytes) else {
        throw .signature(path: path, reason: "`\(file.name)` is not as it was signed")
      }
    }
    let names = missing.map { String(decoding: $0, as: UTF8.self) }.filter { name in
      bundle.isComplete || name == BundleManifest.name || BundleFolder.belongs(name.split(separator: "/").last ?? "")
    }
    if let name = names.min(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      throw .signature(path: path, reason: "`\(name)` is signed and not there")
    }
  }

  /// JSON in one form, so that a signature does not depend on white space; other files as they are.
  private static func signedBytes(_ file: BundleFiles.File) throws(BundleError) -> [UInt8] {
    let value: Value
    switch file.baseName {
    case "data.json", ".manifest", "signatures.json": value = try BundleFiles.json(file.bytes, file.name)
    case "data.yaml": value = try BundleFolder.document(file.bytes, file.name)
    default: return file.bytes
    }
    var writer = ValueJSONWriter(escapesHTML: false)
    writer.write(value)
    return writer.bytes
  }

  /// MD5 and SHA-1, which OPA takes too, protect nothing.
  private static func digest(_ name: String) -> DigestAlgorithm? {
    switch name {
    case "SHA-256": .sha256
    case "SHA-384": .sha384
    case "SHA-512": .sha512
    default: nil
    }
  }
}

extension Hex {
  /// Digits of either case, as Go reads them.
  fileprivate static func bytes(_ digits: [UInt8]) -> [UInt8]? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x37
    case 0x61...0x66: digit - 0x57
    default: nil
    }
  }
}
