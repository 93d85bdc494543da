/// Ends TLS on a server's connection; put it first in the pipeline. See `TLSHandler`.
public final class TLSServerHandler: TLSHandler {
  /// Its callbacks' arguments live here.
  private let server: TLSServerContext

  /// - Parameters:
  ///   - handshakeTimeout: from the start of the connection; afterwards `TLSError.handshakeTimedOut` is fired and the
  ///     channel closed.
  ///   - buffers: the event loop's.
  /// - Throws: `TLSError.libraryFailure` when OpenSSL has no memory for a connection.
  public init(
    context: TLSServerContext, handshakeTimeout: Duration = .seconds(10), buffers: TLSBuffers = TLSBuffers()
  ) throws(TLSError) {
    server = context
    super.init(
      connection: try TLSConnection(context: context.contexts[0].context, isServer: true),
      handshakeTimeout: handshakeTimeout, buffers: buffers)
  }
}
