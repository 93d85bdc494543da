/// Reads tar archives in memory: ustar (POSIX.1-1988), the path and size of pax headers (POSIX.1-2001), and GNU's long
/// names. Links, devices and all that could mean a place outside the archive is refused.
struct TarArchive {
  struct File {
    /// Relative, parts separated by single slashes, none of them `.` or `..`.
    var name: String
    var content: Range<Int>
  }

  /// In the order of the archive. No name is there twice.
  private(set) var files: [File] = []

  private let bytes: [UInt8]
  private let limits: BundleLimits
  private var position = 0
  private var names: Set<[UInt8]> = []
  /// What an extended header says about the next entry.
  private var nextName: [UInt8]?
  private var nextByteCount: Int?

  private static let block = 512
  private static let nameBytesMax = 4096
  private static let extendedBytesMax = 64 << 10

  init(_ bytes: [UInt8], limits: BundleLimits) throws(ArchiveFault) {
    self.bytes = bytes
    self.limits = limits
    try read()
  }

  private mutating func read() throws(ArchiveFault) {
    var entries = 0
    while position < bytes.count {
      guard bytes.count - position >= Self.block else { throw .truncated }
      let header = position..<position + Self.block
      if bytes[header].allSatisfy({ $0 == 0 }) {
        guard bytes[header.upperBound...].allSatisfy({ $0 == 0 }) else { throw .trailingBytes }
        break
      }
      entries += 1
      guard entries <= limits.filesMax else { throw .tooManyFiles(countMax: limits.filesMax) }
      try entry(header.lowerBound)
    }
    guard nextName == nil, nextByteCount == nil else { throw .truncated }
  }

  private mutating func entry(_ header: Int) throws(ArchiveFault) {
    try checkSum(header)
    let type = bytes[header + 156]
    let extendsNext = type == UInt8(ascii: "x") || type == UInt8(ascii: "g") || type == UInt8(ascii: "L")
    var byteCount = try octal(header + 124, 12, header)
    if !extendsNext, let nextByteCount { byteCount = nextByteCount }
    let start = header + Self.block
    guard byteCount <= bytes.count - start else { throw .truncated }
    let content = start..<start + byteCount
    let padded = (byteCount + Self.block - 1) / Self.block * Self.block
    guard padded <= bytes.count - start else { throw .truncated }
    position = start + padded
    switch type {
    case UInt8(ascii: "x"), UInt8(ascii: "g"):
      guard byteCount <= Self.extendedBytesMax else { throw .badExtendedHeader(offset: header) }
      try extended(content, isGlobal: type == UInt8(ascii: "g"), header)
    case UInt8(ascii: "L"):
      guard nextName == nil, (1...Self.nameBytesMax + 1).contains(byteCount) else {
        throw .badExtendedHeader(offset: header)
      }
      nextName = Array(bytes[content].prefix { $0 != 0 })
    default: try take(type, name(header), content)
    }
  }

  /// A file or folder under its own name.
  private mutating func take(_ type: UInt8, _ written: [UInt8], _ content: Range<Int>) throws(ArchiveFault) {
    nextName = nil
    nextByteCount = nil
    let shown = String(decoding: written.prefix(Self.nameBytesMax), as: UTF8.self)
    // Before POSIX, files had no type and folders a slash at the end.
    let isFolder = type == UInt8(ascii: "5") || (type == 0 && written.last == UInt8(ascii: "/"))
    guard isFolder || type == UInt8(ascii: "0") || type == 0 else { throw .entryType(name: shown, type: type) }
    guard let name = Self.normalized(written, isFolder: isFolder, depthMax: limits.depthMax) else {
      throw .badName(shown)
    }
    if isFolder {
      guard content.isEmpty else { throw .entryType(name: shown, type: type) }
      return
    }
    guard names.insert(Array(name.utf8)).inserted else { throw .duplicateName(shown) }
    files.append(File(name: name, content: content))
  }

  // MARK: - Fields

