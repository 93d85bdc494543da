import Cryptography

/// `providers.aws.sign_req`: adds the headers of AWS Signature Version 4 to a request as `http.send` takes it.
/// Source: OPA v1/topdown/providers.go and internal/providers/aws.
enum ProviderBuiltins {
  private static let object: TypeDescription = .object(.string, .any)

  static let all: [Builtin] = [
    Builtin("providers.aws.sign_req", [object, object, .number], .object(.any, .any), signRequest)
  ]

  private static let required = ValueSet([
    "aws_access_key", "aws_region", "aws_secret_access_key", "aws_service",
  ])

  private static let requestKeys = ValueSet(["method", "url"])

  /// What `http.send` knows.
  private static let knownRequestKeys = ValueSet([
    "body", "cache", "cache_ignored_headers", "caching_mode", "enable_redirect", "force_cache",
    "force_cache_duration_seconds", "force_json_decode", "force_yaml_decode", "headers", "max_retry_attempts",
    "method", "raise_error", "raw_body", "timeout", "tls_ca_cert", "tls_ca_cert_env_variable", "tls_ca_cert_file",
    "tls_client_cert", "tls_client_cert_env_variable", "tls_client_cert_file", "tls_client_key",
    "tls_client_key_env_variable", "tls_client_key_file", "tls_insecure_skip_verify", "tls_server_name",
    "tls_use_system_certs", "url",
  ])

  private static let signRequest: BuiltinFunction = { operands, context throws(BuiltinError) in
    let request = try operands.object(0)
    guard case .object(let settings) = operands[1] else { throw .operand(1, mustBe: "object", got: operands[1]) }
    try check(settings)
    guard case .integer(let nanoseconds) = try operands.number(2) else {
      throw .operand(3, message: "could not convert time_ns value into a unix timestamp")
    }
    let (method, url) = try target(request)
    let headers = try headers(request)
    let body = body(request)
    let isPayloadSigned: Bool
    switch settings["disable_payload_signing"] {
    case .undefined: isPayloadSigned = true
    case .boolean(let isDisabled): isPayloadSigned = !isDisabled
    default: throw .operand(2, message: "invalid value for 'disable_payload_signing' in AWS config")
    }
    try context.charge(instructions: 500 + body.count / 8, bytes: body.count + 4096)
    let payload = isPayloadSigned ? Hex.encode(DigestAlgorithm.sha256.digest(of: body)) : "UNSIGNED-PAYLOAD"
    let signer = RequestSigner(settings, nanoseconds: nanoseconds, payload: payload)
    let added = signer.sign(method, url, headers)

    var signed = ValueObjectBuilder()
    for (name, value) in headers + added { signed[.string(name)] = .string(value) }
    var output = ValueObjectBuilder()
    for (key, value) in zip(request.keys, request.values) { output[key] = value }
    output["headers"] = .object(ValueObject(signed))
    return .object(ValueObject(output))
  }

  private static func check(_ settings: ValueObject) throws(BuiltinError) {
    let missing = required.elements.filter { settings[$0].isUndefined }
    guard missing.isEmpty else {
      throw .operand(2, message: "missing required AWS config parameters(s): \(Value.set(ValueSet(missing)))")
    }
    let invalid = required.elements.filter { settings[$0].typeName != "string" }
    guard invalid.isEmpty else {
      throw .operand(
        2, message: "invalid values for required AWS config parameters(s): \(Value.set(ValueSet(invalid)))")
    }
  }

  private static func target(_ request: ValueObject) throws(BuiltinError) -> (method: Text, url: RequestURL) {
    let unknown = request.keys.filter { !knownRequestKeys.contains($0) }
    guard unknown.isEmpty else {
      throw .operand(1, message: "invalid request parameters(s): \(Value.set(ValueSet(unknown)))")
    }
    let missing = requestKeys.elements.filter { request[$0].isUndefined }
    guard missing.isEmpty else {
      throw .operand(1, message: "missing required request parameters(s): \(Value.set(ValueSet(missing)))")
    }
    // The type of the headers is looked at first.
    _ = try headers(request)
    guard case .string(let method) = request["method"], case .string(let url) = request["url"] else {
      let invalid = requestKeys.elements.filter { request[$0].typeName != "string" }
      throw .operand(
        1, message: "invalid values for required request parameters(s): \(Value.set(ValueSet(invalid)))")
    }
    return (method, try RequestURL(url))
  }

