import COpenSSL

/// scrypt (RFC 7914): a password to a key, at a cost in time and memory that guesses pay too.
///
/// Takes tens of milliseconds by design: never on an event loop.
public enum Scrypt {
  /// - `blocks`: N, a power of two; memory is 128 · N · r bytes.
  public struct Cost: Hashable, Sendable {
    public var blocks: UInt64
    public var blockSize: UInt64
    public var parallelism: UInt64

    public init(blocks: UInt64, blockSize: UInt64, parallelism: UInt64) {
      self.blocks = blocks
      self.blockSize = blockSize
      self.parallelism = parallelism
    }

    /// 32 MiB. Source: OWASP, "Password Storage Cheat Sheet": N = 2^15, r = 8, p = 3.
    public static let standard = Cost(blocks: 1 << 15, blockSize: 8, parallelism: 3)
    static let memoryMax: UInt64 = 1 << 27
  }

  /// - Parameter count: bytes wanted.
  /// - Throws: `unavailable` for a cost beyond 128 MiB or one that is none.
  public static func derive(
    _ password: [UInt8], salt: [UInt8], cost: Cost = .standard, count: Int = 32
  ) throws(CryptographyError) -> [UInt8] {
    var isDone = false
    let key = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      isDone = password.withUnsafeBytes { password in
        EVP_PBE_scrypt(
          password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count, cost.blocks,
          cost.blockSize, cost.parallelism, Cost.memoryMax + (1 << 20), buffer.baseAddress, count) == 1
      }
      if !isDone { buffer.initialize(repeating: 0) }
      initialized = count
    }
    guard isDone else { throw .unavailable }
    return key
  }
}
