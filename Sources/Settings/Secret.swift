import Glibc

/// Bytes that must not show: however this is printed, logged or reflected upon, it says `<redacted>`.
///
/// The bytes are erased when the last copy goes.
public struct Secret: Sendable {
  /// Unchecked: the bytes are written before `init` returns and only read afterwards.
  private final class Storage: @unchecked Sendable {
    let start: UnsafeMutablePointer<UInt8>
    let count: Int

    init(_ bytes: some Collection<UInt8>) {
      count = bytes.count
      start = .allocate(capacity: max(1, bytes.count))
      for (index, byte) in bytes.enumerated() { start[index] = byte }
    }

    deinit {
      explicit_bzero(start, count)
      start.deallocate()
    }
  }

  private let storage: Storage

  public init(_ bytes: some Collection<UInt8>) { storage = Storage(bytes) }

  public var count: Int { storage.count }

  /// The bytes, for the duration of the call.
  public func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeBufferPointer(start: storage.start, count: storage.count))
  }
}

extension Secret: Equatable {
  /// Takes the same time for all secrets of one length.
  public static func == (left: Secret, right: Secret) -> Bool {
    guard left.count == right.count else { return false }
    return left.withBytes { leftBytes in
      right.withBytes { rightBytes in
        var difference: UInt8 = 0
        for index in leftBytes.indices { difference |= leftBytes[index] ^ rightBytes[index] }
        return difference == 0
      }
    }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var debugDescription: String { "<redacted>" }
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
