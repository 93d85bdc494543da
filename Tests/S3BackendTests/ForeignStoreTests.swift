import Backend
import Cryptography
import Foundation
import HTTPWire
import NIOCore
import NIOPosix
import S3Backend
import S3Model
import SigV4
import Testing

/// The whole way to a store that others wrote: `eval "$(Tests/Rigs/radosgw.sh start DIR)"`, then `swift test`.
@Suite(.enabled(if: ForeignStore.configuration != nil, "MARTLET_S3_URL names no store"), .serialized)
struct ForeignStoreTests {
  private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  /// Bytes that every encoder gets wrong some day.
  private static let oddKey = "a%20b%2Bc/%C3%B6%2541~%3F%23%26=%27()*;:@,$!"

  private func exchange(_ configure: (inout S3BackendConfiguration) -> Void = { _ in }) async throws -> Exchange {
    var configuration = try #require(ForeignStore.configuration)
    configure(&configuration)
    return try await Exchange(configuration, on: Self.group)
  }

  private func withBucket(_ body: (Exchange, String) async throws -> Void) async throws {
    let exchange = try await exchange()
    let bucket = "martlet-\(UInt64.random(in: 0 ..< .max))"
    let created = try await exchange.run("PUT /\(bucket)")
    #expect(created.isFinished && created.failure == nil)
    try await body(exchange, bucket)
    let listing = try await exchange.run("GET /\(bucket)?list-type=2&encoding-type=url")
    for key in listing.text.components(separatedBy: "<Key>").dropFirst() {
      let name = key.prefix { $0 != "<" }.replacingOccurrences(of: "+", with: "%20")
        .replacingOccurrences(of: "&apos;", with: "'")
      #expect(try await exchange.run("DELETE /\(bucket)/\(name)").isFinished)
    }
    let deleted = try await exchange.run("DELETE /\(bucket)")
    #expect(deleted.response?.status == 204)
    try await exchange.shutdown()
  }

  @Test func objectsKeepTheirBytes() async throws {
    try await withBucket { exchange, bucket in
      let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let put = try await exchange.run(
        "PUT /\(bucket)/\(Self.oddKey)",
        headers: [
          "Content-Type": "text/odd", "X-Amz-Meta-Color": "blue  green", "Cache-Control": "max-age=1",
          "Content-MD5": Base64.encode(MD5Hasher.hash(body)), "Content-Encoding": "aws-chunked",
        ], body: body)
      #expect(put.isFinished && put.response?.status == 200)
      #expect(put.response?.fields.value(.etag) == "\"\(Hex.encode(MD5Hasher.hash(body)))\"")
      let get = try await exchange.run("GET /\(bucket)/\(Self.oddKey)")
      #expect(get.isFinished && get.body == body && get.response?.contentLength == 100_000)
      let fields = String(decoding: get.response?.fields.bytes ?? [], as: UTF8.self)
      #expect(fields.contains("content-type: text/odd\r\n") && fields.contains("cache-control: max-age=1\r\n"))
      #expect(fields.contains("x-amz-meta-color: blue"))
      #expect(!fields.contains("x-amz-request-id") && !fields.contains("content-encoding"))
      let range = try await exchange.run("GET /\(bucket)/\(Self.oddKey)", headers: ["Range": "bytes=10-19"])
      #expect(range.response?.status == 206 && range.body == Array(body[10..<20]))
      #expect(range.response?.fields.value(.contentRange) == "bytes 10-19/100000")
      let head = try await exchange.run("HEAD /\(bucket)/\(Self.oddKey)")
      #expect(head.isFinished && head.response?.contentLength == 100_000 && head.body.isEmpty)
      let etag = try #require(put.response?.fields.value(.etag))
      let unchanged = try await exchange.run("GET /\(bucket)/\(Self.oddKey)", headers: ["If-None-Match": etag])
      #expect(unchanged.response?.status == 304)
      let failed = try await exchange.run("GET /\(bucket)/\(Self.oddKey)", headers: ["If-Match": "\"no\""])
      #expect(failed.refused?.code == .preconditionFailed && failed.refused?.status == 412)
    }
  }

  @Test func emptyObjects() async throws {
    try await withBucket { exchange, bucket in
      #expect(try await exchange.run("PUT /\(bucket)/empty", body: []).isFinished)
      let get = try await exchange.run("GET /\(bucket)/empty")
      #expect(get.isFinished && get.body.isEmpty && get.response?.contentLength == 0)
    }
  }

