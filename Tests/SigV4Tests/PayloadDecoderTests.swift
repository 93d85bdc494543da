import Cryptography
import HTTPWire
import S3Model
import Testing

@testable import SigV4

@Suite struct PayloadDecoderTests {
  /// Feeds a body in pieces of a fixed size and collects the data.
  static func decode(_ decoder: PayloadDecoder, _ body: [UInt8], pieceBytes: Int) throws(SigV4Error) -> [UInt8] {
    var data: [UInt8] = []
    var start = 0
    while start < body.count {
      let piece = Array(body[start..<min(start + pieceBytes, body.count)])
      let result = piece.withUnsafeBytes { piece -> Result<[UInt8], SigV4Error> in
        var data: [UInt8] = []
        var rest = piece
        do throws(SigV4Error) {
          while !rest.isEmpty {
            let (consumed, event) = try decoder.next(rest)
            rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
            if case .data(let count) = event {
              data += rest[..<count]
              rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
          }
          return .success(data)
        } catch {
          return .failure(error)
        }
      }
      data += try result.get()
      start += pieceBytes
    }
    try decoder.finish()
    return data
  }

  private func head(_ headers: [String]) throws -> RequestHead {
    try RequestFixture.head("PUT /b/k HTTP/1.1\r\nHost: h\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n")
  }

  private func anonymous(
    _ headers: [String], _ body: String, limits: PayloadDecoder.Limits = .init(), pieceBytes: Int = 7
  ) throws -> String {
    let head = try head(headers)
    let decoder = PayloadDecoder(
      try PayloadExpectation(anonymous: head), checks: try BodyChecks(head), limits: limits)
    return String(
      decoding: try Self.decode(decoder, Array(body.utf8), pieceBytes: pieceBytes), as: UTF8.self)
  }

  // MARK: Plain bodies

  @Test func literalHash() throws {
    let hash = SHA256Hasher.hash("hello").hex
    #expect(try anonymous(["x-amz-content-sha256: \(hash)"], "hello") == "hello")
    #expect(
      throws: SigV4Error.contentSHA256Mismatch(
        claimed: SHA256Hasher.hash("hello"), computed: SHA256Hasher.hash("hellp"))
    ) { try anonymous(["x-amz-content-sha256: \(hash)"], "hellp") }
    #expect(throws: SigV4Error.self) { try anonymous(["x-amz-content-sha256: \(hash)"], "") }
    #expect(try anonymous(["x-amz-content-sha256: \(SHA256Digest.ofNothing.hex)"], "") == "")
    #expect(try anonymous(["x-amz-content-sha256: UNSIGNED-PAYLOAD"], "hello") == "hello")
    #expect(throws: SigV4Error.malformedContentSHA256) { try anonymous(["x-amz-content-sha256: x"], "hello") }
    #expect(throws: SigV4Error.payloadKindNotAllowed) {
      try anonymous(["x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD"], "hello")
    }
  }

  @Test func emptyBodies() throws {
    let headers = ["x-amz-content-sha256: \(SHA256Digest.ofNothing.hex)"]
    try PayloadExpectation(anonymous: head(headers)).checkEmptyBody()
    try PayloadExpectation(anonymous: head([])).checkEmptyBody()
    #expect(throws: SigV4Error.self) {
      try PayloadExpectation(anonymous: head(["x-amz-content-sha256: \(SHA256Hasher.hash("a").hex)"]))
        .checkEmptyBody()
    }
    #expect(throws: SigV4Error.decodedLengthMismatch) {
      try PayloadExpectation(anonymous: head(chunked)).checkEmptyBody()
    }
  }

  @Test func contentMD5() throws {
    #expect(try anonymous(["Content-MD5: XUFAKrxLKna5cZ2REBfFkg=="], "hello") == "hello")
    #expect(throws: SigV4Error.contentMD5Mismatch) {
      try anonymous(["Content-MD5: XUFAKrxLKna5cZ2REBfFkg=="], "hellp")
    }
    for value in ["", "x", "XUFAKrxLKna5cZ2REBfFkg", "XUFAKg=="] {
      #expect(throws: SigV4Error.malformedContentMD5) { try anonymous(["Content-MD5: \(value)"], "hello") }
    }
  }

  @Test(arguments: ChecksumAlgorithm.allCases)
  func checksumHeaders(algorithm: ChecksumAlgorithm) throws {
    let name = "x-amz-checksum-\(algorithm)"
    let value = Checksum.of(Array("hello".utf8), algorithm).base64
    #expect(try anonymous(["\(name): \(value)"], "hello") == "hello")
    #expect(throws: SigV4Error.checksumMismatch(algorithm)) { try anonymous(["\(name): \(value)"], "hellp") }
    #expect(throws: SigV4Error.malformedChecksum(FieldName(ignoringCase: name))) {
      try anonymous(["\(name): eA=="], "hello")
    }
  }

  @Test func checksumsTogether() throws {
    let crc = "x-amz-checksum-crc32: \(Checksum.of(Array("hello".utf8), .crc32).base64)"
    let sha = "x-amz-checksum-sha1: \(Checksum.of(Array("hello".utf8), .sha1).base64)"
    #expect(try anonymous([crc, "Content-MD5: XUFAKrxLKna5cZ2REBfFkg=="], "hello") == "hello")
    #expect(throws: SigV4Error.severalChecksums) { try anonymous([crc, sha], "hello") }
    #expect(throws: SigV4Error.severalChecksums) { try anonymous([crc, crc], "hello") }
    #expect(throws: SigV4Error.unsupportedChecksum(.xAmzChecksumSha512)) {
      try anonymous(["x-amz-checksum-sha512: AA=="], "hello")
    }
    let head = try head([crc, sha])
    #expect(try BodyChecks(head, checksumIsOfBody: false).checksum == nil)
  }

  // MARK: Unsigned chunks

  private let chunked = [
    "Content-Encoding: gzip, aws-chunked", "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "x-amz-decoded-content-length: 11", "x-amz-trailer: x-amz-checksum-crc32",
  ]
  private var trailer: String { "x-amz-checksum-crc32:\(Checksum.of(Array("hello world".utf8), .crc32).base64)" }

  @Test(arguments: [1, 2, 3, 5, 1000])
  func unsignedChunks(pieceBytes: Int) throws {
    for end in ["\r\n\r\n", "\r\n", "\n\r\n\r\n", "\n\r\n"] {
      let body = "5\r\nhello\r\n6\r\n world\r\n0\r\n\(trailer)\(end)"
      #expect(try anonymous(chunked, body, pieceBytes: pieceBytes) == "hello world")
    }
    // Chunk extensions of an unsigned stream mean nothing.
    let body = "00B;chunk-signature=abc\r\nhello world\r\n0;a=b\r\n\(trailer)\r\n\r\n"
    #expect(try anonymous(chunked, body, pieceBytes: pieceBytes) == "hello world")
  }

  @Test(arguments: [
    ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", SigV4Error.malformedTrailer),
    ("5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", .checksumMismatch(.crc32)),
    ("5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:x\r\n\r\n", .malformedChecksum(.xAmzChecksumCrc32)),
    ("5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-sha1:x\r\n\r\n", .malformedTrailer),
    ("5\r\nhello\r\n6\r\n world\r\n0\r\n@\r\n@\r\n\r\n", .malformedTrailer),
    ("5\r\nhello\r\n6\r\n world\r\n0\r\n@\r\nx-amz-meta-a:b\r\n\r\n", .malformedTrailer),
    ("5\r\nhello\r\n6\r\n world\r\n0\r\n@\r\nnonsense\r\n\r\n", .malformedTrailer),
    ("5\r\nhello\r\n6\r\n world\r\n0\r\n@\r\nx-amz-trailer-signature:a\r\n\r\n", .malformedTrailer),
    ("5\r\nhello\r\n0\r\n@\r\n\r\n", .decodedLengthMismatch),
    ("5\r\nhello\r\n6\r\n world\r\n1\r\n!\r\n0\r\n@\r\n\r\n", .decodedLengthMismatch),
    ("5\r\nhello\r\n6\r\n world\r\n", .decodedLengthMismatch),
    ("5\r\nhello\r\n6\r\n wor", .decodedLengthMismatch),
    ("", .decodedLengthMismatch),
    ("5\r\nhello6\r\n world\r\n0\r\n@\r\n\r\n", .malformedChunk),
    ("5\nhello\r\n", .malformedChunk),
    ("\r\n", .malformedChunk),
    ("x\r\n", .malformedChunk),
    ("-5\r\n", .malformedChunk),
    ("5 \r\n", .malformedChunk),
    ("0000000000000000b\r\n", .malformedChunk),
    ("ffffffffffffffffff\r\n", .malformedChunk),
    ("fffffffffffffff\r\n", .decodedLengthMismatch),
  ])
  func refusesBrokenChunks(body: String, error: SigV4Error) throws {
    for pieceBytes in [1, 4, 1000] {
      #expect(throws: error) {
        try anonymous(chunked, body.replacing("@", with: trailer), pieceBytes: pieceBytes)
      }
    }
  }

  @Test func limits() throws {
    let long = String(repeating: "a", count: 600)
    #expect(throws: SigV4Error.malformedChunk) { try anonymous(chunked, "b;\(long)\r\n") }
    #expect(throws: SigV4Error.malformedTrailer) {
      try anonymous(chunked, "b\r\nhello world\r\n0\r\n" + String(repeating: long + "\r\n", count: 10))
    }
    let body = "5\r\nhello\r\n6\r\n world\r\n0\r\n\(trailer)\r\n\r\n"
    #expect(throws: SigV4Error.chunkTooSmall) { try anonymous(chunked, body, limits: .init(chunkBytesMin: 6)) }
    #expect(try anonymous(chunked, body, limits: .init(chunkBytesMin: 5)) == "hello world")
  }

  @Test func chunkedHeads() throws {
    func expectation(_ headers: [String]) throws -> PayloadExpectation {
      try PayloadExpectation(anonymous: head(headers))
    }
    #expect(try expectation(chunked).decodedBytes == 11)
    #expect(try expectation(["Content-Encoding: aws-chunked", "x-amz-decoded-content-length: 0"]).isChunked)
    #expect(try expectation(["Content-Encoding: aws-chunkedx"]).isChunked == false)
    #expect(throws: SigV4Error.missingDecodedContentLength) { try expectation(["Content-Encoding: AWS-Chunked"]) }
    for value in ["", "-1", "1a", "99999999999999999999"] {
      #expect(throws: SigV4Error.malformedDecodedContentLength) {
        try expectation(["Content-Encoding: aws-chunked", "x-amz-decoded-content-length: \(value)"])
      }
    }
    for name in ["x-amz-meta-a", "x-amz-checksum-sha512", "x-amz-checksum-crc32,x-amz-checksum-sha1", ""] {
      #expect(throws: SigV4Error.unsupportedTrailer) {
        try expectation(chunked.dropLast() + ["x-amz-trailer: \(name)"])
      }
    }
    #expect(throws: SigV4Error.unsupportedTrailer) { try expectation(["x-amz-trailer: x-amz-checksum-crc32"]) }
    #expect(throws: SigV4Error.payloadKindNotAllowed) {
      try expectation(["Content-Encoding: aws-chunked", "x-amz-content-sha256: \(SHA256Digest.ofNothing.hex)"])
    }
  }

  // MARK: Signed chunks

  /// A stream signed as a client signs it.
  private struct SignedStream {
    var algorithm = SignatureAlgorithm.hmacSHA256
    var chunks = ["hello", " world"]
    var hasTrailers = false
    var request = RequestFixture()

    mutating func prepare() {
      let kind = "STREAMING-\(algorithm.name)-PAYLOAD\(hasTrailers ? "-TRAILER" : "")"
      request.method = "PUT"
      request.algorithm = algorithm
      request.headers = [
        ("Host", "s3.example"), ("x-amz-content-sha256", kind), ("Content-Encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "11"),
      ]
      if hasTrailers { request.headers.append(("x-amz-trailer", "x-amz-checksum-crc32")) }
    }

    func expectationAndBody() throws -> (PayloadExpectation, [UInt8]) {
      let head = try request.head()
      guard case .signature(let claim) = try RequestCredentials.read(head) else { throw SigV4Error.unsupportedScheme }
      let verified = try SignatureVerifier().verify(
        claim, head: head, secret: request.secret, profile: .s3, nowSeconds: RequestFixture.now,
        scratch: SigningScratch())
      guard case .chunked(let seed?, _) = verified.payload.kind else { throw SigV4Error.payloadKindNotAllowed }
      return (verified.payload, try body(seed))
    }

    private func body(_ seed: ChunkSeed) throws -> [UInt8] {
      var seed = seed
      var body: [UInt8] = []
      var text: [UInt8] = []
      func signature() throws -> [UInt8] {
        let signature: String
        switch seed.key {
        case .hmac(let key): signature = key.authenticate(text).hex
        case .ecdsa(let key):
          let hex = Hex.encode(try key.sign(SHA256Hasher.hash(text)))
          signature = hex + String(repeating: "*", count: 144 - hex.count)
        }
        let bytes = Array(signature.utf8)
        guard bytes.withUnsafeBufferPointer({ seed.accept($0, text, using: SHA256Hasher()) }) else {
          throw SigV4Error.chunkSignatureDoesNotMatch
        }
        return bytes
      }
      for chunk in chunks + [""] {
        seed.writeChunkString(SHA256Hasher.hash(chunk), to: &text)
        body += Array("\(String(chunk.utf8.count, radix: 16));chunk-signature=".utf8)
        body += try signature()
        body += Array("\r\n\(chunk)".utf8)
        if !chunk.isEmpty || !hasTrailers { body += [0x0D, 0x0A] }
      }
      if hasTrailers {
        let value = Checksum.of(Array(chunks.joined().utf8), .crc32).base64
        seed.writeTrailerString(SHA256Hasher.hash("x-amz-checksum-crc32:\(value)\n"), to: &text)
        body += Array("x-amz-checksum-crc32:\(value)\r\nx-amz-trailer-signature:".utf8)
        body += try signature()
        body += Array("\r\n\r\n".utf8)
      }
      return body
    }
  }

  private static let streams = [SignatureAlgorithm.hmacSHA256, .ecdsaP256SHA256].flatMap { algorithm in
    [(algorithm, false), (algorithm, true)]
  }

  @Test(arguments: streams)
  func signedChunks(algorithm: SignatureAlgorithm, hasTrailers: Bool) throws {
    var stream = SignedStream(algorithm: algorithm, hasTrailers: hasTrailers)
    stream.prepare()
    let (expectation, body) = try stream.expectationAndBody()
    for pieceBytes in [1, 10, 10_000] {
      let decoder = PayloadDecoder(expectation)
      let data = try Self.decode(decoder, body, pieceBytes: pieceBytes)
      #expect(String(decoding: data, as: UTF8.self) == "hello world")
      #expect(decoder.verifiedChecksums.map(\.algorithm) == (hasTrailers ? [.crc32] : []))
    }
  }

  /// Whatever byte of the stream changes, it is refused, and never for a reason that names a secret.
  @Test(arguments: streams)
  func refusesAnyChangedByte(algorithm: SignatureAlgorithm, hasTrailers: Bool) throws {
    var stream = SignedStream(algorithm: algorithm, hasTrailers: hasTrailers)
    stream.prepare()
    let (expectation, body) = try stream.expectationAndBody()
    // White space and line ends around trailers are not signed, nor do they mean anything.
    let trailersStart = body.count - (hasTrailers ? 4 : 2)
    for index in body.indices where index < trailersStart && body[index] != 0x0D && body[index] != 0x0A {
      var changed = body
      changed[index] ^= 0x01
      // SigV4A pads with `*`; what stands there is part of the signature's text.
      #expect(throws: SigV4Error.self, "byte \(index)") {
        try Self.decode(PayloadDecoder(expectation), changed, pieceBytes: 50)
      }
    }
  }

  @Test(arguments: streams)
  func refusesReorderedAndMissingChunks(algorithm: SignatureAlgorithm, hasTrailers: Bool) throws {
    var stream = SignedStream(algorithm: algorithm, hasTrailers: hasTrailers)
    stream.chunks = ["aaaa", "bbbb", "ccc"]
    stream.prepare()
    let (expectation, body) = try stream.expectationAndBody()
    #expect(try Self.decode(PayloadDecoder(expectation), body, pieceBytes: 9).count == 11)
    let text = String(decoding: body, as: UTF8.self)
    let swapped = text.replacing("aaaa", with: "____").replacing("bbbb", with: "aaaa").replacing("____", with: "bbbb")
    #expect(throws: SigV4Error.chunkSignatureDoesNotMatch) {
      try Self.decode(PayloadDecoder(expectation), Array(swapped.utf8), pieceBytes: 9)
    }
    // A chain that ends early has no final chunk.
    let cut = Array(text[..<(try #require(text.firstRange(of: "ccc"))).upperBound].utf8)
    #expect(throws: SigV4Error.decodedLengthMismatch) {
      try Self.decode(PayloadDecoder(expectation), cut, pieceBytes: 9)
    }
    let unsigned = "4\r\naaaa\r\n4\r\nbbbb\r\n3\r\nccc\r\n0\r\n\r\n"
    #expect(throws: SigV4Error.malformedChunk) {
      try Self.decode(PayloadDecoder(expectation), Array(unsigned.utf8), pieceBytes: 9)
    }
  }

  @Test func trailersMustBeSigned() throws {
    var stream = SignedStream(hasTrailers: true)
    stream.prepare()
    let (expectation, body) = try stream.expectationAndBody()
    let text = String(decoding: body, as: UTF8.self)
    let start = try #require(text.firstRange(of: "x-amz-trailer-signature")).lowerBound
    #expect(throws: SigV4Error.malformedTrailer) {
      try Self.decode(PayloadDecoder(expectation), Array(text[..<start].utf8), pieceBytes: 1000)
    }
    // The very stream, but for a head that promised no trailers.
    var plain = SignedStream()
    plain.prepare()
    let (plainExpectation, plainBody) = try plain.expectationAndBody()
    #expect(throws: SigV4Error.malformedTrailer) {
      try Self.decode(
        PayloadDecoder(plainExpectation), plainBody + Array("x-amz-checksum-crc32:AAAA\r\n".utf8), pieceBytes: 1000)
    }
  }
}
