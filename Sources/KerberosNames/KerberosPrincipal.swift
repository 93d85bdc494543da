public import S3Model

/// The name of a person or service in Kerberos: `alice@EXAMPLE.COM`, `HTTP/gateway.example.com@EXAMPLE.COM`.
///
/// Components and realm are bytes without escapes; ``text`` is the one way to write a principal here, so that texts are
/// equal exactly where principals are. Source: RFC 4120 section 6; MIT krb5, krb5_unparse_name.
public struct KerberosPrincipal: Hashable, Sendable {
  /// Never empty; the first is not empty.
  public let components: [ByteString]
  /// Never empty.
  public let realm: ByteString

  /// Of the text.
  public static let bytesMax = 512
  private static let componentsMax = 8

  /// - Parameter text: `component/component@REALM`, in which `\` escapes `/`, `@` and itself.
  /// - Returns: nil for what is none: without a realm, with an empty name, control bytes, invalid UTF-8, or too long.
  public init?(_ text: some Collection<UInt8>) {
    guard (3...Self.bytesMax).contains(text.count) else { return nil }
    var components: [[UInt8]] = [[]]
    var realm: [UInt8]?
    var isEscaped = false
    for byte in text {
      // Escapes such as `\n` stand for control bytes, which no name here may have.
      if isEscaped {
        guard byte == 0x2F || byte == 0x40 || byte == 0x5C else { return nil }
      } else if byte == 0x5C {
        isEscaped = true
        continue
      } else if byte == 0x40 {
        guard realm == nil else { return nil }
        realm = []
        continue
      } else if byte == 0x2F, realm == nil {
        components.append([])
        continue
      }
      isEscaped = false
      if realm == nil { components[components.count - 1].append(byte) } else { realm?.append(byte) }
    }
    guard !isEscaped, let realm else { return nil }
    self.init(components: components.map { ByteString($0) }, realm: ByteString(realm))
  }

  public init?(components: [ByteString], realm: ByteString) {
    guard (1...Self.componentsMax).contains(components.count), let first = components.first, !first.bytes.isEmpty,
      !realm.bytes.isEmpty, ([realm] + components).allSatisfy(Self.isClean)
    else { return nil }
    self.components = components
    self.realm = realm
    guard text.bytes.count <= Self.bytesMax else { return nil }
  }

  private static func isClean(_ part: ByteString) -> Bool {
    part.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
      && String(validating: part.bytes, as: UTF8.self) != nil
  }

  /// The name with its realm, escaped where needed.
  public var text: ByteString {
    var bytes: [UInt8] = []
    for (index, component) in components.enumerated() {
      if index > 0 { bytes.append(0x2F) }
      Self.append(component, to: &bytes)
    }
    bytes.append(0x40)
    Self.append(realm, to: &bytes)
    return ByteString(bytes)
  }

  private static func append(_ part: ByteString, to bytes: inout [UInt8]) {
    for byte in part.bytes {
      if byte == 0x2F || byte == 0x40 || byte == 0x5C { bytes.append(0x5C) }
      bytes.append(byte)
    }
  }

  /// Whether the name stands for nobody in particular. Source: RFC 6111, RFC 8062.
  public var isAnonymous: Bool {
    components[0] == "WELLKNOWN" || realm.bytes.starts(with: "WELLKNOWN:".utf8)
  }

  /// The same with ASCII letters of the name in lower case: for directories to which `Alice` and `alice` are one.
  public var lowercasedName: KerberosPrincipal {
    let lowered = components.map { component in
      ByteString(component.bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
    }
    return KerberosPrincipal(components: lowered, realm: realm) ?? self
  }
}
