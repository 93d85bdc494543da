import CJansson

extension JSONValue {
  /// Parses one JSON text with nothing after it.
  ///
  /// Strict (RFC 8259, RFC 7493): duplicate names, `\u0000`, lone surrogates, invalid UTF-8 and numbers that do not fit
  /// 64 bits are refused. Any value may stand at the top.
  public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    self = try bytes.withUnsafeBufferPointer { buffer in Self.parse(buffer, limits) }.get()
  }

  public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }

  private static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits
  ) -> Result<JSONValue, JSONError> {
    guard bytes.count <= limits.bytesMax else {
      return .failure(.tooLarge(bytes: bytes.count, bytesMax: limits.bytesMax))
    }
    // Before Jansson sees it, so that its recursion is bounded by our limit.
    guard depth(bytes) <= limits.depthMax else { return .failure(.tooDeep(depthMax: limits.depthMax)) }
    guard let start = bytes.baseAddress else {
      return .failure(.malformed(.truncated, JSONError.Position(line: 1, column: 1, offset: 0)))
    }
    var error = json_error_t()
    let root = start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { text in
      json_loadb(text, bytes.count, Int(JSON_REJECT_DUPLICATES) | Int(JSON_DECODE_ANY), &error)
    }
    guard let root else { return .failure(failure(&error)) }
    defer { CJansson_decref(root) }
    return convert(root)
  }

  /// The deepest nesting of brackets outside strings. Needs no valid JSON.
  private static func depth(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var depth = 0
    var deepest = 0
    var inString = false
    var escaped = false
    for byte in bytes {
      if inString {
        if escaped {
          escaped = false
        } else if byte == UInt8(ascii: "\\") {
          escaped = true
        } else if byte == UInt8(ascii: "\"") {
          inString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): inString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        deepest = max(deepest, depth)
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
    }
    return deepest
  }

  private static func failure(_ error: inout json_error_t) -> JSONError {
    let fault: JSONError.Fault =
      switch json_error_code(&error) {
      case json_error_invalid_syntax, json_error_invalid_format: .syntax
      case json_error_premature_end_of_input: .truncated
      case json_error_end_of_input_expected: .trailingData
      case json_error_invalid_utf8: .invalidUTF8
      case json_error_duplicate_key: .duplicateName
      case json_error_null_character, json_error_null_byte_in_key: .nullCharacter
      case json_error_numeric_overflow: .numberOverflow
      default: .other
      }
    return .malformed(
      fault,
      JSONError.Position(
        line: max(1, Int(error.line)), column: max(1, Int(error.column)), offset: max(0, Int(error.position))))
  }

  /// Depth is already bounded, so recursion is.
  private static func convert(_ value: UnsafeMutablePointer<json_t>) -> Result<JSONValue, JSONError> {
    switch value.pointee.type {
    case JSON_OBJECT:
      var members: [JSONObject.Member] = []
      members.reserveCapacity(json_object_size(value))
      var iterator = json_object_iter(value)
      while let current = iterator {
        guard let name = json_object_iter_key(current), let member = json_object_iter_value(current) else {
          preconditionFailure("jansson iterator without a member")
        }
        let length = json_object_iter_key_len(current)
        switch convert(member) {
        case .success(let value): members.append(JSONObject.Member(name: text(name, length), value: value))
        case .failure(let error): return .failure(error)
        }
        iterator = json_object_iter_next(value, current)
      }
      return .success(.object(JSONObject(unique: members)))
    case JSON_ARRAY:
      var elements: [JSONValue] = []
      let count = json_array_size(value)
      elements.reserveCapacity(count)
      for index in 0..<count {
        guard let element = json_array_get(value, index) else {
          preconditionFailure("jansson array shorter than its size")
        }
        switch convert(element) {
        case .success(let value): elements.append(value)
        case .failure(let error): return .failure(error)
        }
      }
      return .success(.array(elements))
    case JSON_STRING:
      guard let start = json_string_value(value) else { preconditionFailure("jansson string without a value") }
      return .success(.string(text(start, json_string_length(value))))
    case JSON_INTEGER: return .success(.integer(json_integer_value(value)))
    case JSON_REAL: return .success(.real(json_real_value(value)))
    case JSON_TRUE: return .success(.bool(true))
    case JSON_FALSE: return .success(.bool(false))
    default: return .success(.null)
    }
  }

  private static func text(_ start: UnsafePointer<CChar>, _ count: Int) -> String {
    start.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
      String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
  }
}