  /// Names and values that are no strings count as empty.
  private static func headers(_ request: ValueObject) throws(BuiltinError) -> [(Text, Text)] {
    switch request["headers"] {
    case .undefined: return []
    case .object(let object): return zip(object.keys, object.values).map { (text($0), text($1)) }
    case let other: throw .operand(0, mustBe: "object", got: other)
    }
  }

  private static func body(_ request: ValueObject) -> [UInt8] {
    let raw = request["raw_body"]
    if !raw.isUndefined { return text(raw).bytes }
    let body = request["body"]
    return body.isUndefined ? [] : body.jsonBytes
  }

  fileprivate static func text(_ value: Value) -> Text {
    if case .string(let text) = value { return text }
    return .empty
  }
}

/// One signature. Source: AWS Signature Version 4, "Create a signed request".
private struct RequestSigner {
  private let accessKey: Text
  private let secretKey: Text
  private let region: Text
  private let service: Text
  private let sessionToken: Text
  private let payload: String
  /// `yyyyMMdd`
  private let day: String
  /// `yyyyMMddTHHmmssZ`
  private let moment: String

  private static let unsigned: [Text] = ["authorization", "user-agent", "x-amzn-trace-id"]

  init(_ settings: ValueObject, nanoseconds: Int64, payload: String) {
    accessKey = ProviderBuiltins.text(settings["aws_access_key"])
    secretKey = ProviderBuiltins.text(settings["aws_secret_access_key"])
    region = ProviderBuiltins.text(settings["aws_region"])
    service = ProviderBuiltins.text(settings["aws_service"])
    sessionToken = ProviderBuiltins.text(settings["aws_session_token"])
    self.payload = payload
    let civil = CivilTime(nanoseconds: nanoseconds, in: .utc)
    day = Self.digits(civil.date.year, 4) + Self.digits(civil.date.month, 2) + Self.digits(civil.date.day, 2)
    moment =
      "\(day)T" + Self.digits(civil.hour, 2) + Self.digits(civil.minute, 2) + Self.digits(civil.second, 2) + "Z"
  }

  private static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }

  /// - Returns: headers to add, or to put in place of those of the same name.
  func sign(_ method: Text, _ url: RequestURL, _ headers: [(Text, Text)]) -> [(Text, Text)] {
    var added: [(Text, Text)] = [("host", Text(bytes: url.host)), ("x-amz-date", Text(moment))]
    if service == "s3" || service == "glacier" { added.append(("x-amz-content-sha256", Text(payload))) }
    if !sessionToken.isEmpty { added.append(("x-amz-security-token", sessionToken)) }
    var covered: [Text: Text] = [:]
    for (name, value) in added { covered[name] = value }
    for (name, value) in headers {
      let name = Runes.text(Runes.all(name).map(Runes.lower))
      if !Self.unsigned.contains(name) { covered[name] = value }
    }
    let names = covered.keys.sorted()
    let list = Array(names.map(\.bytes).joined(separator: [UInt8(ascii: ";")]))

    var request = method.bytes + [0x0A] + url.escapedPath + [0x0A] + url.query + [0x0A]
    for name in names {
      request += name.bytes + [UInt8(ascii: ":")]
      request += covered[name]?.bytes ?? []
      request.append(0x0A)
    }
    request.append(0x0A)
    request += list + [0x0A] + Array(payload.utf8)

    let scope = Array(day.utf8) + Array("/".utf8) + region.bytes + Array("/".utf8) + service.bytes
    var signingText = Array("AWS4-HMAC-SHA256\n\(moment)\n".utf8) + scope + Array("/aws4_request\n".utf8)
    signingText += Hex.encode(DigestAlgorithm.sha256.digest(of: request)).utf8
    var key = Array("AWS4".utf8) + secretKey.bytes
    for part in [Array(day.utf8), region.bytes, service.bytes, Array("aws4_request".utf8), signingText] {
      key = HMACKey(key).authenticate(part, .sha256)
    }
    var authorization = Array("AWS4-HMAC-SHA256 Credential=".utf8) + accessKey.bytes + Array("/".utf8) + scope
    authorization += Array("/aws4_request,SignedHeaders=".utf8) + list + Array(",Signature=\(Hex.encode(key))".utf8)
    return [("Authorization", Text(bytes: authorization))] + added
  }
}

