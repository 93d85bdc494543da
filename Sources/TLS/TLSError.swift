/// Why a handshake, a connection or the loading of certificates failed. No case ever holds key material or plaintext.
public enum TLSError: Error, Equatable, Sendable {
  // Connections
  /// The peer and this side did not agree, or the peer broke the protocol before the handshake was done.
  case handshakeFailed(OpenSSLReason)
  /// The peer's certificate does not verify: OpenSSL's `X509_V_ERR_…` code and its text.
  case peerCertificateRejected(code: Int, reason: String)
  case handshakeTimedOut
  /// The peer closed the connection before the handshake was done.
  case handshakeInterrupted
  /// The peer closed the connection without close_notify (RFC 8446 section 6.1): what was received may be cut short.
  case truncated
  /// The connection broke after the handshake: a bad record, or an alert from the peer.
  case connectionFailed(OpenSSLReason)
  /// Written to a connection that this side has closed for output.
  case outputClosed
  case invalidServerName

  // Loading
  case unreadableFile(path: String, errno: Int32)
  case unwritableFile(path: String, errno: Int32)
  /// Larger than any certificate or key file should be.
  case fileTooLarge(path: String, bytesMax: Int)
  case noCertificate
  case malformedCertificate
  case malformedRevocationList
  case malformedPrivateKey
  /// Encrypted keys are not asked about on a terminal; they are refused.
  case encryptedPrivateKey
  case keyDoesNotMatchCertificate
  /// Names the protocol list entry that is empty or longer than 255 bytes.
  case invalidApplicationProtocol(String)
  /// The folder holds only one of the authority's two files, or they do not belong together.
  case incompleteAuthority(folder: String)
  case invalidSubjectName(String)

  // OpenSSL itself
  case fipsUnavailable(OpenSSLReason)
  /// A call that fails only when memory is short or OpenSSL is misconfigured.
  case libraryFailure(OpenSSLReason)
}
