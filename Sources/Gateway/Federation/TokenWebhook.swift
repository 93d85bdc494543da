import Authorization
import HTTPClient
import HTTPWire
import Identity
import JSON
public import Logging
public import NIOCore
import S3Model
import S3Wire
import STS
public import Settings
import Synchronization

/// One provider of `token_webhooks`: a service that is asked whose a token is, by MinIO's contract.
///
/// `POST URL?token=TOKEN`, with `Authorization` where it is set. 200 answers `{"user", "maxValiditySeconds", "claims"}`,
/// 403 `{"reason"}`. Whatever else comes, or nothing in time, means no.
/// Source: MinIO, "Identity Management Plugin".
public final class TokenWebhook: Sendable {
  let settings: TokenWebhookSettings
  let id: ByteString
  private let arn: ByteString
  /// Nil where the settings' is none; they are checked before.
  private let url: HTTPURL?
  private let names: [(name: String, path: [String])]
  private let group: any EventLoopGroup
  private let readSecret: @Sendable (String) -> [UInt8]?
  private let log: Logger
  private let asking = Mutex(0)

  private static let answerBytesMax = 65_536
  private static let askingMax = 64

  /// - Parameter readSecret: a file's content; nil when it cannot be read or others can read it.
  public init(
    _ settings: TokenWebhookSettings, accountID: String, group: any EventLoopGroup,
    readSecret: @escaping @Sendable (String) -> [UInt8]?, log: Logger
  ) {
    self.settings = settings
    id = AccountID(accountID).map { tokenProviderID(name: settings.name, account: $0) } ?? ""
    arn = ByteString("arn:aws:iam::\(accountID):token-provider/\(settings.name)")
    do throws(HTTPURL.Malformed) { url = try HTTPURL(settings.url) } catch { url = nil }
    var wanted: [String] = []
    for name in settings.claims + settings.mapping.claims.map(\.text) where !wanted.contains(name) {
      wanted.append(name)
    }
    names = wanted.map { ($0, $0.split(separator: ".").map(String.init)) }
    self.group = group
    self.readSecret = readSecret
    self.log = log
  }

  /// Who a token stands for. Policies read `token:user` and `token:NAME` of the claims that settings name.
  /// - Parameter now: in milliseconds since 1970.
  func identity(of token: ByteString, atMilliseconds now: Int64) async throws(FederationRefusal) -> FederatedIdentity {
    // A service that is slow must not pile up the requests of everybody.
    let isFree = asking.withLock { count in
      if count >= Self.askingMax { return false }
      count += 1
      return true
    }
    guard isFree else { throw .busy }
    defer { asking.withLock { $0 -= 1 } }
    let answer = try await ask(token)
    switch answer.status {
    case 200: break
    case 403:
      log.info("a custom token is refused", metadata: ["provider": "\(settings.name)"])
      throw .rejected
    default:
      log.warning(
        "a webhook for tokens has no answer", metadata: ["provider": "\(settings.name)", "status": "\(answer.status)"])
      throw .providerUnreachable
    }
    guard let identity = try identity(Array(answer.body.readableBytesView), now) else {
      log.warning("a webhook's answer cannot be read", metadata: ["provider": "\(settings.name)"])
      throw .providerUnreachable
    }
    return identity
  }

  private func ask(_ token: ByteString) async throws(FederationRefusal) -> HTTPClientAnswer {
    guard let url else { throw .providerUnreachable }
    var fields: [(name: String, value: String)] = []
    if let file = settings.authorizationFile {
      let text = readSecret(file.path).map { String(decoding: $0, as: UTF8.self).filter { !$0.isNewline } }
      guard let text, !text.isEmpty, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
        log.error("a webhook's secret cannot be used", metadata: ["provider": "\(settings.name)"])
        throw .providerUnreachable
      }
      fields.append((name: "Authorization", value: text))
    }
    do throws(HTTPClientError) {
      let encoded = String(decoding: PercentEncoding.query(token.bytes), as: UTF8.self)
      let endpoint = try HTTPEndpoint(url, trust: .init(certificateAuthorityFile: settings.caFile?.path))
      var limits = HTTPClientLimits()
      limits.connectionsMax = 1
      let requester = HTTPRequester(endpoint, limits: limits, group: group.any())
      defer { requester.shutDown() }
      return try await requester.answer(
        to: HTTPClientRequest(.post, "\(url.target)?token=\(encoded)", fields: fields), timeout: settings.timeout,
        answerBytesMax: Self.answerBytesMax)
    } catch {
      log.warning("a webhook cannot be asked", metadata: ["provider": "\(settings.name)", "error": "\(error)"])
      throw .providerUnreachable
    }
  }

  /// - Returns: nil for what is no such answer.
  func identity(_ document: [UInt8], _ now: Int64) throws(FederationRefusal) -> FederatedIdentity? {
    let object: JSONObject?
    do throws(JSONError) { object = try JSONValue(parsing: document).object } catch { return nil }
    guard let object, let user = object["user"]?.string, (1...255).contains(user.utf8.count),
      user.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }),
      let seconds = object["maxValiditySeconds"]?.integer, (900...31_536_000).contains(seconds)
    else { return nil }
    let told = object["claims"]?.object ?? JSONObject()
    var claims = [SessionClaim(name: "token:user", values: [ByteString(user)])]
    for (name, path) in names where name.lowercased() != "user" {
      guard let texts = try WebIdentityMapping.carried(told, name, path) else { continue }
      claims.append(SessionClaim(name: ByteString("token:\(name.lowercased())"), values: texts))
    }
    return FederatedIdentity(
      providerARN: arn, providerID: id, providerName: ByteString(settings.name), subject: ByteString(user),
      audience: "", claims: claims, endSeconds: now / 1000 + seconds)
  }
}

extension Federation {
  /// - Parameters:
  ///   - provider: the webhook's name; nil for the only one.
  ///   - now: in milliseconds since 1970.
  func identity(
    ofCustomToken token: ByteString, provider: ByteString?, atMilliseconds now: Int64
  ) async throws(FederationRefusal) -> FederatedIdentity {
    let webhook: TokenWebhook?
    if let provider {
      webhook = webhooks.first { ByteString($0.settings.name) == provider }
    } else {
      // A token is shown to nobody whom the client did not mean.
      webhook = webhooks.count == 1 ? webhooks[0] : nil
    }
    guard let webhook else { throw .invalidToken }
    return try await webhook.identity(of: token, atMilliseconds: now)
  }
}
