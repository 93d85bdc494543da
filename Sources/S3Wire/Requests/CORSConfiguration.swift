import HTTPWire

/// A bucket's CORS rules.
///
/// Source: Amazon S3 User Guide, "Elements of a CORS configuration"; Fetch standard, "CORS protocol".
public struct CORSConfiguration: Hashable, Sendable {
  public struct Rule: Hashable, Sendable {
    public var id: String?
    /// With at most one `*` each.
    public var allowedOrigins: [String] = []
    /// GET, PUT, HEAD, POST or DELETE.
    public var allowedMethods: [String] = []
    /// With at most one `*` each; compared without regard to case.
    public var allowedHeaders: [String] = []
    public var exposedHeaders: [String] = []
    public var maxAgeSeconds: Int64?

    public init() {}
  }

  public static let rulesMax = 100

  public var rules: [Rule]

  public init(rules: [Rule]) { self.rules = rules }

  public init(document: [UInt8]) throws(S3WireError) {
    self = try RequestDocument.read(document, limits: XMLLimits(documentBytesMax: 65_536, elementsMax: 10_000)) {
      reader throws(XMLFault) in
      var rules: [Rule] = []
      try reader.enter("CORSConfiguration")
      while try reader.nextChild() {
        guard reader.isElement("CORSRule"), rules.count < Self.rulesMax else { throw .unexpectedElement }
        rules.append(try Self.rule(&reader))
      }
      guard !rules.isEmpty else { throw .missingElement }
      return CORSConfiguration(rules: rules)
    } check: { configuration throws(S3WireError) in
      guard configuration.rules.allSatisfy(\.isValid) else { throw .invalidDocument }
    }
  }

  private static func rule(_ reader: inout XMLReader) throws(XMLFault) -> Rule {
    var rule = Rule()
    while try reader.nextChild() {
      let name = reader.name
      let text = String(decoding: try reader.text(), as: UTF8.self)
      switch name {
      case "ID": rule.id = text
      case "AllowedOrigin": rule.allowedOrigins.append(text)
      case "AllowedMethod": rule.allowedMethods.append(text)
      case "AllowedHeader": rule.allowedHeaders.append(text)
      case "ExposeHeader": rule.exposedHeaders.append(text)
      case "MaxAgeSeconds":
        guard let seconds = DecimalInteger.parse(Array(text.utf8)) else { throw .unexpectedText }
        rule.maxAgeSeconds = seconds
      default: throw .unexpectedElement
      }
    }
    return rule
  }

  public var document: [UInt8] {
    var writer = XMLWriter()
    writer.open("CORSConfiguration", namespace: XMLWriter.s3Namespace)
    for rule in rules {
      writer.open("CORSRule")
      writer.optional("ID", rule.id)
      for header in rule.allowedHeaders { writer.element("AllowedHeader", header) }
      for method in rule.allowedMethods { writer.element("AllowedMethod", method) }
      for origin in rule.allowedOrigins { writer.element("AllowedOrigin", origin) }
      for header in rule.exposedHeaders { writer.element("ExposeHeader", header) }
      if let seconds = rule.maxAgeSeconds { writer.element("MaxAgeSeconds", seconds) }
      writer.close("CORSRule")
    }
    writer.close("CORSConfiguration")
    return writer.bytes
  }

  /// The first rule that lets this origin do this; nil when none does.
  /// - Parameters:
  ///   - method: such as `PUT`: a preflight's Access-Control-Request-Method, or the request's own method.
  ///   - headers: the names a preflight asks for.
  public func rule(origin: String, method: String, headers: [String] = []) -> Rule? {
    rules.first { rule in
      rule.allowedMethods.contains(method)
        && rule.allowedOrigins.contains { Self.matches($0, Array(origin.utf8)) }
        && headers.allSatisfy { header in
          let name = header.utf8.map(ASCII.lowercased)
          return rule.allowedHeaders.contains { Self.matches($0.lowercased(), name) }
        }
    }
  }

  private static func matches(_ pattern: String, _ text: [UInt8]) -> Bool {
    let pattern = Array(pattern.utf8)
    guard let star = pattern.firstIndex(of: 0x2A) else { return pattern == text }
    let prefix = pattern[..<star]
    let suffix = pattern[(star + 1)...]
    return text.count >= prefix.count + suffix.count && text.starts(with: prefix)
      && text.suffix(suffix.count).elementsEqual(suffix)
  }
}

extension CORSConfiguration.Rule {
  /// Whether any origin may, so that the answer can name `*` rather than the one that asked.
  public var allowsEveryOrigin: Bool { allowedOrigins.contains("*") }

  var isValid: Bool {
    !allowedOrigins.isEmpty && !allowedMethods.isEmpty
      && allowedMethods.allSatisfy { ["GET", "PUT", "HEAD", "POST", "DELETE"].contains($0) }
      && (allowedOrigins + allowedHeaders).allSatisfy { $0.utf8.filter { $0 == 0x2A }.count <= 1 }
      && (allowedOrigins + allowedHeaders + exposedHeaders).allSatisfy { text in
        !text.isEmpty && text.utf8.allSatisfy { ASCII.isFieldValue($0) && $0 != 0x20 }
      }
      && exposedHeaders.allSatisfy { $0.utf8.allSatisfy(ASCII.isToken) }
      && (id?.utf8.count ?? 0) <= 255
  }
}
