import COpenSSL
import Synchronization

/// The newest session with one server name, to resume from. Shared by the connections to that name.
final class ClientSessionSlot: Sendable {
  /// Owns one reference. `@unchecked Sendable`: OpenSSL counts references atomically and does not change a session
  /// once it has handed it over.
  private struct Session: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  private let newest = Mutex<Session?>(nil)

  deinit {
    if let session = newest.withLock({ $0 }) { SSL_SESSION_free(session.pointer) }
  }

  /// Takes over one reference.
  func store(_ pointer: OpaquePointer) {
    let session = Session(pointer: pointer)
    let old = newest.withLock { newest in
      let old = newest
      newest = session
      return old
    }
    if let old { SSL_SESSION_free(old.pointer) }
  }

  /// Takes the session out: a ticket is used once, so that connections cannot be linked by it (RFC 8446, C.4), and one
  /// that the server does not accept is not tried again.
  func resume(_ ssl: OpaquePointer) {
    let session = newest.withLock { newest in
      let session = newest
      newest = nil
      return session
    }
    guard let session else { return }
    // A session that cannot be resumed means a full handshake, nothing worse.
    if SSL_set_session(ssl, session.pointer) != 1 { ERR_clear_error() }
    SSL_SESSION_free(session.pointer)
  }
}

/// Where an `SSL` of a client points to its slot. Index 0 is the one OpenSSL keeps for the application.
let clientSessionIndex: Int32 = 0

/// OpenSSL has a new session (with TLS 1.3, one per ticket). Returning 1 keeps the reference.
func clientSessionCallback(_ ssl: OpaquePointer?, _ session: OpaquePointer?) -> Int32 {
  guard let session, let argument = SSL_get_ex_data(ssl, clientSessionIndex) else { return 0 }
  Unmanaged<ClientSessionSlot>.fromOpaque(argument).takeUnretainedValue().store(session)
  return 1
}
