/// What ties a token to the server's certificate, and so to connections with this gateway and nobody in between.
public struct ChannelBinding: Hashable, Sendable {
  let bytes: [UInt8]

  /// - Parameter certificateDigest: of the server's certificate in DER, with the hash of its signature algorithm, or
  ///   SHA-256 in place of MD5 and SHA-1. Source: RFC 5929 section 4.1, tls-server-end-point.
  public init(certificateDigest: [UInt8]) {
    bytes = Array("tls-server-end-point:".utf8) + certificateDigest
  }
}
