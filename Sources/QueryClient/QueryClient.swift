import Cryptography
import HTTPClient
import HTTPWire
public import NIOCore
public import S3Model
import S3Wire
import SigV4

/// Calls query actions of a gateway (services `iam`, `sts`), signed with SigV4.
public struct QueryClient: Sendable {
  static let answerBytesMax = 16 << 20

  private let requester: HTTPRequester
  private let signer: RequestSigner
  private let version: String
  private let host: String
  private let timeout: Duration

  /// - Parameters:
  ///   - url: of the gateway; its path is not used.
  ///   - certificateAuthorityFile: PEM; nil for the system's authorities.
  ///   - service: as signatures name it.
  ///   - version: of the API, `2010-05-08` for iam, `2011-06-15` for sts.
  ///   - group: which requests run on.
  public init(
    _ url: HTTPURL, credentials: AWSCredentials, region: String = "us-east-1", service: String = "iam",
    version: String = "2010-05-08", certificateAuthorityFile: String? = nil, timeout: Duration = .seconds(30),
    group: any EventLoopGroup
  ) throws(QueryClientError) {
    do throws(HTTPClientError) {
      requester = HTTPRequester(
        try HTTPEndpoint(url, trust: .init(certificateAuthorityFile: certificateAuthorityFile)), group: group.any())
    } catch {
      throw .server(error)
    }
    signer = RequestSigner(
      secret: SigningSecret(
        accessKeyID: ByteString(credentials.accessKeyID), secretAccessKey: Array(credentials.secretAccessKey.utf8),
        revision: 0),
      region: ByteString(region), service: ByteString(service),
      sessionToken: credentials.sessionToken.map { ByteString($0) })
    self.version = version
    self.timeout = timeout
    let name = url.host.contains(":") ? "[\(url.host)]" : url.host
    host = url.port == (url.scheme == .https ? 443 : 80) ? name : "\(name):\(url.port)"
  }

  /// - Parameters:
  ///   - parameters: without `Action` and `Version`; sent in the body, where no log looks.
  ///   - unixSeconds: now.
  /// - Returns: the content of `<Action>Result`, an empty structure for an action without one.
  public func call(
    _ action: String, _ parameters: [(name: String, value: String)] = [], unixSeconds: Int64
  ) async throws(QueryClientError) -> QueryValue {
    var body: [UInt8] = []
    for (name, value) in [("Action", action), ("Version", version)] + parameters {
      if !body.isEmpty { body.append(UInt8(ascii: "&")) }
      body += PercentEncoding.query(name.utf8) + [UInt8(ascii: "=")] + PercentEncoding.query(value.utf8)
    }
    let fields = try signedFields(body, SigningDate(unixSeconds: unixSeconds))
    let answer: HTTPClientAnswer
    do throws(HTTPClientError) {
      answer = try await requester.answer(
        to: HTTPClientRequest(.post, "/", fields: fields, body: ByteBuffer(bytes: body)), timeout: timeout,
        answerBytesMax: Self.answerBytesMax)
    } catch {
      throw .server(error)
    }
    return try Self.result(action, status: answer.status, Array(answer.body.readableBytesView))
  }

  public func shutDown() { requester.shutDown() }

  func signedFields(_ body: [UInt8], _ date: SigningDate) throws(QueryClientError) -> [(name: String, value: String)] {
    let type = "application/x-www-form-urlencoded; charset=utf-8"
    let headers = [SignedHeader("content-type", ByteString(type)), SignedHeader("host", ByteString(host))]
    let result: Result<[UInt8], SigV4Error> = [UInt8(ascii: "/")].withUnsafeBufferPointer { path in
      do throws(SigV4Error) {
        var lines: [UInt8] = []
        try signer.sign(
          method: "POST", path: path, query: UnsafeBufferPointer(start: nil, count: 0), headers: headers,
          payload: .digest(SHA256Hasher.hash(body)), date: date, scratch: SigningScratch(), to: &lines)
        return .success(lines)
      } catch {
        return .failure(error)
      }
    }
    guard case .success(let lines) = result else { throw .unsignable }
    var fields = [(name: "content-type", value: type)]
    for line in String(decoding: lines, as: UTF8.self).split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else { throw .unsignable }
      fields.append((name: String(line[..<colon]), value: String(line[line.index(after: colon)...].drop { $0 == " " })))
    }
    return fields
  }

  static func result(_ action: String, status: UInt16, _ document: [UInt8]) throws(QueryClientError) -> QueryValue {
    guard let root = QueryValue.parse(document) else { throw .unreadableAnswer(status: status) }
    if status == 200, root.name == "\(action)Response" { return root.value["\(action)Result"] ?? .structure([]) }
    // S3's errors have no element around code and message.
    let error = root.name == "Error" ? root.value : root.value["Error"]
    guard status != 200, let code = error?["Code"]?.text, !code.isEmpty else {
      throw .unreadableAnswer(status: status)
    }
    throw .refused(status: status, code: printable(code), message: printable(error?["Message"]?.text ?? ""))
  }

  /// It goes to a terminal.
  private static func printable(_ text: String) -> String {
    let scalars = text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    return String(String.UnicodeScalarView(scalars.prefix(1000)))
  }
}
