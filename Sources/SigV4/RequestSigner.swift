public import Cryptography
public import S3Model

/// A header to sign. The name in lower case, the value trimmed.
public struct SignedHeader: Sendable {
  public var name: ByteString
  public var value: ByteString

  public init(_ name: ByteString, _ value: ByteString) {
    self.name = name
    self.value = value
  }
}

/// A query parameter to sign, decoded.
public struct QueryPair: Sendable {
  public var name: ByteString
  public var value: ByteString

  public init(_ name: ByteString, _ value: ByteString = "") {
    self.name = name
    self.value = value
  }
}

/// What an outgoing request says about its body.
public enum OutgoingPayload: Sendable {
  case unsigned
  case digest(SHA256Digest)

  @inline(__always)
  fileprivate func append(to output: inout [UInt8]) {
    switch self {
    case .unsigned: output.append("UNSIGNED-PAYLOAD")
    // What nearly all requests without a body say.
    case .digest(.ofNothing):
      output.append("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    case .digest(let digest): digest.appendHex(to: &output)
    }
  }
}

/// Signs outgoing requests with SigV4, and presigns URLs. One per backend; the scratch is the event loop's.
public struct RequestSigner: Sendable {
  public let secret: SigningSecret
  public let region: ByteString
  public let service: ByteString
  /// Beside temporary credentials.
  public let sessionToken: ByteString?

  public init(
    secret: SigningSecret, region: ByteString, service: ByteString = "s3", sessionToken: ByteString? = nil
  ) {
    self.secret = secret
    self.region = region
    self.service = service
    self.sessionToken = sessionToken
  }

  /// Signs one request and appends the header lines the signature needs, each with CRLF: `x-amz-content-sha256`,
  /// `x-amz-date`, `x-amz-security-token` where there is one, and `authorization`.
  /// - Parameters:
  ///   - method: as on the wire.
  ///   - path: as on the wire: encoded once, with upper-case digits, everything but unreserved bytes and `/`.
  ///   - query: as on the wire, encoded as ``appendQuery(_:to:)`` does and in canonical order; empty for none.
  ///   - headers: every header to sign besides the three above, `host` among them; sorted by name, no name twice.
  ///   - output: the head under construction.
  public func sign(
    method: StaticString, path: UnsafeBufferPointer<UInt8>, query: UnsafeBufferPointer<UInt8>,
    headers: [SignedHeader], payload: OutgoingPayload, date: SigningDate, scratch: SigningScratch,
    to output: inout [UInt8]
  ) throws(SigV4Error) {
    let outgoing = try scratch.outgoingKey(self, date)
    output.append("x-amz-content-sha256: ")
    payload.append(to: &output)
    output.append("\r\nx-amz-date: ")
    scratch.outgoingDates.appendBasic(date, to: &output)
    if let sessionToken {
      output.append("\r\nx-amz-security-token: ")
      output.append(contentsOf: sessionToken.bytes)
    }
    output.append("\r\n")
    scratch.canonical.removeAll(keepingCapacity: true)
    scratch.canonical.append(method)
    scratch.canonical.append(0x0A)
    scratch.canonical.append(contentsOf: path)
    scratch.canonical.append(0x0A)
    scratch.canonical.append(contentsOf: query)
    scratch.canonical.append(0x0A)
    appendHeaders(headers, payload, date, scratch)
    scratch.canonical.append(0x0A)
    scratch.canonical.append(contentsOf: scratch.names)
    scratch.canonical.append(0x0A)
    payload.append(to: &scratch.canonical)
    let signature = signature(outgoing, date, scratch)
    output.append(contentsOf: outgoing.authorization)
    output.append(contentsOf: scratch.names)
    output.append(", Signature=")
    signature.appendHex(to: &output)
    output.append("\r\n")
  }

  /// The query of a presigned URL, without `?`: the given parameters, the authentication parameters, the signature.
  /// - Parameters:
  ///   - path: as on the wire, see ``sign(method:path:query:headers:payload:date:scratch:to:)``.
  ///   - headers: those the client will have to send, `host` among them; sorted by name.
  ///   - lifetimeSeconds: 1 to 604800, else `expiresOutOfRange`.
  public func presign(
    method: StaticString, path: UnsafeBufferPointer<UInt8>, query: [QueryPair], headers: [SignedHeader],
    lifetimeSeconds: Int64, date: SigningDate, scratch: SigningScratch
  ) throws(SigV4Error) -> [UInt8] {
    guard lifetimeSeconds > 0, lifetimeSeconds <= SignatureVerifier.lifetimeSecondsMax else { throw .expiresOutOfRange }
    let outgoing = try scratch.outgoingKey(self, date)
    var dateText: [UInt8] = []
    date.appendBasic(to: &dateText)
    var pairs = query
    pairs.append(QueryPair("X-Amz-Algorithm", "AWS4-HMAC-SHA256"))
    pairs.append(
      QueryPair("X-Amz-Credential", ByteString(secret.accessKeyID.bytes + [0x2F] + outgoing.scope.text.bytes)))
    pairs.append(QueryPair("X-Amz-Date", ByteString(dateText)))
    pairs.append(QueryPair("X-Amz-Expires", ByteString("\(lifetimeSeconds)")))
    var names: [UInt8] = []
    for header in headers {
      if !names.isEmpty { names.append(0x3B) }
      names.append(contentsOf: header.name.bytes)
    }
    pairs.append(QueryPair("X-Amz-SignedHeaders", ByteString(names)))
    if let sessionToken { pairs.append(QueryPair("X-Amz-Security-Token", sessionToken)) }
    var output: [UInt8] = []
    Self.appendQuery(pairs, to: &output)
    scratch.canonical.removeAll(keepingCapacity: true)
    scratch.canonical.append(method)
    scratch.canonical.append(0x0A)
    scratch.canonical.append(contentsOf: path)
    scratch.canonical.append(0x0A)
    scratch.canonical.append(contentsOf: output)
    scratch.canonical.append(0x0A)
    for header in headers { Self.appendHeader(header, to: &scratch.canonical) }
    scratch.canonical.append(0x0A)
    scratch.canonical.append(contentsOf: names)
    scratch.canonical.append("\nUNSIGNED-PAYLOAD")
    output.append("&X-Amz-Signature=")
    signature(outgoing, date, scratch).appendHex(to: &output)
    return output
  }

