/// A place in a module's text.
public struct SourceLocation: Sendable, Hashable {
  /// Index in the list of sources given to the compiler; -1 for generated code.
  public var file: Int32
  /// From 1.
  public var row: Int32
  /// From 1, in characters as OPA counts them.
  public var column: Int32
  /// In bytes, half open.
  public var offset: Int32
  public var end: Int32

  public init(file: Int32, row: Int32, column: Int32, offset: Int32, end: Int32) {
    self.file = file
    self.row = row
    self.column = column
    self.offset = offset
    self.end = end
  }

  public static let none = SourceLocation(file: -1, row: 0, column: 0, offset: 0, end: 0)
}

/// One module as given: its name for messages and its text.
public struct Source: Sendable {
  public var name: String
  public var text: [UInt8]
  public init(name: String, text: [UInt8]) {
    self.name = name
    self.text = text
  }
  public init(name: String, text: String) { self.init(name: name, text: Array(text.utf8)) }
}
