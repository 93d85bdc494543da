import COpenSSL

/// Speaks TLS to a server; put it first in the pipeline. See `TLSHandler`.
public final class TLSClientHandler: TLSHandler {
  private let client: TLSClientContext
  private let session: ClientSessionSlot

  /// - Parameters:
  ///   - serverName: the DNS name or IP address that the server's certificate must be for. A DNS name is also sent as
  ///     SNI (RFC 6066 section 3 has none for addresses).
  ///   - handshakeTimeout: as on the server.
  ///   - buffers: the event loop's.
  /// - Throws: `TLSError.invalidServerName` when it is neither, whether it would be verified or not.
  public init(
    context: TLSClientContext, serverName: String, handshakeTimeout: Duration = .seconds(10),
    buffers: TLSBuffers = TLSBuffers()
  ) throws(TLSError) {
    let name = try ServerName(serverName)
    client = context
    session = context.sessionSlot(for: name)
    let connection = try TLSConnection(context: context.owner.context, isServer: false)
    try connection.expect(name, verified: context.verification == .full)
    guard SSL_set_ex_data(connection.ssl, clientSessionIndex, Unmanaged.passUnretained(session).toOpaque()) == 1 else {
      throw .libraryFailure(.takeLast())
    }
    session.resume(connection.ssl)
    super.init(connection: connection, handshakeTimeout: handshakeTimeout, buffers: buffers)
  }
}

extension TLSConnection {
  fileprivate func expect(_ name: ServerName, verified: Bool) throws(TLSError) {
    if !name.isAddress {
      guard COpenSSL_SSL_set_tlsext_host_name(ssl, name.text) == 1 else { throw .libraryFailure(.takeLast()) }
    }
    guard verified else { return }
    guard let parameters = SSL_get0_param(ssl) else { throw .libraryFailure(.takeLast()) }
    X509_VERIFY_PARAM_set_hostflags(
      parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
    let isSet =
      name.isAddress
      ? X509_VERIFY_PARAM_set1_ip_asc(parameters, name.text)
      : X509_VERIFY_PARAM_set1_host(parameters, name.text, name.text.utf8.count)
    guard isSet == 1 else { throw .libraryFailure(.takeLast()) }
  }
}
