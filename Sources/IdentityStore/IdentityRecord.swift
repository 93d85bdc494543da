import JSON
public import S3Model

/// One record with its meaning, kept as a JSON object.
public protocol IdentityRecord: Hashable, Sendable {
  /// Where the store keeps it.
  var key: RecordKey { get }
  init(_ reader: RecordReader) throws(RecordFault)
  func write(to writer: inout RecordWriter)
}

/// Why a record cannot be read.
public struct RecordFault: Error, Hashable, Sendable {
  public var member: String

  public init(member: String) { self.member = member }
}

extension IdentityRecord {
  /// - Throws: the member that is missing or wrong.
  public init(parsing value: [UInt8]) throws(RecordFault) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: value)
    } catch {
      throw RecordFault(member: "")
    }
    guard let object = json.object else { throw RecordFault(member: "") }
    try self.init(RecordReader(object))
  }

  public var value: [UInt8] {
    var writer = RecordWriter()
    write(to: &writer)
    return JSONValue.object(writer.object).compact
  }
}

/// Reads members of one object; members that it does not know are another version's and stay unread.
public struct RecordReader: Sendable {
  let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  public func optionalText(_ name: String) throws(RecordFault) -> ByteString? {
    switch object[name] {
    case nil: return nil
    case .string(let text)?: return ByteString(text)
    default: throw RecordFault(member: name)
    }
  }

  public func text(_ name: String) throws(RecordFault) -> ByteString {
    guard let text = try optionalText(name) else { throw RecordFault(member: name) }
    return text
  }

  public func optionalInteger(_ name: String) throws(RecordFault) -> Int64? {
    switch object[name] {
    case nil: return nil
    case .integer(let number)?: return number
    default: throw RecordFault(member: name)
    }
  }

  public func integer(_ name: String) throws(RecordFault) -> Int64 {
    guard let number = try optionalInteger(name) else { throw RecordFault(member: name) }
    return number
  }

  /// False when it is not there.
  public func flag(_ name: String) throws(RecordFault) -> Bool {
    switch object[name] {
    case nil: return false
    case .bool(let flag)?: return flag
    default: throw RecordFault(member: name)
    }
  }

  /// Empty when it is not there.
  public func texts(_ name: String) throws(RecordFault) -> [ByteString] {
    guard let value = object[name] else { return [] }
    guard let array = value.array else { throw RecordFault(member: name) }
    var texts: [ByteString] = []
    for value in array {
      guard let text = value.string else { throw RecordFault(member: name) }
      texts.append(ByteString(text))
    }
    return texts
  }

  /// Empty when it is not there.
  public func list<Element>(
    _ name: String, _ read: (RecordReader) throws(RecordFault) -> Element
  ) throws(RecordFault) -> [Element] {
    guard let value = object[name] else { return [] }
    guard let array = value.array else { throw RecordFault(member: name) }
    var elements: [Element] = []
    for value in array {
      guard let object = value.object else { throw RecordFault(member: name) }
      elements.append(try read(RecordReader(object)))
    }
    return elements
  }

  public func optional<Element>(
    _ name: String, _ read: (RecordReader) throws(RecordFault) -> Element
  ) throws(RecordFault) -> Element? {
    guard let value = object[name] else { return nil }
    guard let object = value.object else { throw RecordFault(member: name) }
    return try read(RecordReader(object))
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
