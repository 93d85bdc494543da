public import HTTPWire

/// Why received bytes are not the response that was asked for. The connection ends.
public enum ResponseFault: Error, Equatable, Sendable {
  /// Not HTTP/1.1.
  case malformed(HTTPParseError)
  /// Bytes that belong to no response: a smuggled or doubled response, or an answer nobody asked for.
  case unexpectedBytes
}
