import Cryptography
import HTTPWire
import S3Model
import Testing

@testable import SigV4

#if canImport(Glibc)
import Glibc
#endif

/// Nanoseconds per signature, printed; run with `MARTLET_BENCH=1 swift test -c release -Xswiftc -enable-testing`.
@Suite(.enabled(if: getenv("MARTLET_BENCH") != nil)) struct SignatureBenchmark {
  /// CPU time of this thread, best of five rounds: other work on the machine does not count.
  private static func nanoseconds(_ count: Int, _ body: () throws -> Void) throws -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
    for _ in 0..<(count / 10) { try body() }
    var best = Double.infinity
    for _ in 0..<5 {
      let start = now()
      for _ in 0..<count { try body() }
      best = min(best, now() - start)
    }
    return best / Double(count)
  }

  @Test func costs() throws {
    var request = RequestFixture()
    request.path = "/bucket/some/longer/key/with/segments.txt"
    request.headers = [
      ("Host", "gateway.example:9000"), ("x-amz-content-sha256", SHA256Digest.ofNothing.hex),
    ]
    request.unsignedHeaders = [
      ("User-Agent", "aws-cli/2.15.0 Python/3.11.6 Linux/6.1.0 exe/x86_64.debian.12 prompt/off command/s3.cp"),
      ("Accept-Encoding", "identity"), ("amz-sdk-invocation-id", "b7ad6b7169203331"),
      ("amz-sdk-request", "attempt=1"), ("Connection", "keep-alive"),
    ]
    let head = try request.head()
    let scratch = SigningScratch()
    let verifier = SignatureVerifier()
    let verify = try Self.nanoseconds(100_000) {
      guard case .signature(let claim) = try RequestCredentials.read(head) else { return }
      _ = try verifier.verify(
        claim, head: head, secret: RequestFixture.secret, profile: .s3, nowSeconds: RequestFixture.now,
        scratch: scratch)
    }
    let read = try Self.nanoseconds(100_000) { _ = try RequestCredentials.read(head) }
    let signer = RequestSigner(secret: RequestFixture.secret, region: "us-east-1")
    let path = Array(request.path.utf8)
    let headers = [SignedHeader("host", "store.example:8080"), SignedHeader("range", "bytes=0-1023")]
    var output: [UInt8] = []
    let sign = try Self.nanoseconds(100_000) {
      output.removeAll(keepingCapacity: true)
      try path.withUnsafeBufferPointer { path in
        try signer.sign(
          method: "GET", path: path, query: UnsafeBufferPointer(start: nil, count: 0), headers: headers,
          payload: .unsigned, date: SigningDate(unixSeconds: RequestFixture.now), scratch: scratch, to: &output)
      }
    }
    let hasher = SHA256Hasher()
    let message = [UInt8](repeating: 7, count: 600)
    let key = HMACSHA256Key(message)
    let hash = try Self.nanoseconds(100_000) { _ = message.withUnsafeBytes { hasher.digest(of: $0) } }
    let mac = try Self.nanoseconds(100_000) {
      _ = message.withUnsafeBytes { key.authenticate(UnsafeRawBufferPointer(rebasing: $0[..<140]), using: hasher) }
    }
    print("sigv4 bench: verify \(Int(verify)) ns (of it reading the claim \(Int(read)) ns), sign \(Int(sign)) ns")
    print("sigv4 bench: SHA-256 of 600 bytes \(Int(hash)) ns, HMAC of 140 bytes \(Int(mac)) ns")
    let block = [UInt8](repeating: 7, count: 1 << 20)
    for algorithm in ChecksumAlgorithm.allCases {
      var checksum = Checksum(algorithm)
      let elapsed = try Self.nanoseconds(20) { block.withUnsafeBytes { checksum.update($0) } }
      print("sigv4 bench: \(algorithm) \(Int(Double(block.count) / elapsed * 1000)) MB/s")
    }
  }
}
