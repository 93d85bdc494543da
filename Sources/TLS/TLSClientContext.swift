import COpenSSL

/// How a client connects: whom it trusts and who it is. Immutable and shared by all its connections.
///
/// `@unchecked Sendable`: owns an `SSL_CTX` that is not changed after `init`.
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
  }
}
