import HTTPClient
import HTTPWire
import IdentityStore
import JSON
import NIOCore
import Synchronization

/// Asks members of an etcd cluster through their JSON gateway, one after the other until one answers.
final class EtcdClient: Sendable {
  enum Failure: Error {
    /// Nobody did anything.
    case before(IdentityStoreError)
    /// Sent, and not answered: it may have been done.
    case unknown(IdentityStoreError)
    case fault(EtcdFault)

    var error: IdentityStoreError {
      switch self {
      case .before(let error), .unknown(let error): error
      case .fault(let fault): fault.error
      }
    }
  }

  private let requesters: [HTTPRequester]
  private let credentials: EtcdIdentityStore.Credentials?
  private let timeout: Duration
  private let token = Mutex<String?>(nil)
  private let preferred = Atomic<Int>(0)

  init(
    _ endpoints: [HTTPEndpoint], credentials: EtcdIdentityStore.Credentials?, timeout: Duration,
    connectTimeout: Duration, group: any EventLoopGroup
  ) {
    var limits = HTTPClientLimits()
    limits.connectTimeout = connectTimeout
    limits.backOffMax = .seconds(1)
    requesters = endpoints.map { HTTPRequester($0, limits: limits, group: group) }
    self.credentials = credentials
    self.timeout = timeout
  }

  var memberCount: Int { requesters.count }
  var member: Int { preferred.load(ordering: .relaxed) % requesters.count }
  func leave(_ member: Int) { preferred.store((member + 1) % requesters.count, ordering: .relaxed) }
  func shutDown() { for requester in requesters { requester.shutDown() } }

  /// - Parameters:
  ///   - isRead: may be asked again, of another member.
  ///   - only: the member to ask; nil for whoever answers.
  func ask(
    _ path: String, _ body: JSONObject, isRead: Bool, only: Int? = nil
  ) async throws(Failure) -> EtcdAnswer {
    var last = Failure.before(.unreachable(reason: "no endpoint"))
    for attempt in 0..<(only == nil ? memberCount : 1) {
      let member = only ?? self.member
      do throws(Failure) {
        return try await askAuthenticated(member, path, body, isRead: isRead)
      } catch {
        last = error
        switch error {
        case .before: break
        case .unknown: guard isRead else { throw error }
        case .fault(let fault): guard fault.isPassing, isRead else { throw error }
        }
        if only == nil, attempt < memberCount { leave(member) }
      }
    }
    throw last
  }

  private func askAuthenticated(
    _ member: Int, _ path: String, _ body: JSONObject, isRead: Bool
  ) async throws(Failure) -> EtcdAnswer {
    let known = try await currentToken(member)
    do throws(Failure) {
      return try await send(member, path, body, token: known, isRead: isRead)
    } catch {
      guard credentials != nil, case .fault(let fault) = error, fault.needsToken else { throw error }
      token.withLock { if $0 == known { $0 = nil } }
      return try await send(member, path, body, token: try await currentToken(member), isRead: isRead)
    }
  }

  private func currentToken(_ member: Int) async throws(Failure) -> String? {
    guard let credentials else { return nil }
    if let known = token.withLock({ $0 }) { return known }
    var body = JSONObject()
    body["name"] = .string(credentials.username)
    do throws(IdentityStoreError) {
      body["password"] = .string(try credentials.password())
    } catch {
      throw .before(error)
    }
    let answer: EtcdAnswer
    do throws(Failure) {
      answer = try await send(member, "/v3/auth/authenticate", body, token: nil, isRead: true)
    } catch .unknown(let error) {
      // What was asked for was not sent yet.
      throw .before(error)
    }
    guard let new = answer.object["token"]?.string, !new.isEmpty else {
      throw .before(.corrupt(key: nil, reason: "etcd gave no token"))
    }
    token.withLock { $0 = new }
    return new
  }

  private func request(_ path: String, _ body: JSONObject, token: String?, isRead: Bool) -> HTTPClientRequest {
    var fields = [(name: "Content-Type", value: "application/json")]
    if let token { fields.append(("Authorization", token)) }
    return HTTPClientRequest(
      .post, path, fields: fields, body: ByteBuffer(bytes: JSONValue.object(body).compact), isRepeatable: isRead)
  }

  private func send(
    _ member: Int, _ path: String, _ body: JSONObject, token: String?, isRead: Bool
  ) async throws(Failure) -> EtcdAnswer {
    let answer: HTTPClientAnswer
    do throws(HTTPClientError) {
      answer = try await requesters[member].answer(
        to: request(path, body, token: token, isRead: isRead), timeout: timeout, answerBytesMax: EtcdAnswer.bytesMax)
    } catch {
      throw Self.failure(error)
    }
    guard answer.status == 200 else { throw .fault(EtcdFault(status: answer.status, answer.body)) }
    do throws(IdentityStoreError) {
      return try EtcdAnswer(answer.body)
    } catch {
      throw .unknown(error)
    }
  }

  private static func failure(_ error: HTTPClientError) -> Failure {
    let reason = IdentityStoreError.unreachable(reason: "\(error)")
    return switch error {
    case .shutDown: .before(.closed)
    case .connectFailed, .addressRefused, .backingOff, .queueFull, .timedOut(.connection),
      .invalidTarget, .invalidField, .unusableTLS:
      .before(reason)
    default: .unknown(reason)
    }
  }

  /// Begins a stream of answers, one JSON object a line.
  func stream(_ path: String, _ body: JSONObject, member: Int) async throws(Failure) -> HTTPAnswerStream {
    let known = try await currentToken(member)
    let started: (head: HTTPAnswerHead, body: HTTPAnswerStream)
    do throws(HTTPClientError) {
      started = try await requesters[member].stream(
        request(path, body, token: known, isRead: true), headTimeout: timeout)
    } catch {
      throw Self.failure(error)
    }
    guard started.head.status == 200 else {
      token.withLock { if $0 == known { $0 = nil } }
      throw .fault(EtcdFault(status: started.head.status, ByteBuffer()))
    }
    return started.body
  }

  func forgetToken() { token.withLock { $0 = nil } }
}