  /// Appends the parameters encoded and in canonical order, good for the wire and for signing alike.
  public static func appendQuery(_ pairs: [QueryPair], to output: inout [UInt8]) {
    var encoded: [(name: [UInt8], value: [UInt8])] = pairs.map { pair in
      var name: [UInt8] = []
      var value: [UInt8] = []
      pair.name.bytes.withUnsafeBufferPointer { PercentCoding.appendEncoded($0, keepsSlash: false, to: &name) }
      pair.value.bytes.withUnsafeBufferPointer { PercentCoding.appendEncoded($0, keepsSlash: false, to: &value) }
      return (name, value)
    }
    encoded.sort { left, right in
      if left.name != right.name { return left.name.lexicographicallyPrecedes(right.name) }
      return left.value.lexicographicallyPrecedes(right.value)
    }
    for (index, pair) in encoded.enumerated() {
      if index > 0 { output.append(0x26) }
      output.append(contentsOf: pair.name)
      output.append(0x3D)
      output.append(contentsOf: pair.value)
    }
  }

  /// Appends a decoded path encoded once, as S3 wants it on the wire and in signatures.
  public static func appendPath(_ decoded: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    PercentCoding.appendEncoded(decoded, keepsSlash: true, to: &output)
  }

  private func signature(
    _ outgoing: OutgoingKey, _ date: SigningDate, _ scratch: SigningScratch
  ) -> SHA256Digest {
    let digest = scratch.canonical.withUnsafeBytes { scratch.hasher.digest(of: $0) }
    StringToSign.write(
      .hmacSHA256, date, outgoing.scope, digest, scratch.outgoingDates, to: &scratch.stringToSign)
    return scratch.stringToSign.withUnsafeBytes { outgoing.key.authenticate($0, using: scratch.hasher) }
  }

  /// The caller's headers and the signer's own, merged by name; names go to the scratch's list.
  private func appendHeaders(
    _ headers: [SignedHeader], _ payload: OutgoingPayload, _ date: SigningDate, _ scratch: SigningScratch
  ) {
    scratch.names.removeAll(keepingCapacity: true)
    let own: [StaticString] = Self.ownNames
    let ownCount = sessionToken == nil ? 2 : 3
    var nextOwn = 0
    func appendOwn() {
      appendName(own[nextOwn], scratch)
      switch nextOwn {
      case 0: payload.append(to: &scratch.canonical)
      case 1: scratch.outgoingDates.appendBasic(date, to: &scratch.canonical)
      default: scratch.canonical.append(contentsOf: sessionToken?.bytes ?? [])
      }
      scratch.canonical.append(0x0A)
      nextOwn += 1
    }
    for header in headers {
      while nextOwn < ownCount, Self.precedes(own[nextOwn], header.name) { appendOwn() }
      if !scratch.names.isEmpty { scratch.names.append(0x3B) }
      scratch.names.append(contentsOf: header.name.bytes)
      Self.appendHeader(header, to: &scratch.canonical)
    }
    while nextOwn < ownCount { appendOwn() }
  }

  private static let ownNames: [StaticString] = ["x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]

  private func appendName(_ name: StaticString, _ scratch: SigningScratch) {
    if !scratch.names.isEmpty { scratch.names.append(0x3B) }
    scratch.names.append(name)
    scratch.canonical.append(name)
    scratch.canonical.append(0x3A)
  }

  private static func precedes(_ name: StaticString, _ other: ByteString) -> Bool {
    name.withUTF8Buffer { name in other.bytes.withUnsafeBufferPointer { name.precedes($0) } }
  }

  private static func appendHeader(_ header: SignedHeader, to output: inout [UInt8]) {
    output.append(contentsOf: header.name.bytes)
    output.append(0x3A)
    // Control bytes never come this far: heads are parsed, and what is rebuilt from them keeps their rules.
    _ = header.value.bytes.withUnsafeBufferPointer { CanonicalValue.append($0, isStrict: false, to: &output) }
    output.append(0x0A)
  }
}
