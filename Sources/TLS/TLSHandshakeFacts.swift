/// Sent through the pipeline as a user event when the handshake is done, before any plaintext.
public struct TLSHandshakeFacts: Sendable, Equatable {
  public enum Version: Sendable { case tls12, tls13 }

  public let version: Version
  /// OpenSSL's name, such as `TLS_AES_128_GCM_SHA256`.
  public let cipherSuite: String
  /// From ALPN (RFC 7301), such as `http/1.1`; nil when the peer did not offer any.
  public let applicationProtocol: String?
  /// The name the client asked for (RFC 6066 section 3), as it sent it: a claim, not checked against anything.
  public let serverName: String?
  public let isResumed: Bool
  /// The peer's certificates; nil when it gave none. A client that gave one is never resumed, so on the server this is
  /// always from this connection's own handshake.
  public let peer: TLSPeer?
}

/// The certificates that the peer proved to own (the first one's key), and whether they verify.
public struct TLSPeer: Sendable, Equatable {
  public enum Verification: Sendable, Equatable {
    case trusted
    /// OpenSSL's `X509_V_ERR_…` code and text.
    case untrusted(code: Int, reason: String)
  }

  /// Certificates of a chain that are kept; nobody's is longer.
  static let chainCountMax = 10

  /// DER (X.509), leaf first, as the peer sent them.
  public let chain: [[UInt8]]
  /// Against the trust given to the context. On the server anything but `.trusted` must count as no certificate.
  public let verification: Verification
}
