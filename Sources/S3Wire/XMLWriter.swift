import HTTPWire
public import S3Model

/// Appends XML to bytes. Element names are constants; only text is escaped.
public struct XMLWriter {
  public private(set) var bytes: [UInt8] = []

  /// Starts a document with its XML declaration.
  public init(reserving count: Int = 1024) {
    bytes.reserveCapacity(count)
    append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
  }

  /// Starts a part of a document.
  public init(fragment count: Int) { bytes.reserveCapacity(count) }

  /// Appends a part that another writer wrote.
  public mutating func fragment(_ markup: [UInt8]) { append(markup) }

  /// `http://s3.amazonaws.com/doc/2006-03-01/`
  public static let s3Namespace: StaticString = "http://s3.amazonaws.com/doc/2006-03-01/"

  public mutating func open(_ name: StaticString) {
    bytes.append(0x3C)
    append(name)
    bytes.append(0x3E)
  }

  public mutating func open(_ name: StaticString, namespace: StaticString) {
    bytes.append(0x3C)
    append(name)
    append(" xmlns=\"")
    append(namespace)
    append("\">")
  }

  public mutating func close(_ name: StaticString) {
    append("</")
    append(name)
    bytes.append(0x3E)
  }

  /// The outer elements of the query protocol: the operation's name, which the caller has from a closed set, with an end
  /// such as `Response`.
  public mutating func open(operation: StaticString, _ end: StaticString, namespace: StaticString? = nil) {
    bytes.append(0x3C)
    append(operation)
    append(end)
    if let namespace {
      append(" xmlns=\"")
      append(namespace)
      append("\"")
    }
    bytes.append(0x3E)
  }

  public mutating func close(operation: StaticString, _ end: StaticString) {
    append("</")
    append(operation)
    append(end)
    bytes.append(0x3E)
  }

  /// `<name/>`
  public mutating func empty(_ name: StaticString) {
    bytes.append(0x3C)
    append(name)
    append("/>")
  }

  public mutating func element(_ name: StaticString, _ text: some Sequence<UInt8>) {
    open(name)
    self.text(text)
    close(name)
  }

  public mutating func element(_ name: StaticString, _ text: String) { element(name, text.utf8) }

  public mutating func element(_ name: StaticString, _ text: StaticString) {
    open(name)
    text.withUTF8Buffer { self.text($0) }
    close(name)
  }

  public mutating func element(_ name: StaticString, _ text: ByteString) { element(name, text.bytes) }

  public mutating func element(_ name: StaticString, _ number: some BinaryInteger) {
    element(name, String(number).utf8)
  }

  public mutating func element(_ name: StaticString, _ flag: Bool) {
    element(name, flag ? "true" as StaticString : "false")
  }

  /// Writes the element when there is a value.
  public mutating func optional(_ name: StaticString, _ text: ByteString?) {
    if let text { element(name, text) }
  }

  /// Writes the element when there is a value.
  public mutating func optional(_ name: StaticString, _ text: String?) {
    if let text { element(name, text) }
  }

  /// Appends text, escaped.
  ///
  /// Control characters become references, as S3 writes keys that contain them, although XML 1.0 has no such
  /// references; `encoding-type=url` is for clients that cannot read them. NUL, which no key has, is left out.
  public mutating func text(_ text: some Sequence<UInt8>) {
    for byte in text {
      switch byte {
      case 0x26: append("&amp;")
      case 0x3C: append("&lt;")
      case 0x3E: append("&gt;")
      case 0x22: append("&quot;")
      case 0x00: break
      case 0x09, 0x0A: bytes.append(byte)
      case 0x01...0x1F, 0x7F:
        append("&#x")
        if byte >= 16 { bytes.append(Self.hexDigit(byte >> 4)) }
        bytes.append(Self.hexDigit(byte & 15))
        bytes.append(0x3B)
      default: bytes.append(byte)
      }
    }
  }

  /// Appends constant markup as it is.
  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Appends markup as it is; the caller has made it of constants.
  mutating func append(_ markup: [UInt8]) {
    bytes.append(contentsOf: markup)
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
