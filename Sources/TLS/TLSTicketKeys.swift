import COpenSSL
import Synchronization

/// The keys that seal session tickets. Contexts that share them resume each other's sessions, so a reload passes the
/// old context's keys on. They exist only in memory and rotate: who steals them opens at most two intervals' tickets.
public final class TLSTicketKeys: Sendable {
  /// The keys of one interval.
  struct Key: Sendable {
    let name: [UInt8]
    let cipher: [UInt8]
    let mac: [UInt8]

    init?() {
      var bytes = [UInt8](repeating: 0, count: 16 + 32 + 32)
      guard RAND_bytes(&bytes, Int32(bytes.count)) == 1 else { return nil }
      name = Array(bytes[..<16])
      cipher = Array(bytes[16..<48])
      mac = Array(bytes[48...])
    }
  }

  private struct Ring {
    var current: Key
    var previous: Key?
    var since: ContinuousClock.Instant
  }

  /// Longer than a ticket lives (two hours), so that the previous key opens every ticket that is still good.
  static let rotationInterval = Duration.seconds(6 * 3600)

  private let ring: Mutex<Ring>

  public init() throws(TLSError) {
    guard let key = Key() else { throw .libraryFailure(.takeLast()) }
    ring = Mutex(Ring(current: key, previous: nil, since: .now))
  }

  /// The key to seal with, rotated when it is due; nil when there is no randomness for a new one.
  func sealingKey(now: ContinuousClock.Instant) -> Key? {
    let (current, since) = ring.withLock { ($0.current, $0.since) }
    guard since.duration(to: now) >= Self.rotationInterval else { return current }
    guard let fresh = Key() else { return nil }
    return ring.withLock { ring in
      // Another thread may have been quicker.
      guard ring.since == since else { return ring.current }
      let isOld = since.duration(to: now) >= Self.rotationInterval * 2
      ring = Ring(current: fresh, previous: isOld ? nil : ring.current, since: now)
      return fresh
    }
  }

  func openingKey(name: UnsafeBufferPointer<UInt8>) -> (key: Key, isCurrent: Bool)? {
    let (current, previous) = ring.withLock { ($0.current, $0.previous) }
    if current.name.elementsEqual(name) { return (current, true) }
    if let previous, previous.name.elementsEqual(name) { return (previous, false) }
    return nil
  }
}

/// Seals (1 in `isSealing`) or opens a ticket with the keys of the context. Returns as
/// `SSL_CTX_set_tlsext_ticket_key_evp_cb` wants it: 1 done, 2 done but give a fresh ticket, 0 no such key, -1 error.
func ticketKeyCallback(
  _ ssl: OpaquePointer?, _ name: UnsafeMutablePointer<UInt8>?, _ iv: UnsafeMutablePointer<UInt8>?,
  _ cipher: OpaquePointer?, _ mac: OpaquePointer?, _ isSealing: Int32
) -> Int32 {
  guard let name, let iv, let argument = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), ticketKeysIndex) else { return -1 }
  let keys = Unmanaged<TLSTicketKeys>.fromOpaque(argument).takeUnretainedValue()
  let key: TLSTicketKeys.Key
  var answer: Int32 = 1
  if isSealing == 1 {
    guard let sealing = keys.sealingKey(now: .now), RAND_bytes(iv, 16) == 1 else { return -1 }
    key = sealing
    name.update(from: key.name, count: 16)
  } else {
    guard let opening = keys.openingKey(name: UnsafeBufferPointer(start: name, count: 16)) else { return 0 }
    key = opening.key
    if !opening.isCurrent { answer = 2 }
  }
  guard EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nil, key.cipher, iv, isSealing) == 1 else { return -1 }
  return COpenSSL_EVP_MAC_CTX_set_key_sha256(mac, key.mac, key.mac.count) == 1 ? answer : -1
}

/// Where an `SSL_CTX` points to its keys. Index 0 is the one OpenSSL keeps for the application.
let ticketKeysIndex: Int32 = 0
