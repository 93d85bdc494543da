import COpenSSL
import Synchronization

/// How a client connects: whom it trusts and who it is. Immutable and shared by all its connections.
///
/// `@unchecked Sendable`: owns an `SSL_CTX` that is not changed after `init`; the sessions have their own lock.
public final class TLSClientContext: @unchecked Sendable {
  public enum Verification: Sendable {
    /// The certificate must lead to the trust, and be for the server's name or address.
    case full
    /// Anyone can be the server. For tests, and for operators who write exactly this into their settings.
    case none
  }

  public struct Options: Sendable {
    public var minimumVersion = TLSHandshakeFacts.Version.tls12
    public var applicationProtocols = ["http/1.1"]
    public var verification = Verification.full
    public var trust = TLSTrust.system
    /// The client certificate, given when the server asks.
    public var identity: TLSIdentity?

    public init() {}
  }

  let owner: ContextOwner
  let verification: Verification

  /// Names past this many get no resumption.
  private static let sessionNamesMax = 1024
  private let sessions = Mutex<[String: ClientSessionSlot]>([:])

  public init(options: Options = Options()) throws(TLSError) {
    owner = try ContextOwner(isServer: false, minimumVersion: options.minimumVersion)
    verification = options.verification
    let context = owner.context
    let wire = try ContextOwner.wireForm(of: options.applicationProtocols)
    // Of all OpenSSL calls this one returns 0 for success.
    guard wire.isEmpty || SSL_CTX_set_alpn_protos(context, wire, UInt32(wire.count)) == 0 else {
      throw .libraryFailure(.takeLast())
    }
    switch options.verification {
    case .full:
      try options.trust.apply(to: context)
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    case .none:
      SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
    }
    if let identity = options.identity { try identity.use(in: context) }
    COpenSSL_SSL_CTX_set_session_cache_mode(context, Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL))
    SSL_CTX_sess_set_new_cb(context, clientSessionCallback)
  }

  /// A resumed session was verified for this name by this context: neither may differ.
  func sessionSlot(for name: ServerName) -> ClientSessionSlot {
    sessions.withLock { sessions in
      if let slot = sessions[name.text] { return slot }
      let slot = ClientSessionSlot()
      if sessions.count < Self.sessionNamesMax { sessions[name.text] = slot }
      return slot
    }
  }
}
