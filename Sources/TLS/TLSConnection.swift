import COpenSSL
import NIOCore

/// Owns one `SSL`: bytes in, bytes out, no channel. Belongs to one event loop, as its handler does.
final class TLSConnection {
  enum HandshakeOutcome {
    case needsMore
    case complete
    case failed(TLSError)
  }

  enum ReadOutcome {
    /// All input is used up; more plaintext needs more ciphertext.
    case drained
    /// The plaintext buffer is full; call again with another one.
    case bufferFull
    /// The peer will send nothing more.
    case closeNotify
    case failed(TLSError)
  }

  enum WriteOutcome {
    case sealed
    case failed(TLSError)
  }

  let ssl: OpaquePointer
  private let wire: UnsafeMutablePointer<WireBuffers>

  /// Bytes that OpenSSL has taken but not yet given back as plaintext.
  private var held = 0

  /// - Parameter context: an `SSL_CTX`; `SSL` keeps it alive.
  init(context: OpaquePointer, isServer: Bool) throws(TLSError) {
    guard let method = wireMethod, let ssl = SSL_new(context) else { throw .libraryFailure(.takeLast()) }
    guard let bio = BIO_new(method) else {
      SSL_free(ssl)
      throw .libraryFailure(.takeLast())
    }
    wire = .allocate(capacity: 1)
    wire.initialize(to: WireBuffers())
    BIO_set_data(bio, wire)
    BIO_set_init(bio, 1)
    SSL_set_bio(ssl, bio, bio)
    if isServer { SSL_set_accept_state(ssl) } else { SSL_set_connect_state(ssl) }
    self.ssl = ssl
  }

  deinit {
    SSL_free(ssl)
    wire.pointee.freeSpill()
    wire.deinitialize(count: 1)
    wire.deallocate()
  }

  /// Goes on with the handshake. Check `hasOutput` afterwards, whatever the outcome: there may be an alert to send.
  func handshake(from ciphertext: inout ByteBuffer) -> HandshakeOutcome {
    let code = lend(&ciphertext) { SSL_do_handshake(ssl) }
    if code == 1 { return .complete }
    if wire.pointee.isStarved { return .needsMore }
    let result = SSL_get_verify_result(ssl)
    // On the server, a client certificate's result never fails the handshake; so here it is the server's certificate.
    if result != Int(X509_V_OK), SSL_is_server(ssl) == 0, SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE {
      ERR_clear_error()
      let text = X509_verify_cert_error_string(result).map { String(cString: $0) } ?? "unknown"
      return .failed(.peerCertificateRejected(code: result, reason: text))
    }
    return .failed(.handshakeFailed(.takeLast()))
  }

  /// An upper bound for the plaintext in what OpenSSL holds and `ciphertextCount` bytes more.
  func plaintextBytesMax(ciphertextCount: Int) -> Int { held + ciphertextCount }

  /// Opens records into the writable bytes of `plaintext`, until these or the input are used up.
  /// - Precondition: `plaintext` has at least one writable byte.
  func read(from ciphertext: inout ByteBuffer, into plaintext: inout ByteBuffer) -> ReadOutcome {
    var outcome = ReadOutcome.drained
    let ssl = self.ssl
    let wire = self.wire
    let before = ciphertext.readableBytes
    var leftAtLastRecord = before + held
    _ = lend(&ciphertext) {
      plaintext.writeWithUnsafeMutableBytes(minimumWritableBytes: 1) { room in
        guard let base = room.baseAddress else { return 0 }
        var filled = 0
        repeat {
          var count = 0
          guard SSL_read_ex(ssl, base + filled, room.count - filled, &count) == 1 else {
            outcome = self.readFailure()
            return filled
          }
          filled += count
          leftAtLastRecord = wire.pointee.inputCount
          // Stopping here saves a call that would only find nothing to do.
          if leftAtLastRecord == 0, SSL_pending(ssl) == 0 { return filled }
        } while filled < room.count
        outcome = .bufferFull
        return filled
      }
    }
    held = leftAtLastRecord - ciphertext.readableBytes
    if case .bufferFull = outcome { held = Int(SSL_pending(ssl)) }
    return outcome
  }

  /// Not by `SSL_get_error`: that looks at the thread's error queue first, where any other user of OpenSSL may have left
  /// something, and clearing the queue before each call costs more than the rest of the call's bookkeeping. After a
  /// fatal error, alerts of the peer included, OpenSSL is "in init" again; after close_notify it is not.
  private func readFailure() -> ReadOutcome {
    if wire.pointee.isStarved { return .drained }
    if SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0, SSL_in_init(ssl) == 0 { return .closeNotify }
    return .failed(.connectionFailed(.takeLast()))
  }

  /// How many bytes `count` bytes of plaintext need once sealed, with room to spare for any suite.
  static func sealedBytesMax(plaintextCount count: Int) -> Int { count + (count / 16384 + 1) * 64 }

  /// Seals all of `plaintext` into records at the end of `output`.
  func write(_ plaintext: UnsafeRawBufferPointer, to output: inout ByteBuffer) -> WriteOutcome {
    guard let base = plaintext.baseAddress, plaintext.count > 0 else { return .sealed }
    let ssl = self.ssl
    let wire = self.wire
    var sealed = true
    output.writeWithUnsafeMutableBytes(
      minimumWritableBytes: Self.sealedBytesMax(plaintextCount: plaintext.count)
    ) { room in
      wire.pointee.output = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
      wire.pointee.outputRoom = room.count
      wire.pointee.outputCount = 0
      var done = 0
      while done < plaintext.count {
        var count = 0
        guard SSL_write_ex(ssl, base + done, plaintext.count - done, &count) == 1 else {
          sealed = false
          break
        }
        done += count
      }
      let made = wire.pointee.outputCount
      wire.pointee.output = nil
      wire.pointee.outputRoom = 0
      wire.pointee.outputCount = 0
      return made
    }
    if hasOutput { takeOutput(into: &output) }
    return sealed ? .sealed : .failed(.connectionFailed(.takeLast()))
  }

  /// Gives OpenSSL's record buffers back, about 34 KiB, unless part of a record is in them. It takes new ones when needed.
  func releaseBuffers() { _ = SSL_free_buffers(ssl) }

  /// Makes the close_notify alert; it is then in the output.
  func shutdown() {
    // The result says whether the peer's alert has come, too. A failure means that there is nothing left to tell.
    if SSL_shutdown(ssl) < 0 { ERR_clear_error() }
  }

  /// Whether the handshake or the reading of records made bytes that the peer must get.
  var hasOutput: Bool { wire.pointee.spillCount > 0 }

  func takeOutput(into output: inout ByteBuffer) {
    output.writeBytes(UnsafeRawBufferPointer(start: wire.pointee.spill, count: wire.pointee.spillCount))
    wire.pointee.freeSpill()
  }

  /// Lends the readable bytes of `ciphertext` to OpenSSL for the time of `body` and moves the reader index behind what
  /// it took.
  private func lend<Result>(_ ciphertext: inout ByteBuffer, _ body: () -> Result) -> Result {
    let wire = self.wire
    return ciphertext.readWithUnsafeReadableBytes { input in
      wire.pointee.input = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      wire.pointee.inputCount = input.count
      wire.pointee.isStarved = false
      let result = body()
      let taken = input.count - wire.pointee.inputCount
      wire.pointee.input = nil
      wire.pointee.inputCount = 0
      return (taken, result)
    }
  }
}

@available(*, unavailable)
extension TLSConnection: Sendable {}
