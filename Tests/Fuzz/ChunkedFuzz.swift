import Cryptography
import HTTPWire
import S3Model

@testable import SigV4

/// Bodies: the chunked transfer coding and aws-chunked, signed and not, however they are cut.
enum ChunkedFuzz {
  static func run(_ input: [UInt8]) {
    var choices = FuzzInput(input)
    let kind = choices.byte() % 3
    var pieces = Pieces(seed: choices.byte())
    switch kind {
    case 0: transfer(choices.bytes, &pieces)
    case 1: unsigned(&choices, &pieces)
    default: signed(&choices, &pieces)
    }
  }

  // MARK: Transfer coding

  private static func transfer(_ bytes: [UInt8], _ pieces: inout Pieces) {
    let whole = decode([bytes])
    let cut = decode(pieces.cut(bytes))
    expect(whole == cut, "a chunked body is the same however it comes: \(whole) or \(cut)")
    expect(whole.data.count <= bytes.count, "data comes from the input")
  }

  private struct Decoded: Equatable {
    var data: [UInt8] = []
    var hasEnded = false
    var hasFailed = false
  }

  private static func decode(_ pieces: [[UInt8]]) -> Decoded {
    var decoder = ChunkedBodyDecoder()
    var decoded = Decoded()
    for piece in pieces {
      var rest = piece[...]
      while true {
        let result = rest.withUnsafeBytes { input in
          Result { () throws(HTTPParseError) in try decoder.next(input) }
        }
        guard case .success(let step) = result else {
          decoded.hasFailed = true
          return decoded
        }
        expect(step.consumed <= rest.count, "no more is consumed than there is")
        rest = rest.dropFirst(step.consumed)
        switch step.event {
        case .data(let count):
          expect(count > 0 && count <= rest.count, "data is there")
          decoded.data += rest.prefix(count)
          rest = rest.dropFirst(count)
          continue
        case .needsMore: expect(rest.isEmpty, "everything was consumed")
        case .end:
          decoded.hasEnded = true
          return decoded
        }
        break
      }
    }
    return decoded
  }

  // MARK: aws-chunked

  private static func unsigned(_ choices: inout FuzzInput, _ pieces: inout Pieces) {
    let length = choices.number(512)
    let trailer = ["", "x-amz-checksum-crc32", "x-amz-checksum-sha256", "x-amz-checksum-crc64nvme"][choices.number(4)]
    var text = "PUT /b/k HTTP/1.1\r\nhost: h\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n"
    text += "x-amz-decoded-content-length: \(length)\r\n"
    if !trailer.isEmpty { text += "x-amz-trailer: \(trailer)\r\n" }
    guard let head = Heads.parseWhole(Array((text + "\r\n").utf8)) else {
      expect(false, "the head is well formed")
      return
    }
    let expectation = Result { () throws(SigV4Error) in try PayloadExpectation(anonymous: head) }
    guard case .success(let expectation) = expectation else {
      expect(false, "the head promises a body: \(expectation)")
      return
    }
    let bytes = choices.bytes
    let whole = unwrap(expectation, [bytes])
    let cut = unwrap(expectation, pieces.cut(bytes))
    expect(whole == cut, "an aws-chunked body is the same however it comes: \(whole) or \(cut)")
    check(whole, length)
  }

  private static func check(_ whole: Unwrapped, _ length: Int) {
    expect(whole.data.count <= length, "no more data than was announced")
    expect(whole.failure != nil || whole.data.count == length, "a body that is complete has its length")
  }

  private struct Unwrapped: Equatable {
    var data: [UInt8] = []
    /// Nil for a body that keeps its promise.
    var failure: String?

    /// How much of a chunk was handed out before its signature turned out wrong depends on the pieces.
    static func == (left: Unwrapped, right: Unwrapped) -> Bool {
      left.failure == right.failure && (left.failure != nil || left.data == right.data)
    }
  }

