import JSON
public import S3Model

/// One record with its meaning, kept as a JSON object.
public protocol IdentityRecord: Hashable, Sendable {
  /// Where the store keeps it.
  var key: RecordKey { get }
  init(_ reader: RecordReader) throws(RecordFault)
  func write(to writer: inout RecordWriter)

  /// What is asked for too often to read the record for it.
  associatedtype Facts: Sendable = Void
  var facts: Facts { get }
  /// Whether there may be a million of them, which are better held as they are written.
  static var isNumerous: Bool { get }
}

extension IdentityRecord {
  public static var isNumerous: Bool { false }
}

extension IdentityRecord where Facts == Void {
  public var facts: Void { () }
}

/// Why a record cannot be read.
public struct RecordFault: Error, Hashable, Sendable {
  public var member: String

  public init(member: String) { self.member = member }
}

extension IdentityRecord {
  /// - Throws: the member that is missing or wrong.
  public init(parsing value: [UInt8]) throws(RecordFault) { try self.init(RecordReader(value)) }

  public var value: [UInt8] {
    var writer = RecordWriter()
    write(to: &writer)
    return JSONValue.object(writer.object).compact
  }
}

/// Reads members of one object; members that it does not know are another version's and stay unread.
public struct RecordReader: Sendable {
  private let bytes: [UInt8]
  private let tape: JSONTape
  /// Index of the object's node.
  private let object: Int

  /// - Throws: an empty member for what is no JSON object.
  init(_ bytes: [UInt8]) throws(RecordFault) {
    do throws(JSONError) {
      tape = try JSONTape(scanning: bytes)
    } catch {
      throw RecordFault(member: "")
    }
    guard tape.nodes[0].kind == .object else { throw RecordFault(member: "") }
    self.bytes = bytes
    object = 0
  }

  private init(_ reader: RecordReader, object: Int) {
    bytes = reader.bytes
    tape = reader.tape
    self.object = object
  }

  /// Index of a member's value; nil when there is none.
  private func member(_ name: StaticString) -> Int? {
    let name = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    return bytes.withUnsafeBytes { tape.member(name, of: object, in: $0) }
  }

  private func fault(_ name: StaticString) -> RecordFault { RecordFault(member: "\(name)") }

  private func text(at index: Int) -> ByteString? {
    let node = tape.nodes[index]
    guard node.kind == .string else { return nil }
    return bytes.withUnsafeBytes { tape.withString(node, in: $0) { ByteString(Array($0)) } }
  }

  public func optionalText(_ name: StaticString) throws(RecordFault) -> ByteString? {
    guard let index = member(name) else { return nil }
    guard let text = text(at: index) else { throw fault(name) }
    return text
  }

  public func text(_ name: StaticString) throws(RecordFault) -> ByteString {
    guard let text = try optionalText(name) else { throw fault(name) }
    return text
  }

  public func optionalInteger(_ name: StaticString) throws(RecordFault) -> Int64? {
    guard let index = member(name) else { return nil }
    let node = tape.nodes[index]
    // Fractions and exponents are no integers.
    guard node.kind == .number, let number = Int64(String(decoding: bytes[node.range], as: UTF8.self)) else {
      throw fault(name)
    }
    return number
  }

  public func integer(_ name: StaticString) throws(RecordFault) -> Int64 {
    guard let number = try optionalInteger(name) else { throw fault(name) }
    return number
  }

  /// False when it is not there.
  public func flag(_ name: StaticString) throws(RecordFault) -> Bool {
    guard let index = member(name) else { return false }
    switch tape.nodes[index].kind {
    case .true: return true
    case .false: return false
    case .null, .number, .string, .array, .object: throw fault(name)
    }
  }

  /// The elements of an array; nil when the member is not there.
  private func elements(_ name: StaticString) throws(RecordFault) -> [Int]? {
    guard let array = member(name) else { return nil }
    guard tape.nodes[array].kind == .array else { throw fault(name) }
    var elements: [Int] = []
    var index = array + 1
    while index < Int(tape.nodes[array].next) {
      elements.append(index)
      index = Int(tape.nodes[index].next)
    }
    return elements
  }

  /// Empty when it is not there.
  public func texts(_ name: StaticString) throws(RecordFault) -> [ByteString] {
    var texts: [ByteString] = []
    for index in try elements(name) ?? [] {
      guard let text = text(at: index) else { throw fault(name) }
      texts.append(text)
    }
    return texts
  }

  /// Empty when it is not there.
  public func list<Element>(
    _ name: StaticString, _ read: (RecordReader) throws(RecordFault) -> Element
  ) throws(RecordFault) -> [Element] {
    var list: [Element] = []
    for index in try elements(name) ?? [] {
      guard tape.nodes[index].kind == .object else { throw fault(name) }
      list.append(try read(RecordReader(self, object: index)))
    }
    return list
  }

  public func optional<Element>(
    _ name: StaticString, _ read: (RecordReader) throws(RecordFault) -> Element
  ) throws(RecordFault) -> Element? {
    guard let index = member(name) else { return nil }
    guard tape.nodes[index].kind == .object else { throw fault(name) }
    return try read(RecordReader(self, object: index))
  }
}

/// Writes members; what is nil or empty is left out.
public struct RecordWriter: Sendable {
  var object = JSONObject()

  init() {}

  public mutating func set(_ name: String, _ text: ByteString?) {
    if let text { object[name] = .string(text.text) }
  }

  public mutating func set(_ name: String, _ number: Int64?) {
    if let number { object[name] = .integer(number) }
  }

  public mutating func set(_ name: String, _ flag: Bool) {
    if flag { object[name] = .bool(true) }
  }

  public mutating func set(_ name: String, _ texts: [ByteString]) {
    if !texts.isEmpty { object[name] = .array(texts.map { .string($0.text) }) }
  }

  public mutating func set<Element>(
    _ name: String, _ elements: [Element], _ write: (Element, inout RecordWriter) -> Void
  ) {
    if elements.isEmpty { return }
    object[name] = .array(
      elements.map { element in
        var writer = RecordWriter()
        write(element, &writer)
        return .object(writer.object)
      })
  }

  public mutating func set<Element>(
    _ name: String, _ element: Element?, _ write: (Element, inout RecordWriter) -> Void
  ) {
    guard let element else { return }
    var writer = RecordWriter()
    write(element, &writer)
    object[name] = .object(writer.object)
  }
}
