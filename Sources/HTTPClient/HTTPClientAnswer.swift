public import HTTPWire
public import NIOCore

/// Status and header fields of an answer. Redirects are answers like others: nobody follows them.
public struct HTTPAnswerHead: Sendable {
  /// 200...599.
  public let status: UInt16
  public let fields: HeaderFields
  /// Content-Length, nil for chunks.
  public let contentLength: UInt64?

  init(_ head: ResponseHead) {
    status = head.status
    fields = head.fields
    contentLength = head.contentLength
  }
}

/// A whole answer.
public struct HTTPClientAnswer: Sendable {
  public let head: HTTPAnswerHead
  public let body: ByteBuffer

  public var status: UInt16 { head.status }
  public var fields: HeaderFields { head.fields }
}

/// What a streamed answer consists of, in order; `ended` comes last, once, and alone when nothing came.
public enum HTTPStreamEvent: Sendable {
  case head(HTTPAnswerHead)
  /// At least one byte.
  case body(ByteBuffer)
  /// Complete, or why not.
  case ended(Result<Void, HTTPClientError>)
}