  private static func unwrap(_ expectation: PayloadExpectation, _ pieces: [[UInt8]]) -> Unwrapped {
    let decoder = PayloadDecoder(expectation)
    var unwrapped = Unwrapped()
    do throws(SigV4Error) {
      for piece in pieces {
        var rest = piece[...]
        while !rest.isEmpty {
          let step = try rest.withUnsafeBytes { input in
            Result { () throws(SigV4Error) in try decoder.next(input) }
          }.get()
          expect(step.consumed <= rest.count, "no more is consumed than there is")
          rest = rest.dropFirst(step.consumed)
          guard case .data(let count) = step.event else {
            expect(rest.isEmpty, "everything was consumed")
            break
          }
          expect(count > 0 && count <= rest.count, "data is there")
          unwrapped.data += rest.prefix(count)
          rest = rest.dropFirst(count)
        }
      }
      try decoder.finish()
    } catch {
      unwrapped.failure = "\(error)"
    }
    return unwrapped
  }

  // MARK: Signed chunks

  private static let key = HMACSHA256Key(Array("a derived key".utf8))

  /// Signs chunks made of the input, changes one byte, and looks at what comes of it.
  private static func signed(_ choices: inout FuzzInput, _ pieces: inout Pieces) {
    let offset = choices.number(65_536)
    let change = choices.byte()
    let hasTrailers = choices.bool()
    var sizes: [Int] = []
    for _ in 0..<choices.number(4) { sizes.append(choices.number(40) + 1) }
    let data = Array(choices.bytes.prefix(160))
    let date = SigningDate(unixSeconds: 1_800_000_000)
    let scope = CredentialScope(date: date, region: "us-east-1", service: "s3")
    let start = ChunkSeed(
      key: .hmac(key), algorithm: .hmacSHA256, signature: .hmac(SHA256Hasher.hash("request")), date: date, scope: scope)
    let body = sign(data, sizes, start, hasTrailers: hasTrailers)
    let expectation = PayloadExpectation(
      kind: .chunked(start, hasTrailers: hasTrailers), trailer: hasTrailers ? .xAmzChecksumCrc32 : nil,
      decodedBytes: UInt64(data.count))
    let whole = unwrap(expectation, [body])
    expect(whole.failure == nil && whole.data == data, "signed chunks are taken: \(whole)")
    expect(unwrap(expectation, pieces.cut(body)) == whole, "however they come")
    guard change != 0 else { return }
    var changed = body
    changed[offset % body.count] ^= change
    let other = unwrap(expectation, [changed])
    expect(other == unwrap(expectation, pieces.cut(changed)), "changed chunks are the same however they come")
    expect(other.failure != nil || other.data == data, "changed data is not taken")
  }

  private static func sign(_ data: [UInt8], _ sizes: [Int], _ start: ChunkSeed, hasTrailers: Bool) -> [UInt8] {
    var seed = start
    var body: [UInt8] = []
    var text: [UInt8] = []
    func append(_ chunk: [UInt8]) {
      seed.writeChunkString(SHA256Hasher.hash(chunk), to: &text)
      let signature = Array(key.authenticate(text).hex.utf8)
      body += Array("\(String(chunk.count, radix: 16));chunk-signature=".utf8) + signature + [0x0D, 0x0A] + chunk
      if !chunk.isEmpty { body += [0x0D, 0x0A] }
      expect(signature.withUnsafeBufferPointer { seed.accept($0, text, using: SHA256Hasher()) }, "its own signature")
    }
    var rest = data[...]
    for size in sizes where !rest.isEmpty {
      append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    if !rest.isEmpty { append(Array(rest)) }
    append([])
    if hasTrailers {
      var checksum = Checksum(.crc32)
      data.withUnsafeBytes { checksum.update($0) }
      let line = "x-amz-checksum-crc32:\(checksum.finish().base64)"
      seed.writeTrailerString(SHA256Hasher.hash(Array("\(line)\n".utf8)), to: &text)
      body += Array("\(line)\r\nx-amz-trailer-signature:\(key.authenticate(text).hex)\r\n\r\n".utf8)
    } else {
      body += [0x0D, 0x0A]
    }
    return body
  }
}
