/// The id of one exchange: 16 upper-case hexadecimal digits, as `x-amz-request-id` carries it.
///
/// Random, so that ids of several nodes do not meet and nobody learns the request rate from them; not a secret.
struct RequestID: Sendable, Equatable {
  let value: UInt64

  private static let digits: StaticString = "0123456789ABCDEF"

  @inline(__always)
  func forEachDigit(_ body: (UInt8) -> Void) {
    var shift: UInt64 = 60
    while true {
      body(Self.digits.utf8Start[Int(value >> shift & 15)])
      if shift == 0 { return }
      shift -= 4
    }
  }

  var text: String {
    String(unsafeUninitializedCapacity: 16) { buffer in
      var index = 0
      forEachDigit {
        buffer[index] = $0
        index += 1
      }
      return 16
    }
  }
}

/// xorshift64*: ids need to be distinct, not unpredictable.
struct RequestIDGenerator {
  private var state: UInt64

  /// - Parameter seed: random; zero is replaced.
  init(seed: UInt64) {
    state = seed == 0 ? 0x9E37_79B9_7F4A_7C15 : seed
  }

  mutating func next() -> RequestID {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return RequestID(value: state &* 0x2545_F491_4F6C_DD1D)
  }
}
