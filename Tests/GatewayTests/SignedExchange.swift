import Audit
import GatewayTesting
import HTTPWire
import Identity
import Logging
import NIOCore
import NIOEmbedded
import S3Model
import S3Wire
import Settings
import SigV4
import Testing

@testable import Gateway

/// An exchange whose request a client signed, parsed and verified as the gateway does it, before anything is decided.
final class SignedExchange {
  enum Signing {
    case none, header, query
  }

  private static let secret = SigningSecret(
    accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: Array("a secret of tests".utf8), revision: 1)

  private let folder: TemporaryFolder
  private let eventLoop = EmbeddedEventLoop()
  private let worker: Worker
  private let connection: HTTPConnectionHandler
  let exchange: Exchange

  /// - Parameters:
  ///   - path: encoded as on the wire.
  ///   - query: decoded; signed where anything is.
  ///   - signed: headers under the signature.
  ///   - unsigned: headers added behind it.
  init(
    _ method: StaticString, _ path: String, query: [(String, String)] = [], signed: [(String, String)] = [],
    unsigned: [(String, String)] = [], _ signing: Signing = .header
  ) throws {
    folder = try TemporaryFolder()
    let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let settings = try GatewaySettings(
      yaml: "data: \(folder.path)\naccount_id: 111122223333\nregions: [eu-central-1]\naudit: {output: off}\n")
    let root = try RootCredentials.loadOrCreate(dataDirectory: folder.path, environment: [:])
    let ring = try KeyRing.loadOrCreate(path: folder.path + "/ring.json", now: 0)
    let identities = try IdentityDirectory(settings, root: root, sealer: ring.sealer)
    let snapshot = Snapshot(
      revision: 1, settings: settings, identities: identities, authorization: identities.authorization,
      keyRing: ring,
      routes: BackendRoutes(settings: settings, backends: []))
    let keeper = SnapshotKeeper(
      snapshot: snapshot, rules: BucketRules(), folders: BucketRuleFolders(data: folder.path), log: log)
    worker = Worker(
      eventLoop: eventLoop, keeper: keeper, audit: try AuditSink(settings.audit, log: log),
      limiter: ConnectionLimiter(), hostID: [], seed: 1, log: log)
    let facts = ConnectionFacts(peer: IPAddress("192.0.2.1"), peerText: "192.0.2.1", isTrustedProxy: false)
    facts.tlsVersion = "1.3"
    connection = HTTPConnectionHandler(worker: worker, facts: facts) {}
    let head = try parseHead(try Self.text(method, path, query, signed, unsigned, signing, UnixTime.now().seconds - 7))
    exchange = Exchange(connection: connection, worker: worker, head: head, start: .now())
    exchange.request = try snapshot.parser.parse(head)
    guard case .signature(let claim) = try RequestCredentials.read(head) else { return }
    exchange.claim = claim
    exchange.verified = try snapshot.verifier.verify(
      claim, head: head, secret: Self.secret, profile: .s3, nowSeconds: exchange.now.seconds, scratch: worker.scratch)
  }

  private static func text(
    _ method: StaticString, _ path: String, _ query: [(String, String)], _ signed: [(String, String)],
    _ unsigned: [(String, String)], _ signing: Signing, _ seconds: Int64
  ) throws -> String {
    let headers = (signed + [("host", "localhost")]).sorted { $0.0 < $1.0 }
      .map { SignedHeader(ByteString($0.0), ByteString($0.1)) }
    let pairs = query.map { QueryPair(ByteString($0.0), ByteString($0.1)) }
    let signer = RequestSigner(secret: secret, region: "eu-central-1")
    let date = SigningDate(unixSeconds: seconds)
    let pathBytes = Array(path.utf8)
    var lines: [UInt8] = []
    for header in headers { lines += header.name.bytes + [0x3A] + header.value.bytes + [0x0D, 0x0A] }
    var queryText: [UInt8] = []
    RequestSigner.appendQuery(pairs, to: &queryText)
    switch signing {
    case .none: break
    case .header:
      try pathBytes.withUnsafeBufferPointer { path in
        try queryText.withUnsafeBufferPointer { query in
          try signer.sign(
            method: method, path: path, query: query, headers: headers, payload: .unsigned, date: date,
            scratch: SigningScratch(), to: &lines)
        }
      }
    case .query:
      queryText = try pathBytes.withUnsafeBufferPointer { path in
        try signer.presign(
          method: method, path: path, query: pairs, headers: headers, lifetimeSeconds: 60, date: date,
          scratch: SigningScratch())
      }
    }
    for (name, value) in unsigned { lines += Array("\(name): \(value)\r\n".utf8) }
    let target = queryText.isEmpty ? path : "\(path)?\(String(decoding: queryText, as: UTF8.self))"
    return "\(method) \(target) HTTP/1.1\r\n\(String(decoding: lines, as: UTF8.self))\r\n"
  }
}
