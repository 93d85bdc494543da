public import S3Model
import S3Wire

/// What a performed action answers.
public struct IAMResponse: Sendable {
  public let action: IAMAction
  /// The content of the result element; nil where the action has none.
  let result: [UInt8]?

  static let namespace: StaticString = "https://iam.amazonaws.com/doc/2010-05-08/"

  /// The document that AWS answers, in UTF-8, with status 200 and content type `text/xml`.
  public func xml(requestID: ByteString) -> [UInt8] {
    var writer = XMLWriter(reserving: 512 + (result?.count ?? 0))
    let name = action.operation
    writer.open(operation: name, "Response", namespace: Self.namespace)
    if let result {
      writer.open(operation: name, "Result")
      writer.fragment(result)
      writer.close(operation: name, "Result")
    }
    writer.open("ResponseMetadata")
    writer.element("RequestId", requestID)
    writer.close("ResponseMetadata")
    writer.close(operation: name, "Response")
    return writer.bytes
  }
}
