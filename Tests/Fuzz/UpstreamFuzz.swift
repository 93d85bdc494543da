@_spi(Testing) import Authorization
import Backend
import HTTPWire
import Logging
import NIOCore
import S3Model
import S3Wire
import SigV4
import TLS

@testable import S3Backend

/// What a store is sent of a request is the request that was decided about, and nothing else.
enum UpstreamFuzz {
  private static let secret = SigningSecret(
    accessKeyID: "STOREKEY", secretAccessKey: Array("secret of the store".utf8), revision: 1)

  private static let backends = [backend(.path), backend(.virtualHost)]

  private static func backend(_ addressing: S3BackendConfiguration.Addressing) -> S3Backend? {
    var configuration = S3BackendConfiguration(
      name: "store", scheme: .http, host: "store.example", port: 80, secret: secret)
    configuration.addressing = addressing
    do throws(TLSError) {
      return try S3Backend(configuration, logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
    } catch {
      return nil
    }
  }

  static func run(_ input: [UInt8]) {
    var choices = FuzzInput(input)
    let backend = backends[choices.bool() ? 1 : 0]
    let isDiagnosis = choices.byte() & 7 == 1
    let length = choices.bool() ? UInt64(choices.byte()) : nil
    let bytes = choices.bytes
    guard bytes.count <= 8192, case .success(.some(let parsed)) = Heads.parse(bytes),
      let request = RequestFuzz.s3(parsed.head)
    else { return }
    guard let backend else {
      expect(false, "a backend without TLS can be made")
      return
    }
    let backendRequest = BackendRequest(
      AuthorizedRequest(undecided: request), contentLength: length, document: nil, clientEndpoint: "https://gateway")
    let plan = UpstreamRequestPlan(backendRequest, backend: backend)
    guard plan.refusal == nil else { return }
    var writer = RequestHeadWriter(backend.configuration)
    let written: ByteBuffer
    do throws(SigV4Error) {
      written = try writer.write(plan, announcesBody: false, isDiagnosis: isDiagnosis, now: 1_800_000_000)
    } catch {
      expect(false, "a request can be signed: \(error)")
      return
    }
    verify(Array(written.readableBytesView), request, isDiagnosis: isDiagnosis)
  }

  private static func verify(_ text: [UInt8], _ request: S3Request, isDiagnosis: Bool) {
    var parser = RequestHeadParser(limits: HeadLimits(headBytesMax: 65_536, fieldCountMax: 512))
    var head = RequestHead()
    let parsed = text.withUnsafeBytes { input in
      Result { () throws(HTTPParseError) in try parser.parse(input, into: &head) }
    }
    guard case .success(text.count) = parsed else {
      expect(false, "what is sent is one head: \(parsed)\n\(String(decoding: text, as: UTF8.self))")
      return
    }
    do throws(SigV4Error) {
      guard case .signature(let claim) = try RequestCredentials.read(head) else {
        expect(false, "what is sent is signed")
        return
      }
      _ = try SignatureVerifier().verify(
        claim, head: head, secret: secret, profile: .s3, nowSeconds: 1_800_000_000, scratch: SigningScratch())
    } catch {
      expect(false, "the store can verify it: \(error)\n\(String(decoding: text, as: UTF8.self))")
    }
    let sent: S3Request
    do throws(S3WireError) {
      sent = try S3RequestParser(virtualHostDomains: ["store.example"]).parse(head)
    } catch {
      expect(false, "the store can parse it: \(error)\n\(String(decoding: text, as: UTF8.self))")
      return
    }
    expect(sent.bucket == request.bucket && sent.key == request.key, "the store is asked for the same object")
    guard !isDiagnosis else { return }
    expect(sent.operation == request.operation, "\(request.operation) stays what it is, not \(sent.operation)")
    expect(sent.copySource == request.copySource, "the source stays what it is")
    expect(Set(sent.accesses).isSubset(of: Set(request.accesses)), "nothing is asked for that was not decided")
  }
}
