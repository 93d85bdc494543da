import Cryptography
import Foundation
import S3Model
import Testing

@testable import IAM

/// `totp/vectors.json`: RFC 4226 appendix D and RFC 6238 appendix B.
@Suite struct TOTPConformanceTests {
  private struct Vectors: Decodable {
    struct Count: Decodable {
      var counter: Int64
      var hotp: String
    }
    struct Time: Decodable {
      var time: Int64
      var counterHex: String
      var algorithm: String
      var totp: String
      var lastSix: String
    }
    struct Secret: Decodable {
      var hex: String
      var base32: String
    }
    struct Counts: Decodable {
      var secretHex: String
      var secretBase32: String
      var digits: Int
      var vectors: [Count]
    }
    struct Times: Decodable {
      var timeStep: Int64
      var digits: Int
      var secrets: [String: Secret]
      var vectors: [Time]
    }
    var hotp: Counts
    var totp: Times
  }

  private func bytes(hex: String) throws -> [UInt8] {
    let digits = Array(hex)
    return try stride(from: 0, to: digits.count, by: 2).map {
      try #require(UInt8(String(digits[$0...($0 + 1)]), radix: 16))
    }
  }

  @Test func vectors() throws {
    guard let data = ConformanceFolder.contents("totp/vectors.json") else { return }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let vectors = try decoder.decode(Vectors.self, from: data)
    var counts = SuiteReport("totp/hotp")
    let seed = try bytes(hex: vectors.hotp.secretHex)
    #expect(Base32.encode(seed).text == vectors.hotp.secretBase32)
    for vector in vectors.hotp.vectors {
      let code = TOTP.code(seed: seed, step: vector.counter, digits: vectors.hotp.digits)
      check(&counts, "\(vector.counter)", code.text == vector.hotp)
    }
    counts.printLine()
    var times = SuiteReport("totp/totp")
    #expect(TOTP.stepSeconds == vectors.totp.timeStep)
    for vector in vectors.totp.vectors {
      let secret = try #require(vectors.totp.secrets[vector.algorithm])
      let algorithm = try #require(DigestAlgorithm(rawValue: vector.algorithm.lowercased()))
      let seed = try bytes(hex: secret.hex)
      #expect(Base32.encode(seed).text == secret.base32)
      let step = TOTP.step(at: vector.time)
      let codes = [vectors.totp.digits, 6].map { TOTP.code(seed: seed, step: step, digits: $0, algorithm).text }
      let isRight = codes == [vector.totp, vector.lastSix] && step == Int64(vector.counterHex, radix: 16)
      check(&times, "\(vector.algorithm) at \(vector.time)", isRight)
      // As a code is verified: found in its own step, and in no window beside it.
      guard algorithm == .sha1 else { continue }
      #expect(TOTP.match(ByteString(vector.lastSix), seed: seed, in: (step - 1)...(step + 1)) == step)
      #expect(TOTP.match(ByteString(vector.lastSix), seed: seed, in: (step + 1)...(step + 3)) == nil)
    }
    times.printLine()
    #expect(counts.passed > 0 && times.passed > 0)
  }

  private func check(_ report: inout SuiteReport, _ name: String, _ isRight: Bool) {
    if isRight {
      report.passed += 1
    } else {
      report.failed.append(name)
      Issue.record("\(report.suite): \(name)")
    }
  }
}
