/// Case folding of action names and condition keys, which are ASCII.
enum ASCIICase {
  @inline(__always)
  static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
