public import JSON

extension Value {
  /// The value of one JSON text, numbers as written.
  ///
  /// Numbers that are too big (see `init(numberLiteral:)`) are refused as `numberOverflow`.
  public init(json bytes: UnsafeRawBufferPointer, options: JSONTape.Options = JSONTape.Options()) throws(JSONError) {
    let tape = try JSONTape(scanning: bytes, options: options)
    try self.init(tape, 0, in: bytes)
  }

  public init(json bytes: [UInt8], options: JSONTape.Options = JSONTape.Options()) throws(JSONError) {
    let result: Result<Value, JSONError> = bytes.withUnsafeBytes { bytes in
      do throws(JSONError) { return .success(try Value(json: bytes, options: options)) } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }

  public init(json text: String, options: JSONTape.Options = JSONTape.Options()) throws(JSONError) {
    try self.init(json: Array(text.utf8), options: options)
  }

  /// The value at a node of a tape. The tape's limits bound the recursion.
  /// - Parameter bytes: what the tape was scanned from.
  public init(_ tape: JSONTape, _ index: Int, in bytes: UnsafeRawBufferPointer) throws(JSONError) {
    let node = tape.nodes[index]
    switch node.kind {
    case .null: self = .null
    case .true: self = .boolean(true)
    case .false: self = .boolean(false)
    case .string: self = .string(Text(tape, index, in: bytes))
    case .number:
      guard let value = Value(numberLiteral: UnsafeRawBufferPointer(rebasing: bytes[node.range])) else {
        throw JSONError.malformed(
          .numberOverflow, JSONError.Position(offset: Int(node.start), in: bytes))
      }
      self = value
    case .array:
      var elements: [Value] = []
      var position = index + 1
      while position < Int(node.next) {
        elements.append(try Value(tape, position, in: bytes))
        position = Int(tape.nodes[position].next)
      }
      self = elements.isEmpty ? .array(.empty) : .array(ValueArray(elements))
    case .object:
      var keys: [Value] = []
      var values: [Value] = []
      var position = index + 1
      while position < Int(node.next) {
        keys.append(.string(Text(tape, position, in: bytes)))
        values.append(try Value(tape, position + 1, in: bytes))
        position = Int(tape.nodes[position + 1].next)
      }
      if keys.isEmpty {
        self = .object(.empty)
      } else if tape.isUnique {
        self = .object(ValueObject(uniqueKeys: keys, values: values))
      } else {
        self = .object(ValueObject(Array(zip(keys, values))))
      }
    }
  }
}

extension Text {
  /// The value of a string node.
  @inlinable
  public init(_ tape: JSONTape, _ index: Int, in bytes: UnsafeRawBufferPointer) {
    self = tape.withString(tape.nodes[index], in: bytes) { Text($0) }
  }
}
