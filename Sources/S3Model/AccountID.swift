/// An AWS account id: twelve decimal digits.
public struct AccountID: Hashable, Sendable {
  /// Twelve digits fit a machine word, which compares in one instruction.
  @usableFromInline let number: UInt64

  /// The account that is used when settings name none.
  public static let zero = AccountID(number: 0)

  private init(number: UInt64) { self.number = number }

  /// Nil unless there are exactly twelve digits.
  public init?(_ digits: some Sequence<UInt8>) {
    var number: UInt64 = 0
    var count = 0
    for byte in digits {
      let digit = byte &- 0x30
      guard digit < 10, count < 12 else { return nil }
      number = number * 10 + UInt64(digit)
      count += 1
    }
    guard count == 12 else { return nil }
    self.number = number
  }

  public init?(_ text: String) { self.init(text.utf8) }

  @inlinable
  public static func == (left: AccountID, right: AccountID) -> Bool { left.number == right.number }

  /// The twelve digits.
  public var bytes: ByteString {
    var digits = [UInt8](repeating: 0x30, count: 12)
    var rest = number
    for index in (0..<12).reversed() {
      digits[index] = 0x30 + UInt8(rest % 10)
      rest /= 10
    }
    return ByteString(digits)
  }
}

extension AccountID: CustomStringConvertible {
  public var description: String { bytes.text }
}
