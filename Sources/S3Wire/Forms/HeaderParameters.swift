import HTTPWire

/// A header value with parameters: `form-data; name="key"; filename="a.txt"` (RFC 9110 section 5.6.6).
struct HeaderParameters {
  private var head: [UInt8] = []
  private var parameters: [(name: [UInt8], value: [UInt8])] = []

  init(_ bytes: some Collection<UInt8>) {
    let text = Array(bytes)
    var index = 0
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    while index < text.count, text[index] != 0x3B { index += 1 }
    head = text[..<index].map(ASCII.lowercased)
    while let last = head.last, isSpace(last) { head.removeLast() }
    while index < text.count {
      index += 1
      while index < text.count, isSpace(text[index]) { index += 1 }
      let start = index
      while index < text.count, text[index] != 0x3D, text[index] != 0x3B { index += 1 }
      let name = text[start..<index].map(ASCII.lowercased)
      guard index < text.count, text[index] == 0x3D else { continue }
      index += 1
      var value: [UInt8] = []
      if index < text.count, text[index] == 0x22 {
        index += 1
        while index < text.count, text[index] != 0x22 {
          if text[index] == 0x5C, index + 1 < text.count, text[index + 1] == 0x22 || text[index + 1] == 0x5C {
            index += 1
          }
          value.append(text[index])
          index += 1
        }
        while index < text.count, text[index] != 0x3B { index += 1 }
      } else {
        while index < text.count, text[index] != 0x3B {
          value.append(text[index])
          index += 1
        }
        while let last = value.last, isSpace(last) { value.removeLast() }
      }
      parameters.append((name, value))
    }
  }

  func isValue(_ lowercased: StaticString) -> Bool {
    lowercased.withUTF8Buffer { $0.elementsEqual(head) }
  }

  /// The value of the one parameter of this name; nil when there is none or more than one.
  func value(_ name: StaticString) -> [UInt8]? {
    let found = parameters.filter { parameter in name.withUTF8Buffer { $0.elementsEqual(parameter.name) } }
    return found.count == 1 ? found[0].value : nil
  }
}
