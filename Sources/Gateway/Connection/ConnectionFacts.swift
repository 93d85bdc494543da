import S3Model

/// What is known of a connection beside its bytes. Written by the handlers before HTTP, read by every exchange.
final class ConnectionFacts {
  /// The peer of the TCP connection, or what a trusted proxy's PROXY header named.
  var remoteAddress: IPAddress?
  /// ``remoteAddress`` as text, made once.
  var remoteText: String
  /// The TCP peer: what ``ConnectionLimiter`` counts and what `trusted_proxies` are matched with.
  let peer: IPAddress?
  /// Whether ``peer`` is in `trusted_proxies`.
  let isTrustedProxy: Bool
  /// Whether X-Forwarded-For counts: whoever speaks HTTP on this connection is a trusted proxy. A proxy that sends a
  /// PROXY header passes on the bytes of another, whose word counts only if that one is trusted too.
  var trustsForwardedFor: Bool
  /// Set by the TLS handler's event: `1.2` or `1.3`.
  var tlsVersion: StaticString?
  /// Certificates (DER, leaf first) that the client has proved to own the first of; not verified.
  var clientChain: [[UInt8]] = []
  /// Bytes come over TLS, always: there is no listener without it.
  let isSecure = true

  init(peer: IPAddress?, peerText: String, isTrustedProxy: Bool) {
    self.peer = peer
    self.isTrustedProxy = isTrustedProxy
    self.trustsForwardedFor = isTrustedProxy
    self.remoteAddress = peer
    self.remoteText = peerText
  }
}

@available(*, unavailable)
extension ConnectionFacts: Sendable {}
