import COpenSSL

/// Where OpenSSL reads ciphertext from and writes it to during one call: raw memory of `ByteBuffer`s, lent for that
/// call. There is no queue between the records and the buffers, so each byte is copied once each way (OpenSSL decrypts
/// in a buffer of its own).
///
/// Writing never blocks: what does not fit the lent memory goes to `spill`. That is only the handshake, alerts and
/// tickets; for application data the caller lends enough. Hence a call never has to be repeated with the same arguments.
struct WireBuffers {
  var input: UnsafePointer<UInt8>?
  var inputCount = 0
  /// Set when OpenSSL asked for more input than there was. It then gives up the call at once, so a failed call that did
  /// so only waits, and any other has really failed.
  var isStarved = false

  var output: UnsafeMutablePointer<UInt8>?
  var outputRoom = 0
  var outputCount = 0

  var spill: UnsafeMutablePointer<UInt8>?
  var spillCapacity = 0
  var spillCount = 0

  mutating func append(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
    // Once something has spilled, what follows spills too: the order of records must hold.
    let direct = spillCount == 0 ? max(0, min(count, outputRoom - outputCount)) : 0
    if direct > 0, let output {
      (output + outputCount).update(from: bytes, count: direct)
      outputCount += direct
    }
    return direct == count || spillOver(bytes + direct, count: count - direct)
  }

  private mutating func spillOver(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
    if spillCount + count > spillCapacity {
      let capacity = max(2048, (spillCount + count) * 2)
      guard let grown = CRYPTO_realloc(spill, capacity, #file, #line) else { return false }
      spill = grown.assumingMemoryBound(to: UInt8.self)
      spillCapacity = capacity
    }
    guard let spill else { return false }
    (spill + spillCount).update(from: bytes, count: count)
    spillCount += count
    return true
  }

  /// Idle connections keep no memory for this.
  mutating func freeSpill() {
    CRYPTO_free(spill, #file, #line)
    (spill, spillCapacity, spillCount) = (nil, 0, 0)
  }
}

/// The BIO method whose data is a `WireBuffers`; made once, never freed. Nil when OpenSSL has no memory.
nonisolated(unsafe) let wireMethod: OpaquePointer? = {
  guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "martlet") else { return nil }
  guard
    BIO_meth_set_read_ex(method, wireRead) == 1, BIO_meth_set_write_ex(method, wireWrite) == 1,
    BIO_meth_set_ctrl(method, wireControl) == 1
  else { return nil }
  return method
}()

private func wireRead(
  _ bio: OpaquePointer?, _ target: UnsafeMutablePointer<CChar>?, _ room: Int, _ taken: UnsafeMutablePointer<Int>?
) -> Int32 {
  guard let bio, let target, let taken, let data = BIO_get_data(bio) else { return 0 }
  let wire = data.assumingMemoryBound(to: WireBuffers.self)
  COpenSSL_BIO_clear_retry_flags(bio)
  let count = min(room, wire.pointee.inputCount)
  guard count > 0, let input = wire.pointee.input else {
    taken.pointee = 0
    wire.pointee.isStarved = true
    COpenSSL_BIO_set_retry_read(bio)
    return 0
  }
  UnsafeMutableRawPointer(target).copyMemory(from: input, byteCount: count)
  wire.pointee.input = input + count
  wire.pointee.inputCount -= count
  taken.pointee = count
  return 1
}

private func wireWrite(
  _ bio: OpaquePointer?, _ source: UnsafePointer<CChar>?, _ count: Int, _ taken: UnsafeMutablePointer<Int>?
) -> Int32 {
  guard let bio, let source, let taken, let data = BIO_get_data(bio) else { return 0 }
  COpenSSL_BIO_clear_retry_flags(bio)
  let bytes = UnsafeRawPointer(source).assumingMemoryBound(to: UInt8.self)
  guard data.assumingMemoryBound(to: WireBuffers.self).pointee.append(bytes, count: count) else { return 0 }
  taken.pointee = count
  return 1
}

private func wireControl(
  _ bio: OpaquePointer?, _ command: Int32, _ number: Int, _ pointer: UnsafeMutableRawPointer?
) -> Int {
  // Writes are never held back, so a flush is always done. Everything else (end of file, kernel TLS) is no.
  command == BIO_CTRL_FLUSH ? 1 : 0
}
