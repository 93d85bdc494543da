import Cryptography
import HTTPWire
import S3Model
import S3Wire
import SigV4

/// Authorization headers and presigned queries: nothing verifies but what was signed.
enum SignatureFuzz {
  private static let now: Int64 = 1_800_000_000
  private static let secret = SigningSecret(
    accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: Array("a secret that no input can know".utf8), revision: 1)

  static func run(_ input: [UInt8]) {
    guard input.count <= 8192 else { return }
    if input.first == 0x53 {
      signed(Array(input.dropFirst()))
    } else {
      unsigned(input)
    }
  }

  private static func verify(_ head: RequestHead) -> VerifiedSignature? {
    do throws(SigV4Error) {
      guard case .signature(let claim) = try RequestCredentials.read(head) else { return nil }
      // At the time that the request names, so that more than the clock is looked at.
      let seconds = claim.placement == .query ? claim.date.unixSeconds : claim.date.unixSeconds &+ 1
      return try SignatureVerifier().verify(
        claim, head: head, secret: secret, profile: .s3, nowSeconds: seconds,
        scratch: SigningScratch(keys: SigningKeyCache(entriesMax: 2)))
    } catch {
      return nil
    }
  }

  /// Whatever the input says, it was not made with the secret.
  private static func unsigned(_ bytes: [UInt8]) {
    guard case .success(.some(let parsed)) = Heads.parse(bytes) else { return }
    expect(verify(parsed.head) == nil, "no one without the secret signs")
    do throws(SigV4Error) {
      let expectation = try PayloadExpectation(anonymous: parsed.head)
      _ = PayloadDecoder(expectation, checks: try BodyChecks(parsed.head))
    } catch {
      return
    }
  }

  /// Signs a request made of the input, changes one byte and has it verified.
  private static func signed(_ bytes: [UInt8]) {
    var choices = FuzzInput(bytes)
    let isPresigned = choices.bool()
    let offset = choices.number(65_536)
    let change = choices.byte()
    let parts = choices.bytes.split(separator: 0x0A, maxSplits: 3, omittingEmptySubsequences: false).map { Array($0) }
    func part(_ index: Int) -> [UInt8] { index < parts.count ? parts[index] : [] }
    // Values are signed as they are on the wire: trimmed.
    let value = part(2).map { $0 > 0x20 && ASCII.isFieldValue($0) || $0 == 0x20 ? $0 : 0x2E }.split(separator: 0x20)
    guard
      let text = sign(
        path: part(0), query: part(1), value: Array(value.joined(separator: [0x20, 0x20])), isPresigned: isPresigned)
    else { return }
    guard let original = Heads.parseWhole(text) else {
      expect(false, "what is signed is a head: \(String(decoding: text, as: UTF8.self))")
      return
    }
    expect(verify(original) != nil, "what is signed verifies: \(String(decoding: text, as: UTF8.self))")
    guard change != 0 else { return }
    var changed = text
    changed[offset % text.count] ^= change
    guard case .success(.some(let parsed)) = Heads.parse(changed), verify(parsed.head) != nil else { return }
    compare(original, parsed.head, changed)
  }

