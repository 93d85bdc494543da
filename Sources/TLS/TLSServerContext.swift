import COpenSSL

/// What a server offers. Immutable and shared by all its connections; to change anything, make another one.
///
/// `@unchecked Sendable`: owns `SSL_CTX`s that are not changed after `init`.
public final class TLSServerContext: @unchecked Sendable {
  public enum ClientCertificates: Sendable, Equatable {
    /// Never asked for.
    case ignored
    /// Asked for but not required, and one that does not verify does not fail the handshake: `TLSPeer.verification`
    /// says what it is worth.
    case requested(trust: TLSTrust)
    /// Asked for but not required, and taken unverified: `TLSPeer.verification` is never `.trusted`, the chain is for
    /// whoever verifies it later. The client only proves that it has the key.
    /// - Parameter authorities: PEM files, of whose certificates clients are told the names, so that those with several
    ///   certificates find the right one. A file that cannot be read is left out: it must not end the listener.
    case recorded(authorities: [String])
  }

  public struct Options: Sendable, Equatable {
    public var minimumVersion = TLSHandshakeFacts.Version.tls12
    /// In order of preference. A client that offers protocols but none of these is refused (RFC 7301 section 3.2).
    public var applicationProtocols = ["http/1.1"]
    public var clientCertificates = ClientCertificates.ignored

    public init() {}
  }

  let identities: [TLSIdentity]
  let contexts: [ContextOwner]
  private let ticketKeys: TLSTicketKeys
  private let applicationProtocols: UnsafeMutableBufferPointer<UInt8>
  private let names: ServerNameTable

  /// - Parameters:
  ///   - identities: at least one. The client's server name picks among them; the first stands in when none fits.
  ///   - ticketKeys: share them with the context that this one replaces.
  public init(identities: [TLSIdentity], options: Options = Options(), ticketKeys: TLSTicketKeys) throws(TLSError) {
    guard !identities.isEmpty else { throw .noCertificate }
    let wire = try ContextOwner.wireForm(of: options.applicationProtocols)
    var contexts: [ContextOwner] = []
    for identity in identities {
      let owner = try ContextOwner(isServer: true, minimumVersion: options.minimumVersion)
      try identity.use(in: owner.context)
      contexts.append(owner)
    }
    self.identities = identities
    self.contexts = contexts
    self.ticketKeys = ticketKeys
    names = ServerNameTable(zip(identities, contexts).map { ($0.dnsNames, $1.context) })
    applicationProtocols = .allocate(capacity: wire.count)
    _ = applicationProtocols.initialize(from: wire)
    for owner in contexts { try prepare(owner.context, options) }
  }

  deinit { applicationProtocols.deallocate() }

  private func prepare(_ context: OpaquePointer, _ options: Options) throws(TLSError) {
    // The callbacks' arguments are not retained: a handler keeps this object for as long as its connection lives.
    let argument = Unmanaged.passUnretained(self).toOpaque()
    COpenSSL_SSL_CTX_set_tlsext_servername_callback(context, serverNameCallback, argument)
    if !applicationProtocols.isEmpty { SSL_CTX_set_alpn_select_cb(context, protocolCallback, argument) }

    // Tickets only: no session memory in the server.
    COpenSSL_SSL_CTX_set_session_cache_mode(context, Int(SSL_SESS_CACHE_OFF))
    let sessionContext = Array("martlet".utf8)
    guard
      SSL_CTX_set_session_id_context(context, sessionContext, UInt32(sessionContext.count)) == 1,
      SSL_CTX_set_ex_data(context, ticketKeysIndex, Unmanaged.passUnretained(ticketKeys).toOpaque()) == 1,
      SSL_CTX_set_tlsext_ticket_key_evp_cb(context, ticketKeyCallback) == 1,
      SSL_CTX_set_session_ticket_cb(context, nil, ticketOpenedCallback, nil) == 1,
      // One ticket per TLS 1.3 handshake: S3 clients reuse connections more than they resume.
      SSL_CTX_set_num_tickets(context, 1) == 1
    else { throw .libraryFailure(.takeLast()) }
    SSL_CTX_set_timeout(context, 7200)

    switch options.clientCertificates {
    case .ignored:
      SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
    case .requested(let trust):
      try trust.apply(to: context)
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
      SSL_CTX_set_cert_verify_callback(context, clientCertificateCallback, nil)
    case .recorded(let authorities):
      for path in authorities { Self.announce(path, in: context) }
      COpenSSL_SSL_CTX_set_max_cert_list(context, Self.clientChainBytesMax)
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
      SSL_CTX_set_cert_verify_callback(context, unverifiedCertificateCallback, nil)
    }
  }

