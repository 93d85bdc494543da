public import HTTPWire
public import TLS

/// Why another server gave no answer. No case holds a header value or a body, where tokens travel.
public enum HTTPClientError: Error, Equatable, Sendable {
  // What was asked
  /// The target is not in origin form, or the field of this name cannot be sent as it is.
  case invalidTarget
  case invalidField(name: String)
  /// The certificate files cannot be used.
  case unusableTLS(TLSError)

  // Connecting
  /// Refused, unreachable, no such name, TLS handshake failed. The text is for the log.
  case connectFailed(reason: String)
  /// Every address of the name is one that the address filter refuses.
  case addressRefused
  /// The server did not accept connections a moment ago, and the next attempt is not due.
  case backingOff
  /// More requests wait for a connection than the limits allow.
  case queueFull

  // The answer
  /// The server closed the connection before the end of the answer.
  case connectionClosed
  /// The connection broke. The text is for the log.
  case connectionFailed(reason: String)
  case timedOut(Phase)
  case malformed(HTTPParseError)
  /// Bytes that belong to no answer.
  case unexpectedBytes
  /// Neither Content-Length nor chunks: an answer cut short would look complete.
  case answerWithoutLength
  case answerTooLarge(bytesMax: Int)

  // This side
  case cancelled
  case shutDown

  public enum Phase: Equatable, Sendable {
    /// No connection yet.
    case connection
    /// The request is on its way, the answer's head has not come.
    case head
    /// Inside the answer's body.
    case body
  }

  init(_ fault: ResponseFault) {
    switch fault {
    case .malformed(let error): self = .malformed(error)
    case .unexpectedBytes: self = .unexpectedBytes
    }
  }
}

extension HTTPClientError: CustomStringConvertible {
  /// For the log.
  public var description: String {
    switch self {
    case .invalidTarget: "a path that cannot be asked for"
    case .invalidField(let name): "a header that cannot be sent: `\(name)`"
    case .unusableTLS(let error): "the TLS files cannot be used: \(error)"
    case .connectFailed(let reason): "cannot connect: \(reason)"
    case .addressRefused: "the server's address is not allowed"
    case .backingOff: "the server does not accept connections"
    case .queueFull: "too many requests wait for a connection"
    case .connectionClosed: "the server closed the connection"
    case .connectionFailed(let reason): "the connection broke: \(reason)"
    case .timedOut(.connection): "no connection in time"
    case .timedOut(.head): "no answer in time"
    case .timedOut(.body): "the answer did not end in time"
    case .malformed(let error): "not HTTP/1.1: \(error)"
    case .unexpectedBytes: "bytes that belong to no answer"
    case .answerWithoutLength: "an answer without a length"
    case .answerTooLarge(let bytesMax): "an answer above \(bytesMax) bytes"
    case .cancelled: "cancelled"
    case .shutDown: "shut down"
    }
  }
}
