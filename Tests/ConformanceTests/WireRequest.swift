import S3Model

@testable import HTTPWire

/// A request as the signing suites write it: bytes that a strict parser refuses (spaces in paths, folded values, bare
/// line feeds), put straight into a head.
struct WireRequest {
  var head: RequestHead
  var body: [UInt8]

  /// - Parameter text: request line, header lines and body, separated by LF.
  init(suite text: String) {
    let bytes = Array(text.utf8)
    let headEnd = Self.emptyLine(bytes)
    var lines: [[UInt8]] = []
    for line in bytes[..<headEnd.start].split(separator: 0x0A, omittingEmptySubsequences: false) {
      if line.first == 0x20 || line.first == 0x09, lines.count > 1 {
        lines[lines.count - 1] += [0x0A] + line
      } else if !line.isEmpty {
        lines.append(Array(line))
      }
    }
    let start = lines[0]
    let first = start.firstIndex(of: 0x20) ?? 0
    let last = start.lastIndex(of: 0x20) ?? 0
    let target = start[(first + 1)..<last]
    let pathEnd = target.firstIndex(of: 0x3F) ?? target.endIndex
    self.init(
      method: Array(start[..<first]), path: Array(target[..<pathEnd]),
      query: pathEnd < target.endIndex ? Array(target[(pathEnd + 1)...]) : nil,
      fields: lines.dropFirst().map { line in
        let colon = line.firstIndex(of: 0x3A) ?? line.startIndex
        return (Array(line[..<colon]), Array(line[(colon + 1)...]))
      }, body: Array(bytes[headEnd.end...]))
  }

  init(method: [UInt8], path: [UInt8], query: [UInt8]?, fields: [(name: [UInt8], value: [UInt8])], body: [UInt8]) {
    var head = RequestHead()
    var bytes: [UInt8] = []
    func append(_ part: [UInt8]) -> ByteRange {
      let start = bytes.count
      bytes += part
      return ByteRange(start, bytes.count)
    }
    head.methodRange = append(method)
    head.path = append(path)
    head.query = query.map { append($0) }
    for field in fields {
      let name = append(field.name.map { ASCII.lowercased($0) })
      var value = field.value[...]
      while value.first == 0x20 || value.first == 0x09 { value.removeFirst() }
      while value.last == 0x20 || value.last == 0x09 { value.removeLast() }
      let range = append(Array(value))
      let id = field.name.withUnsafeBufferPointer { FieldName(ignoringCase: $0) }
      head.fields.fields.append(.init(name: name, value: range, id: id))
      head.fields.markPresent(id)
    }
    head.fields.bytes = bytes
    self.head = head
    self.body = body
  }

  private static func emptyLine(_ bytes: [UInt8]) -> (start: Int, end: Int) {
    for index in bytes.indices.dropFirst() where bytes[index] == 0x0A && bytes[index - 1] == 0x0A {
      return (index, index + 1)
    }
    return (bytes.count, bytes.count)
  }
}