  /// A client's whole chain; ten long certificates fit.
  private static let clientChainBytesMax = 65_536

  private static func announce(_ path: String, in context: OpaquePointer) {
    do throws(TLSError) {
      for certificate in try PEM.certificates(try FileAccess.read(path)) {
        _ = SSL_CTX_add_client_CA(context, certificate)
        X509_free(certificate)
      }
    } catch {
      ERR_clear_error()
    }
  }

  fileprivate func select(for name: UnsafePointer<CChar>) -> OpaquePointer? {
    names.context(for: name)
  }

  fileprivate func selectProtocol(
    _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ chosenCount: UnsafeMutablePointer<UInt8>,
    offered: UnsafePointer<UInt8>, _ offeredCount: UInt32
  ) -> Int32 {
    var pointer: UnsafeMutablePointer<UInt8>?
    let result = SSL_select_next_proto(
      &pointer, chosenCount, applicationProtocols.baseAddress, UInt32(applicationProtocols.count), offered,
      offeredCount)
    guard result == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    chosen.pointee = UnsafePointer(pointer)
    return SSL_TLSEXT_ERR_OK
  }
}

private func serverNameCallback(
  _ ssl: OpaquePointer?, _ alert: UnsafeMutablePointer<Int32>?, _ argument: UnsafeMutableRawPointer?
) -> Int32 {
  guard let argument, let name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) else {
    return SSL_TLSEXT_ERR_NOACK
  }
  let server = Unmanaged<TLSServerContext>.fromOpaque(argument).takeUnretainedValue()
  // A name we do not know still gets the default certificate: the client decides whether that will do.
  guard let context = server.select(for: name) else { return SSL_TLSEXT_ERR_NOACK }
  if context != SSL_get_SSL_CTX(ssl), SSL_set_SSL_CTX(ssl, context) == nil { return SSL_TLSEXT_ERR_ALERT_FATAL }
  return SSL_TLSEXT_ERR_OK
}

private func protocolCallback(
  _ ssl: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
  _ chosenCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ offeredCount: UInt32,
  _ argument: UnsafeMutableRawPointer?
) -> Int32 {
  guard let chosen, let chosenCount, let offered, let argument else { return SSL_TLSEXT_ERR_ALERT_FATAL }
  let server = Unmanaged<TLSServerContext>.fromOpaque(argument).takeUnretainedValue()
  return server.selectProtocol(chosen, chosenCount, offered: offered, offeredCount)
}

/// Verifies as OpenSSL does and keeps the result, but lets the handshake go on: what the certificate is worth is for
/// whoever asks for it, and a client that has one for another purpose must still get in.
private func clientCertificateCallback(_ store: OpaquePointer?, _ argument: UnsafeMutableRawPointer?) -> Int32 {
  guard let store else { return 0 }
  if X509_verify_cert(store) != 1 {
    // OpenSSL promises a code here; a chain that failed without one must never count as verified.
    if X509_STORE_CTX_get_error(store) == X509_V_OK { X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED) }
    ERR_clear_error()
  }
  return 1
}

/// Takes any certificate and remembers that nobody looked at it.
private func unverifiedCertificateCallback(_ store: OpaquePointer?, _ argument: UnsafeMutableRawPointer?) -> Int32 {
  guard let store else { return 0 }
  X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION)
  return 1
}

/// A ticket holds the client's leaf and an old verdict, but no chain. Clients with certificates handshake in full, so
/// that both are fresh.
private func ticketOpenedCallback(
  _ ssl: OpaquePointer?, _ session: OpaquePointer?, _ name: UnsafePointer<UInt8>?, _ nameCount: Int,
  _ status: SSL_TICKET_STATUS, _ argument: UnsafeMutableRawPointer?
) -> SSL_TICKET_RETURN {
  switch Int32(status) {
  case SSL_TICKET_SUCCESS, SSL_TICKET_SUCCESS_RENEW:
    if let session, SSL_SESSION_get0_peer(session) != nil { return SSL_TICKET_RETURN(SSL_TICKET_RETURN_IGNORE_RENEW) }
    return SSL_TICKET_RETURN(
      Int32(status) == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW)
  case SSL_TICKET_EMPTY, SSL_TICKET_NO_DECRYPT:
    return SSL_TICKET_RETURN(SSL_TICKET_RETURN_IGNORE_RENEW)
  default:
    return SSL_TICKET_RETURN(SSL_TICKET_RETURN_ABORT)
  }
}