  @Test func largeBodiesBothWays() async throws {
    try await withBucket { exchange, bucket in
      let piece = ByteBuffer(bytes: (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 13) })
      let pieces = 20 * 16
      let put = try await exchange.run("PUT /\(bucket)/large", length: UInt64(pieces * 65_536)) { gateway in
        Pump(piece, pieces, gateway).run()
      }
      #expect(put.isFinished && put.failure == nil)
      let get = try await exchange.run("GET /\(bucket)/large")
      #expect(get.isFinished && get.body.count == pieces * 65_536)
      #expect(Array(get.body.suffix(65_536)) == Array(piece.readableBytesView))
    }
  }

  @Test func listings() async throws {
    try await withBucket { exchange, bucket in
      for key in ["a/1", "a/2", "b%20c"] { _ = try await exchange.run("PUT /\(bucket)/\(key)", body: [1]) }
      let listing = try await exchange.run("GET /\(bucket)?list-type=2&prefix=a%2F&max-keys=1")
      #expect(listing.text.contains("<Key>a/1</Key>") && !listing.text.contains("<Key>a/2</Key>"))
      let folders = try await exchange.run("GET /\(bucket)?delimiter=%2F")
      #expect(folders.text.contains("<Prefix>a/</Prefix>") && folders.text.contains("<Key>b c</Key>"))
      let buckets = try await exchange.run("GET /")
      #expect(buckets.text.contains("<Name>\(bucket)</Name>"))
      #expect(try await exchange.run("HEAD /\(bucket)").isFinished)
      #expect(try await exchange.run("GET /\(bucket)?location").text.contains("LocationConstraint"))
    }
  }

  @Test func multipartUploads() async throws {
    try await withBucket { exchange, bucket in
      let created = try await exchange.run("POST /\(bucket)/\(Self.oddKey)?uploads", headers: ["X-Amz-Meta-A": "b"])
      let id = try #require(created.text.components(separatedBy: "<UploadId>").last?.prefix { $0 != "<" })
      let escaped = id.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      var xml = "<CompleteMultipartUpload>"
      for number in 1...2 {
        let body = [UInt8](repeating: UInt8(number), count: number == 1 ? 5 << 20 : 1000)
        let part = try await exchange.run(
          "PUT /\(bucket)/\(Self.oddKey)?partNumber=\(number)&uploadId=\(escaped)", body: body)
        let etag = try #require(part.response?.fields.value(.etag))
        xml += "<Part><PartNumber>\(number)</PartNumber><ETag>\(etag)</ETag></Part>"
      }
      let parts = try await exchange.run("GET /\(bucket)/\(Self.oddKey)?uploadId=\(escaped)")
      #expect(parts.text.contains("<PartNumber>2</PartNumber>"))
      let completed = try await exchange.run(
        "POST /\(bucket)/\(Self.oddKey)?uploadId=\(escaped)", document: Array((xml + "</CompleteMultipartUpload>").utf8)
      )
      #expect(completed.isFinished && completed.failure == nil)
      #expect(completed.text.contains("<Location>https://gateway:9000/\(bucket)/a%20b%2Bc/"))
      let head = try await exchange.run("HEAD /\(bucket)/\(Self.oddKey)")
      #expect(head.response?.contentLength == (5 << 20) + 1000)
      let again = try await exchange.run("DELETE /\(bucket)/\(Self.oddKey)?uploadId=nonsense")
      #expect(again.refused?.code == .noSuchUpload)
    }
  }

  @Test func copies() async throws {
    try await withBucket { exchange, bucket in
      _ = try await exchange.run("PUT /\(bucket)/\(Self.oddKey)", body: Array("copy me".utf8))
      let copied = try await exchange.run(
        "PUT /\(bucket)/copy", headers: ["X-Amz-Copy-Source": "/\(bucket)/\(Self.oddKey)"])
      #expect(copied.isFinished && copied.text.contains("CopyObjectResult"))
      #expect(try await exchange.run("GET /\(bucket)/copy").text == "copy me")
      let missing = try await exchange.run("PUT /\(bucket)/copy2", headers: ["X-Amz-Copy-Source": "/\(bucket)/none"])
      #expect(missing.refused?.code == .noSuchKey)
    }
  }

  @Test func documents() async throws {
    try await withBucket { exchange, bucket in
      _ = try await exchange.run("PUT /\(bucket)/key", body: [1])
      let tags = "<Tagging><TagSet><Tag><Key>color</Key><Value>blue</Value></Tag></TagSet></Tagging>"
      let tagged = try await exchange.run("PUT /\(bucket)/key?tagging", document: Array(tags.utf8))
      #expect(tagged.isFinished && tagged.failure == nil)
      #expect(try await exchange.run("GET /\(bucket)/key?tagging").text.contains("<Value>blue</Value>"))
      #expect(try await exchange.run("DELETE /\(bucket)/key?tagging").response?.status == 204)
      #expect(try await exchange.run("GET /\(bucket)/key?acl").text.contains("AccessControlPolicy"))
      let versioning = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"
      #expect(try await exchange.run("PUT /\(bucket)?versioning", document: Array(versioning.utf8)).isFinished)
      #expect(try await exchange.run("GET /\(bucket)?versioning").text.contains("Suspended"))
      let delete = "<Delete><Object><Key>key</Key></Object></Delete>"
      let deleted = try await exchange.run("POST /\(bucket)?delete", document: Array(delete.utf8))
      #expect(deleted.isFinished && deleted.text.contains("<Deleted>"))
      #expect(try await exchange.run("HEAD /\(bucket)/key").refused?.status == 404)
      // Suspended versioning leaves a delete marker.
      #expect(try await exchange.run("DELETE /\(bucket)/key?versionId=null").failure == nil)
    }
  }

  @Test func refusals() async throws {
    try await withBucket { exchange, bucket in
      #expect(try await exchange.run("GET /\(bucket)/none").refused?.code == .noSuchKey)
      #expect(try await exchange.run("HEAD /\(bucket)/none").refused?.code == .noSuchKey)
      #expect(try await exchange.run("GET /\(bucket)-none/key").refused?.code == .noSuchBucket)
      let put = try await exchange.run("PUT /\(bucket)-none/key", length: 2_000_000) { gateway in
        Pump(ByteBuffer(bytes: [UInt8](repeating: 1, count: 50_000)), 40, gateway).run()
      }
      #expect(put.refused?.code == .noSuchBucket)
      _ = try await exchange.run("PUT /\(bucket)/key", body: [1])
      #expect(try await exchange.run("DELETE /\(bucket)").refused?.code == .bucketNotEmpty)
    }
  }

  @Test(.enabled(if: ForeignStore.checksSignatures))
  func wrongCredentialsAreOurs() async throws {
    try await withBucket { exchange, bucket in
      _ = try await exchange.run("PUT /\(bucket)/key", body: [1])
      for (key, secret) in [(nil, "wrong"), ("NOSUCHKEY", "wrong")] as [(String?, String)] {
        let stranger = try await self.exchange {
          $0.secret = SigningSecret(
            accessKeyID: key.map { ByteString($0) } ?? $0.secret.accessKeyID, secretAccessKey: Array(secret.utf8),
            revision: 2)
        }
        for line in ["GET /\(bucket)/key", "HEAD /\(bucket)/key", "HEAD /\(bucket)", "DELETE /\(bucket)/key", "GET /"] {
          let outcome = try await stranger.run(line)
          guard case .credentialsRefused? = outcome.failure else { throw Unexpected(outcome) }
        }
        let put = try await stranger.run("PUT /\(bucket)/other", body: [UInt8](repeating: 1, count: 100_000))
        guard case .credentialsRefused? = put.failure else { throw Unexpected(put) }
      }
      // Known to the store, but not allowed: that is no fault of the credentials.
      let other = try await self.exchange {
        if let secret = ForeignStore.otherSecret { $0.secret = secret }
      }
      #expect(try await other.run("GET /\(bucket)/key").refused?.code == .accessDenied)
      #expect(try await other.run("HEAD /\(bucket)/key").refused?.code == .accessDenied)
      #expect(try await exchange.run("GET /\(bucket)/key").isFinished)
    }
  }
}

