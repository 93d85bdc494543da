/// The `<ErrorResponse>` document of the query protocol, which STS and IAM speak.
public struct QueryErrorDocument: Sendable {
  public enum Service: Sendable {
    case sts, iam

    var namespace: StaticString {
      switch self {
      case .sts: "https://sts.amazonaws.com/doc/2011-06-15/"
      case .iam: "https://iam.amazonaws.com/doc/2010-05-08/"
      }
    }
  }

  public var service: Service
  public var code: String
  public var message: String
  /// `Sender` for the caller's fault, else `Receiver`.
  public var isSendersFault: Bool
  public var requestID: String

  public init(service: Service, code: String, message: String, isSendersFault: Bool, requestID: String) {
    self.service = service
    self.code = code
    self.message = message
    self.isSendersFault = isSendersFault
    self.requestID = requestID
  }

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 512)
    writer.open("ErrorResponse", namespace: service.namespace)
    writer.open("Error")
    writer.element("Type", isSendersFault ? "Sender" as StaticString : "Receiver")
    writer.element("Code", code)
    writer.element("Message", message)
    writer.close("Error")
    writer.element("RequestId", requestID)
    writer.close("ErrorResponse")
    return writer.bytes
  }
}