/// What of a URL is signed, as Go's `net/url` takes it apart.
private struct RequestURL {
  private(set) var host: [UInt8] = []
  private(set) var escapedPath: [UInt8] = []
  private(set) var query: [UInt8] = []

  init(_ text: Text) throws(BuiltinError) {
    let parts = text.bytes.split(separator: UInt8(ascii: "#"), maxSplits: 1, omittingEmptySubsequences: false)
    try read(parts[0], Fault(url: Text(bytes: Array(parts[0]))))
    guard parts.count > 1, let bad = Self.badEscape(parts[1]) else { return }
    throw Fault(url: text).escape(bad)
  }

  /// Errors in Go's words.
  private struct Fault {
    let url: Text

    func callAsFunction(_ message: String) -> BuiltinError { .failed("parse \(Self.quoted(url.bytes)): \(message)") }

    func escape(_ bytes: ArraySlice<UInt8>) -> BuiltinError { self("invalid URL escape \(Self.quoted(bytes))") }

    static func quoted(_ bytes: some Sequence<UInt8>) -> Text { Value.string(Text(bytes: Array(bytes))).termText }
  }

  private mutating func read(_ text: ArraySlice<UInt8>, _ fault: Fault) throws(BuiltinError) {
    var rest = text
    guard !rest.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw fault("net/url: invalid control character in URL")
    }
    if rest.elementsEqual("*".utf8) {
      escapedPath = Array(rest)
      return
    }
    guard rest.first != UInt8(ascii: ":") else { throw fault("missing protocol scheme") }
    var scheme = rest.prefix { Self.isAlphanumeric($0) || "+-.".utf8.contains($0) }
    if let first = scheme.first, first >= 0x41, rest.dropFirst(scheme.count).first == UInt8(ascii: ":") {
      rest = rest.dropFirst(scheme.count + 1)
    } else {
      scheme = []
    }
    if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
      query = Array(rest[(mark + 1)...])
      rest = rest[..<mark]
    }
    if rest.first != UInt8(ascii: "/") {
      // What follows the scheme is opaque; nothing of it is signed.
      if !scheme.isEmpty { return }
      guard !rest.prefix(while: { $0 != UInt8(ascii: "/") }).contains(UInt8(ascii: ":")) else {
        throw fault("first path segment in URL cannot contain colon")
      }
    }
    if rest.starts(with: "//".utf8), !scheme.isEmpty || !rest.starts(with: "///".utf8) {
      let authority = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
      rest = rest[authority.endIndex...]
      let lowercase = scheme.map { $0 | 0x20 }
      let isWeb = lowercase.elementsEqual("http".utf8) || lowercase.elementsEqual("https".utf8)
      try readAuthority(authority, isWeb: isWeb, fault)
    }
    if let bad = Self.badEscape(rest) { throw fault.escape(bad) }
    escapedPath = Self.escaped(rest)
  }

  private mutating func readAuthority(
    _ authority: ArraySlice<UInt8>, isWeb: Bool, _ fault: Fault
  ) throws(BuiltinError) {
    guard let mark = authority.lastIndex(of: UInt8(ascii: "@")) else {
      return try readHost(authority, isWeb: isWeb, fault)
    }
    let user = authority[..<mark]
    try readHost(authority[(mark + 1)...], isWeb: isWeb, fault)
    guard user.allSatisfy({ Self.isAlphanumeric($0) || "-._:~!$&'()*+,;=%@".utf8.contains($0) }) else {
      throw fault("net/url: invalid userinfo")
    }
    if let bad = Self.badEscape(user) { throw fault.escape(bad) }
  }

  private mutating func readHost(
    _ name: ArraySlice<UInt8>, isWeb: Bool, _ fault: Fault
  ) throws(BuiltinError) {
    let colon = UInt8(ascii: ":")
    switch name.lastIndex(of: UInt8(ascii: "[")) {
    case nil:
      // Only names of the web may not have several colons.
      if let mark = isWeb ? name.firstIndex(of: colon) : name.lastIndex(of: colon) {
        try Self.checkPort(name[mark...], fault)
      }
      try Self.checkName(name, fault)
      host = Self.unescaped(name)
    case name.startIndex:
      guard let close = name.lastIndex(of: UInt8(ascii: "]")) else { throw fault("missing ']' in host") }
      try Self.checkPort(name[(close + 1)...], fault)
      var address = name[..<close].dropFirst()
      // A zone stands behind `%25`, and may have any escapes.
      var zone: ArraySlice<UInt8>?
      let percent = address.indices.first { address[$0...].starts(with: "%25".utf8) }
      if let percent {
        zone = address[percent...]
        address = address[..<percent]
      }
      try Self.checkName(address, fault)
      if let zone, let bad = Self.badEscape(zone) { throw fault.escape(bad) }
      let bytes = Self.unescaped(address)
      guard NetworkAddress(bytes) != nil else {
        throw fault(
          "invalid host: ParseAddr(\(Fault.quoted(Self.unescaped(name[..<close].dropFirst())))): unable to parse IP")
      }
      guard bytes.contains(colon) else { throw fault("invalid IP-literal") }
      if let zone, zone.count == 3 {
        throw fault(
          "invalid host: ParseAddr(\(Fault.quoted(bytes + [0x25]))): zone must be a non-empty string")
      }
      host = Self.unescaped(name)
    default: throw fault("invalid IP-literal")
    }
  }

  private static func checkPort(_ port: ArraySlice<UInt8>, _ fault: Fault) throws(BuiltinError) {
    guard let first = port.first else { return }
    guard first == UInt8(ascii: ":"), port.dropFirst().allSatisfy({ $0 &- 0x30 < 10 }) else {
      throw fault("invalid port \(Fault.quoted(port)) after host")
    }
  }

  private static func checkName(_ name: ArraySlice<UInt8>, _ fault: Fault) throws(BuiltinError) {
    for (index, byte) in zip(name.indices, name) where byte < 0x80 {
      if byte == UInt8(ascii: "%") {
        // Only bytes beyond ASCII may be escaped in a name.
        let piece = name[index..<min(index + 3, name.endIndex)]
        if badEscape(piece) != nil || piece[index + 1] < UInt8(ascii: "8") { throw fault.escape(piece) }
      }
      guard isAlphanumeric(byte) || "!$&'()*+,;=:[]<>\"%-._~".utf8.contains(byte) else {
        throw fault("invalid character \(Fault.quoted([byte])) in host name")
      }
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 }

  /// The first percent sign without two hexadecimal digits behind it, with what follows.
  private static func badEscape(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    for (index, byte) in zip(bytes.indices, bytes) where byte == UInt8(ascii: "%") {
      let piece = bytes[index..<min(index + 3, bytes.endIndex)]
      guard piece.count == 3, piece.dropFirst().allSatisfy({ EncodingBuiltins.hexValue($0) != nil }) else {
        return piece
      }
    }
    return nil
  }

  /// - Precondition: `badEscape` found none.
  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.endIndex,
        let high = EncodingBuiltins.hexValue(bytes[index + 1]), let low = EncodingBuiltins.hexValue(bytes[index + 2])
      {
        output.append(high << 4 | low)
        index += 3
      } else {
        output.append(bytes[index])
        index += 1
      }
    }
    return output
  }

  /// As it is where that is a valid path, else its bytes escaped the usual way.
  private static func escaped(_ path: ArraySlice<UInt8>) -> [UInt8] {
    if path.allSatisfy({ isAlphanumeric($0) || "-_.~$&+,/:;=@!'()*[]%".utf8.contains($0) }) { return Array(path) }
    var output: [UInt8] = []
    for byte in unescaped(path) {
      if isAlphanumeric(byte) || "-_.~$&+,/:;=@".utf8.contains(byte) {
        output.append(byte)
      } else {
        output.append(UInt8(ascii: "%"))
        for digit in [byte >> 4, byte & 15] { output.append(digit < 10 ? 0x30 + digit : 0x37 + digit) }
      }
    }
    return output
  }
}