  /// The sum of all bytes of the header, with the field of the sum as blanks.
  private func checkSum(_ header: Int) throws(ArchiveFault) {
    let field = header + 148..<header + 156
    var sum = 8 * 0x20
    for index in header..<header + Self.block where !field.contains(index) { sum += Int(bytes[index]) }
    guard try octal(field.lowerBound, 8, header) == sum else { throw .badChecksum(offset: header) }
  }

  /// Octal digits between blanks or zeros. GNU's binary numbers begin beyond 8 GiB and are refused with the rest.
  private func octal(_ start: Int, _ count: Int, _ header: Int) throws(ArchiveFault) -> Int {
    var digits = bytes[start..<start + count]
    while digits.first == 0x20 { digits.removeFirst() }
    while let last = digits.last, last == 0x20 || last == 0 { digits.removeLast() }
    var value = 0
    for digit in digits {
      guard (0x30...0x37).contains(digit) else { throw .badHeader(offset: header) }
      value = value << 3 | Int(digit - 0x30)
    }
    return value
  }

  private func name(_ header: Int) -> [UInt8] {
    if let nextName { return nextName }
    let name = Array(bytes[header..<header + 100].prefix { $0 != 0 })
    // GNU's magic ends in blanks, and keeps other things where POSIX has the prefix.
    guard bytes[header + 257..<header + 263].elementsEqual("ustar\0".utf8) else { return name }
    let prefix = Array(bytes[header + 345..<header + 500].prefix { $0 != 0 })
    return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
  }

  /// Records `LENGTH KEY=VALUE\n`, the length in decimal and of the whole record.
  private mutating func extended(_ content: Range<Int>, isGlobal: Bool, _ header: Int) throws(ArchiveFault) {
    var index = content.lowerBound
    while index < content.upperBound {
      guard let blank = bytes[index..<content.upperBound].firstIndex(of: 0x20), blank > index, blank - index <= 7,
        let count = Self.decimal(bytes[index..<blank]), count > blank - index + 1,
        count <= content.upperBound - index, bytes[index + count - 1] == 0x0A,
        let equals = bytes[blank..<index + count].firstIndex(of: UInt8(ascii: "="))
      else { throw .badExtendedHeader(offset: header) }
      let key = bytes[blank + 1..<equals]
      let value = bytes[equals + 1..<index + count - 1]
      if key.elementsEqual("path".utf8) {
        guard !isGlobal, !value.isEmpty, !value.contains(0) else { throw .badExtendedHeader(offset: header) }
        nextName = Array(value)
      } else if key.elementsEqual("size".utf8) {
        guard !isGlobal, value.count <= 12, let size = Self.decimal(value) else {
          throw .badExtendedHeader(offset: header)
        }
        nextByteCount = size
      } else if key.starts(with: "GNU.sparse.".utf8) {
        // The content would not be what stands in the archive.
        throw .badExtendedHeader(offset: header)
      }
      index += count
    }
  }

  private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 12 else { return nil }
    var value = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }

  /// The name below the bundle's root, nil where it means no place there. One slash or `./` in front is the root itself:
  /// OPA writes the one and `tar -C FOLDER .` the other.
  static func normalized(_ written: [UInt8], isFolder: Bool, depthMax: Int) -> String? {
    guard written.count <= nameBytesMax, !written.contains(0) else { return nil }
    var rest = written[...]
    if rest.starts(with: "./".utf8) { rest = rest.dropFirst(2) } else if rest.first == 0x2F { rest = rest.dropFirst() }
    if isFolder {
      if rest.last == 0x2F { rest = rest.dropLast() }
      if rest.isEmpty || rest.elementsEqual(".".utf8) { return "" }
    }
    let parts = rest.split(separator: 0x2F, omittingEmptySubsequences: false)
    guard parts.count <= depthMax + 1 else { return nil }
    for part in parts where part.isEmpty || part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) { return nil }
    return String(validating: rest, as: UTF8.self)
  }
}