/// Sends pieces as fast as the backend takes them.
private final class Pump {
  private let piece: ByteBuffer
  private var left: Int
  private let gateway: Gateway

  init(_ piece: ByteBuffer, _ count: Int, _ gateway: Gateway) {
    self.piece = piece
    left = count
    self.gateway = gateway
  }

  func run() {
    gateway.onWritable = { _ in self.step() }
    step()
  }

  private func step() {
    while left > 0, gateway.isWritable {
      left -= 1
      gateway.call?.send(piece)
      if left == 0 { gateway.call?.finish() }
    }
  }
}

enum ForeignStore {
  private static func value(_ name: String) -> String? { ProcessInfo.processInfo.environment["MARTLET_S3_" + name] }

  static var checksSignatures: Bool { value("CHECKS_SIGNATURES") == "1" }

  static var otherSecret: SigningSecret? {
    guard let key = value("OTHER_ACCESS_KEY"), let secret = value("OTHER_SECRET_KEY") else { return nil }
    return SigningSecret(accessKeyID: ByteString(key), secretAccessKey: Array(secret.utf8), revision: 3)
  }

  static var configuration: S3BackendConfiguration? {
    guard let url = value("URL").flatMap({ URLComponents(string: $0) }), let host = url.host,
      let scheme = url.scheme.flatMap({ S3BackendConfiguration.Scheme(rawValue: $0) }),
      let key = value("ACCESS_KEY"), let secret = value("SECRET_KEY")
    else { return nil }
    var configuration = S3BackendConfiguration(
      name: "foreign", scheme: scheme, host: host, port: url.port ?? (scheme == .http ? 80 : 443),
      region: value("REGION") ?? "us-east-1",
      secret: SigningSecret(accessKeyID: ByteString(key), secretAccessKey: Array(secret.utf8), revision: 1))
    configuration.certificateAuthorityFile = value("CA")
    return configuration
  }
}