  private static func sign(path: [UInt8], query: [UInt8], value: [UInt8], isPresigned: Bool) -> [UInt8]? {
    var path = path
    if path.first != 0x2F { path.insert(0x2F, at: 0) }
    var encoded: [UInt8] = []
    path.withUnsafeBufferPointer { RequestSigner.appendPath($0, to: &encoded) }
    let pairs = query.isEmpty ? [] : [QueryPair("prefix", ByteString(query)), QueryPair("uploads")]
    var headers = [SignedHeader("host", "s3.example.com")]
    if !value.isEmpty { headers.append(SignedHeader("x-amz-meta-a", ByteString(value))) }
    var lines: [UInt8] = []
    for header in headers { lines += header.name.bytes + [0x3A] + header.value.bytes + [0x0D, 0x0A] }
    var target = encoded
    let date = SigningDate(unixSeconds: now)
    let signer = RequestSigner(secret: secret, region: "us-east-1")
    let result = encoded.withUnsafeBufferPointer { path in
      Result { () throws(SigV4Error) in
        if isPresigned {
          target.append(0x3F)
          target += try signer.presign(
            method: "GET", path: path, query: pairs, headers: headers, lifetimeSeconds: 60, date: date,
            scratch: SigningScratch(keys: SigningKeyCache(entriesMax: 2)))
          return
        }
        var query: [UInt8] = []
        RequestSigner.appendQuery(pairs, to: &query)
        if !query.isEmpty { target += [0x3F] + query }
        try query.withUnsafeBufferPointer { query in
          Result { () throws(SigV4Error) in
            try signer.sign(
              method: "GET", path: path, query: query, headers: headers, payload: .unsigned, date: date,
              scratch: SigningScratch(keys: SigningKeyCache(entriesMax: 2)), to: &lines)
          }
        }.get()
      }
    }
    if case .failure(let error) = result { expect(false, "what can be sent can be signed: \(error)") }
    var text = Array("GET ".utf8)
    text += target
    text += Array(" HTTP/1.1\r\n".utf8)
    text += lines
    return text + [0x0D, 0x0A]
  }

  /// A request with one byte changed that still verifies says what the signed one says.
  private static func compare(_ original: RequestHead, _ changed: RequestHead, _ text: [UInt8]) {
    func promise(_ what: String) -> String { "\(what) is signed: \(String(decoding: text, as: UTF8.self))" }
    expect(
      Heads.text(original, original.methodRange) == Heads.text(changed, changed.methodRange), promise("the method"))
    expect(decoded(original, original.path) == decoded(changed, changed.path), promise("the path"))
    expect(pairs(original) == pairs(changed), promise("the query"))
    for field in original.fields.fields where field.id == .host || isAmazon(original, field) {
      let name = Heads.text(original, field.name)
      let others = changed.fields.fields.filter { Heads.text(changed, $0.name) == name }
      expect(
        others.count == 1 && others.allSatisfy { words(changed, $0) == words(original, field) },
        promise(String(decoding: name, as: UTF8.self)))
    }
    let added = changed.fields.fields.filter { isAmazon(changed, $0) }.count
    expect(added == original.fields.fields.filter { isAmazon(original, $0) }.count, promise("every x-amz- header"))
  }

  private static func isAmazon(_ head: RequestHead, _ field: HeaderFields.Field) -> Bool {
    Heads.text(head, field.name).starts(with: "x-amz-".utf8)
  }

  /// A value's words: runs of spaces are one to a signature.
  private static func words(_ head: RequestHead, _ field: HeaderFields.Field) -> [[UInt8]] {
    Heads.text(head, field.value).split { $0 == 0x20 || $0 == 0x09 }.map { Array($0) }
  }

  private static func decoded(_ head: RequestHead, _ range: ByteRange) -> [UInt8] {
    percentDecoded(Heads.text(head, range), plusIsSpace: false)
  }

  /// Decoded parameters in any order. The signature's name and digits have no case, and are not signed themselves.
  private static func pairs(_ head: RequestHead) -> [[UInt8]] {
    guard let query = head.query else { return [] }
    return Heads.text(head, query).split(separator: 0x26).map { pair in
      var pair = Array(pair)
      if !pair.contains(0x3D) { pair.append(0x3D) }
      let halves = pair.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
      var name = percentDecoded(Array(halves[0]), plusIsSpace: true)
      var value = percentDecoded(Array(halves[1]), plusIsSpace: true)
      let lowercased = name.map(ASCII.lowercased)
      if lowercased == Array("x-amz-signature".utf8) {
        name = lowercased
        value = value.map(ASCII.lowercased)
      }
      return name + [0x3D] + value
    }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private static func percentDecoded(_ bytes: [UInt8], plusIsSpace: Bool) -> [UInt8] {
    var decoded: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x25, index + 2 < bytes.count, let high = ASCII.hexValue(bytes[index + 1]),
        let low = ASCII.hexValue(bytes[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(bytes[index] == 0x2B && plusIsSpace ? 0x20 : bytes[index])
        index += 1
      }
    }
    return decoded
  }
}
