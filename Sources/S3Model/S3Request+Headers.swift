public import HTTPWire

extension S3Request {
  /// Whether the header occurs, on the wire or hoisted.
  public func hasHeader(_ name: FieldName) -> Bool {
    if content.fields.head.fields.contains(name) { return true }
    return content.fields.hoisted.isEmpty ? false : isHoisted(name)
  }

  private func isHoisted(_ name: FieldName) -> Bool {
    for header in hoisted where header.id == name { return true }
    return false
  }

  /// Calls `body` with the header's effective value; returns nil when there is none.
  ///
  /// A repeated header counts as one value joined by `,`: the value that its signature covers.
  /// The pointer is valid only within the call.
  public func withHeader<R>(_ name: FieldName, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R? {
    if head.fields.contains(name) {
      if head.fields.count(name) == 1, let value = head.fields.first(name) {
        return head.fields.withBytes(value, body)
      }
      return joined { $0.id == name }.withUnsafeBufferPointer(body)
    }
    for header in hoisted where header.id == name { return header.value.bytes.withUnsafeBufferPointer(body) }
    return nil
  }

  /// The header's effective value as a copy; nil when there is none. See ``withHeader(_:_:)``.
  public func header(_ name: FieldName) -> ByteString? {
    withHeader(name) { ByteString($0) }
  }

  /// Whether the header's effective value is this ASCII text, compared byte by byte.
  public func header(_ name: FieldName, equals text: StaticString) -> Bool {
    withHeader(name) { $0.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }
      ?? false
  }

  /// Calls `body` with each `x-amz-meta-*` header: its name behind the prefix, in lower case, and its effective value.
  ///
  /// The order is the wire's, then the query's. Repeated names are joined by `,` at their first place.
  public func forEachMetadata(_ body: (_ name: ByteString, _ value: ByteString) -> Void) {
    let fields = head.fields
    for (index, field) in fields.fields.enumerated() where isMetadata(field) {
      let name = fields.withBytes(field.name) { ByteString($0) }
      let isRepeat = fields.fields[..<index].contains { isMetadata($0) && equalNames($0, name) }
      if isRepeat { continue }
      let value = joined { isMetadata($0) && equalNames($0, name) }
      body(ByteString(name.bytes.dropFirst(Self.metadataPrefix.utf8CodeUnitCount)), ByteString(value))
    }
    for header in hoisted where header.id == .other {
      // A hoisted header beside a header of the same name has the same value, or the parser would have refused it.
      if fields.fields.contains(where: { isMetadata($0) && equalNames($0, header.name) }) { continue }
      body(ByteString(header.name.bytes.dropFirst(Self.metadataPrefix.utf8CodeUnitCount)), header.value)
    }
  }

  /// `x-amz-meta-`
  public static let metadataPrefix: StaticString = "x-amz-meta-"

  private func isMetadata(_ field: HeaderFields.Field) -> Bool {
    guard field.id == .other, field.name.count > Self.metadataPrefix.utf8CodeUnitCount else { return false }
    return head.fields.withBytes(field.name) { name in
      Self.metadataPrefix.withUTF8Buffer { prefix in name.starts(with: prefix) }
    }
  }

  private func equalNames(_ field: HeaderFields.Field, _ name: ByteString) -> Bool {
    head.fields.withBytes(field.name) { $0.elementsEqual(name.bytes) }
  }

  private func joined(_ isWanted: (HeaderFields.Field) -> Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    var isFirst = true
    for field in head.fields.fields where isWanted(field) {
      if !isFirst { bytes.append(0x2C) }
      isFirst = false
      head.fields.withBytes(field.value) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}
