import Backend
import HTTPClient
import HTTPWire

/// What went wrong between Martlet and the store, before S3 comes into it.
enum UpstreamFailure: Error, Equatable {
  /// The store closed the connection, or it broke.
  case connectionClosed
  /// No connection could be made: refused, unreachable, no such name, TLS handshake failed. The text is for the log.
  case connectFailed(String)
  /// The connection broke with an error. The text is for the log.
  case connectionFailed(String)
  case timedOut(Timeout)
  /// More requests wait for a connection than the settings allow.
  case queueFull
  /// Not HTTP/1.1.
  case malformed(HTTPParseError)
  /// Bytes that belong to no response: a smuggled or doubled response, or an answer nobody asked for.
  case unexpectedBytes

  enum Timeout: Equatable {
    /// Waiting for a free connection.
    case queue
    /// From the request's last byte to the response head.
    case response
    /// Between two pieces of body, either way.
    case idle
  }
}

extension UpstreamFailure {
  init(_ fault: ResponseFault) {
    switch fault {
    case .malformed(let error): self = .malformed(error)
    case .unexpectedBytes: self = .unexpectedBytes
    }
  }

  /// For the log.
  var reason: String {
    switch self {
    case .connectionClosed: "the store closed the connection"
    case .connectFailed(let reason): "cannot connect: \(reason)"
    case .connectionFailed(let reason): "the connection broke: \(reason)"
    case .timedOut(.queue): "no connection became free in time"
    case .timedOut(.response): "no response in time"
    case .timedOut(.idle): "no progress in time"
    case .queueFull: "too many requests wait for a connection"
    case .malformed(let error): "not HTTP/1.1: \(error)"
    case .unexpectedBytes: "bytes that belong to no response"
    }
  }

  var asBackendFailure: BackendFailure {
    switch self {
    case .connectionClosed, .connectFailed, .connectionFailed, .queueFull, .timedOut(.queue):
      .unavailable(reason: reason)
    case .timedOut(.response), .timedOut(.idle): .timedOut
    case .malformed, .unexpectedBytes: .malformedResponse(reason: reason)
    }
  }
}
