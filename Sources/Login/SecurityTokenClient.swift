import HTTPClient
import HTTPWire
public import NIOCore
public import S3Model
import S3Wire

/// Asks a gateway's STS for credentials on the word of an identity provider: the requests that nobody signs.
public struct SecurityTokenClient: Sendable {
  private let requester: HTTPRequester
  private let timeout: Duration

  /// - Parameters:
  ///   - url: of the gateway.
  ///   - certificateAuthorityFile: PEM; nil for the system's authorities.
  ///   - clientCertificateFile: PEM chain, with its key in the other file: proof for AssumeRoleWithCertificate.
  public init(
    _ url: HTTPURL, certificateAuthorityFile: String?, clientCertificateFile: String? = nil,
    clientKeyFile: String? = nil, timeout: Duration = .seconds(30), group: any EventLoopGroup
  ) throws(LoginError) {
    do throws(HTTPClientError) {
      let endpoint = try HTTPEndpoint(
        url,
        trust: .init(
          certificateAuthorityFile: certificateAuthorityFile, clientCertificateFile: clientCertificateFile,
          clientKeyFile: clientKeyFile))
      requester = HTTPRequester(endpoint, group: group.any())
    } catch {
      throw .server(error)
    }
    self.timeout = timeout
  }

  /// - Parameters:
  ///   - parameters: of the action, without `Version`; sent in the body, where no log looks.
  ///   - authorization: the value of the header of that name, where that is the proof.
  public func credentials(
    _ parameters: [(name: String, value: String)], authorization: String? = nil
  ) async throws(LoginError) -> TemporaryCredentials {
    let form = FormText.encode(parameters + [("Version", "2011-06-15")])
    var fields = [(name: "Content-Type", value: "application/x-www-form-urlencoded")]
    if let authorization { fields.append((name: "Authorization", value: authorization)) }
    let answer: HTTPClientAnswer
    do throws(HTTPClientError) {
      answer = try await requester.answer(
        to: HTTPClientRequest(.post, "/", fields: fields, body: ByteBuffer(bytes: form)), timeout: timeout,
        answerBytesMax: 65_536)
    } catch {
      throw .server(error)
    }
    let document = Array(answer.body.readableBytesView)
    if answer.status == 200, let credentials = TemporaryCredentials(answer: document) { return credentials }
    guard answer.status != 200, let refusal = QueryRefusal(document) else {
      throw .unreadableAnswer(status: answer.status)
    }
    throw .refused(code: refusal.code, message: refusal.message)
  }

  public func shutDown() { requester.shutDown() }
}

/// `application/x-www-form-urlencoded`, encoded as AWS SDKs do.
enum FormText {
  static func encode(_ parameters: [(name: String, value: String)]) -> [UInt8] {
    var form: [UInt8] = []
    for (name, value) in parameters {
      if !form.isEmpty { form.append(UInt8(ascii: "&")) }
      form += PercentEncoding.query(name.utf8) + [UInt8(ascii: "=")] + PercentEncoding.query(value.utf8)
    }
    return form
  }

  static func query(_ parameters: [(name: String, value: String)]) -> String {
    String(decoding: encode(parameters), as: UTF8.self)
  }
}

/// The error of a query API: `ErrorResponse/Error` with `Code` and `Message`.
struct QueryRefusal {
  private(set) var code = ""
  private(set) var message = ""

  init?(_ document: [UInt8]) {
    do throws(XMLFault) {
      var reader = try XMLReader(document, limits: XMLLimits(documentBytesMax: 65_536, elementsMax: 64))
      try reader.enterRoot()
      // S3's errors have no element around code and message.
      if reader.isElement("Error") { try read(&reader) } else { try search(&reader) }
    } catch {
      return nil
    }
    guard !code.isEmpty else { return nil }
    // It goes to a terminal.
    code = Self.printable(code)
    message = Self.printable(message)
  }

  private mutating func search(_ reader: inout XMLReader) throws(XMLFault) {
    while try reader.nextChild() {
      if reader.isElement("Error") { try read(&reader) } else { try reader.skip() }
    }
  }

  private mutating func read(_ reader: inout XMLReader) throws(XMLFault) {
    while try reader.nextChild() {
      switch reader.name {
      case "Code": code = String(decoding: try reader.text(), as: UTF8.self)
      case "Message": message = String(decoding: try reader.text(), as: UTF8.self)
      default: try reader.skip()
      }
    }
  }

  static func printable(_ text: String) -> String {
    String(
      text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }.prefix(1000).map(
        Character.init))
  }
}
