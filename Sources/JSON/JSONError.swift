/// Why a text is not the JSON that was asked for.
public enum JSONError: Error, Equatable, Sendable {
  /// Where parsing stopped: line and column count from 1, column in characters; offset in bytes.
  public struct Position: Equatable, Sendable {
    public var line: Int
    public var column: Int
    public var offset: Int

    public init(line: Int, column: Int, offset: Int) {
      self.line = line
      self.column = column
      self.offset = offset
    }

    /// Counts lines and characters up to an offset.
    public init(offset: Int, in bytes: UnsafeRawBufferPointer) {
      self.init(line: 1, column: 1, offset: offset)
      for byte in bytes.prefix(offset) {
        if byte == 0x0A {
          line += 1
          column = 1
        } else if byte & 0xC0 != 0x80 {
          column += 1
        }
      }
    }
  }

  public enum Fault: String, Sendable {
    case syntax, truncated, trailingData, invalidUTF8, duplicateName, nullCharacter, numberOverflow, other
  }

  case malformed(Fault, Position)
  case tooLarge(bytes: Int, bytesMax: Int)
  case tooDeep(depthMax: Int)
}
