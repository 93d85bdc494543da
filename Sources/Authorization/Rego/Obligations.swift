import Rego
public import S3Model

/// What a policy asks of a request that it lets through. Source: `policies/README.md`.
public struct Obligations: Sendable, Equatable {
  /// Written into the audit record.
  public var auditTags: [AuditTag] = []
  /// The body's limit in bytes.
  public var bytesMax: Int64?
  /// A listing's prefix must lie within one of them.
  public var listPrefixes: [ByteString]?
  /// Added to the response.
  public var responseHeaders: [ResponseHeader] = []
  /// Seconds since the second factor; `.max` when any age will do.
  var secondFactorSecondsMax: Int64?

  public struct AuditTag: Sendable, Equatable {
    public var name: String
    public var value: String
  }

  public struct ResponseHeader: Sendable, Equatable {
    public var name: ByteString
    public var value: ByteString
  }

  public static let none = Obligations()

  public var isEmpty: Bool { self == .none }
}

public enum ObligationError: Error, Sendable, Equatable {
  case unknown(String)
  case malformed(String)
  /// Two accesses of one request ask for different values.
  case contradiction(String)
  case notMet(String)
}

extension ObligationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknown(let name): "unknown obligation `\(name)`"
    case .malformed(let name): "obligation `\(name)` has a value of the wrong type"
    case .contradiction(let name): "obligation `\(name)` contradicts another"
    case .notMet(let name): "obligation `\(name)` is not met"
    }
  }
}

extension Obligations {
  /// Reads the value of the rule `obligations`; undefined is none.
  init(_ value: Value) throws(ObligationError) {
    if value.isUndefined { return }
    guard case .object(let object) = value else { throw .malformed("obligations") }
    for (key, value) in zip(object.keys, object.values) {
      guard case .string(let name) = key else { throw .malformed("obligations") }
      switch name {
      case "audit_tags":
        auditTags = try Self.strings(value, "audit_tags").map { AuditTag(name: $0.string, value: $1.string) }
      case "require_mfa": secondFactorSecondsMax = try Self.secondFactor(value)
      case "max_bytes":
        guard case .integer(let bytes) = value, bytes >= 0 else { throw .malformed("max_bytes") }
        bytesMax = bytes
      case "list_prefixes": listPrefixes = try Self.prefixes(value)
      case "response_headers":
        responseHeaders = try Self.strings(value, "response_headers").map { name, value throws(ObligationError) in
          guard Self.mayBeAdded(name), Self.isFieldValue(value) else { throw .malformed("response_headers") }
          return ResponseHeader(name: ByteString(name.bytes), value: ByteString(value.bytes))
        }
        guard Set(responseHeaders.map { $0.name.text.lowercased() }).count == responseHeaders.count else {
          throw .contradiction("response_headers")
        }
      case "encrypt":
        // Nothing encrypts yet, and an obligation that is not met denies.
        throw .notMet("encrypt")
      default: throw .unknown(name.string)
      }
    }
  }

  private static func strings(_ value: Value, _ name: String) throws(ObligationError) -> [(Text, Text)] {
    guard case .object(let object) = value else { throw .malformed(name) }
    var members: [(Text, Text)] = []
    for (key, value) in zip(object.keys, object.values) {
      guard case .string(let key) = key, case .string(let value) = value else { throw .malformed(name) }
      members.append((key, value))
    }
    return members
  }

  private static func secondFactor(_ value: Value) throws(ObligationError) -> Int64? {
    switch value {
    case .boolean(let required): return required ? .max : nil
    case .integer(let seconds) where seconds >= 0: return seconds
    default: throw .malformed("require_mfa")
    }
  }

  private static func prefixes(_ value: Value) throws(ObligationError) -> [ByteString] {
    let elements: [Value]
    switch value {
    case .array(let array): elements = array.elements
    case .set(let set): elements = set.elements
    default: throw .malformed("list_prefixes")
    }
    var prefixes: [ByteString] = []
    for element in elements {
      guard case .string(let prefix) = element else { throw .malformed("list_prefixes") }
      prefixes.append(ByteString(prefix.bytes))
    }
    return prefixes
  }

  /// Not what frames the message, belongs to one hop, sets cookies, or is the gateway's to say.
  private static func mayBeAdded(_ name: Text) -> Bool {
    let bytes = name.bytes
    let isToken = bytes.allSatisfy { byte in
      (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
    let refused: Set<String> = [
      "accept-ranges", "connection", "content-encoding", "content-length", "content-range", "date", "etag",
      "keep-alive", "last-modified", "location", "proxy-authenticate", "proxy-authorization", "proxy-connection",
      "server", "set-cookie", "set-cookie2", "te", "trailer", "transfer-encoding", "upgrade", "www-authenticate",
    ]
    let lower = name.string.lowercased()
    return !bytes.isEmpty && isToken && !refused.contains(lower) && !lower.hasPrefix("x-amz-")
  }

  private static func isFieldValue(_ value: Text) -> Bool {
    value.byteCount <= 4096 && value.bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 }
  }

  /// Joins what another access of the same request asks for; the strictest counts.
  public mutating func merge(_ other: Obligations) throws(ObligationError) {
    for tag in other.auditTags {
      if let known = auditTags.first(where: { $0.name == tag.name }) {
        guard known == tag else { throw .contradiction("audit_tags") }
      } else {
        auditTags.append(tag)
      }
    }
    for header in other.responseHeaders {
      if let known = responseHeaders.first(where: { $0.name.text.lowercased() == header.name.text.lowercased() }) {
        guard known.value == header.value else { throw .contradiction("response_headers") }
      } else {
        responseHeaders.append(header)
      }
    }
    bytesMax = Self.least(bytesMax, other.bytesMax)
    secondFactorSecondsMax = Self.least(secondFactorSecondsMax, other.secondFactorSecondsMax)
    switch (listPrefixes, other.listPrefixes) {
    case (let prefixes?, let others?):
      // What lies within one of each.
      listPrefixes = prefixes.flatMap { prefix in
        others.compactMap { other in
          prefix.bytes.starts(with: other.bytes) ? prefix : other.bytes.starts(with: prefix.bytes) ? other : nil
        }
      }
    case (nil, let others): listPrefixes = others
    case (_, nil): break
    }
  }

  private static func least(_ one: Int64?, _ other: Int64?) -> Int64? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
  }
}
