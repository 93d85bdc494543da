import CRE2
import S3Model

/// A regular expression of a rule: RE2's, so that it takes linear time on any name.
final class RulePattern: @unchecked Sendable {
  // Unchecked: RE2 objects may be used by several threads at once, and this one is never changed.
  private let handle: OpaquePointer
  private static let memoryBytesMax: Int64 = 1 << 20

  init(_ pattern: [UInt8]) throws(KerberosNameError) {
    let handle = pattern.withUnsafeBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { CRE2_compile($0.baseAddress, $0.count, Self.memoryBytesMax) }
    }
    guard let handle else { preconditionFailure("CRE2_compile returns a handle") }
    var count = 0
    let message = CRE2_message(handle, &count)
    if count > 0, let message {
      let reason = String(decoding: UnsafeRawBufferPointer(start: message, count: count), as: UTF8.self)
      CRE2_free(handle)
      throw .malformedPattern(reason: reason)
    }
    self.handle = handle
  }

  deinit { CRE2_free(handle) }

  /// The leftmost match at or after a position.
  func first(in text: [UInt8], from start: Int = 0) -> Range<Int>? {
    var offsets: [Int64] = [-1, -1]
    let found = text.withUnsafeBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        CRE2_find(handle, $0.baseAddress, $0.count, start, &offsets, 1)
      }
    }
    return found ? Int(offsets[0])..<Int(offsets[1]) : nil
  }
}
