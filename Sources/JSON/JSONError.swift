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
  }

  public enum Fault: String, Sendable {
    case syntax, truncated, trailingData, invalidUTF8, duplicateName, nullCharacter, numberOverflow, other
  }

  case malformed(Fault, Position)
  case tooLarge(bytes: Int, bytesMax: Int)
  case tooDeep(depthMax: Int)
}
