public import HTTPWire

/// A header that stands in the query, as presigning puts it there: it means the header of that name.
public struct HoistedHeader: Hashable, Sendable {
  /// ``FieldName/other`` only for `x-amz-meta-*`.
  public var id: FieldName
  /// Lower case.
  public var name: ByteString
  public var value: ByteString

  public init(id: FieldName, name: ByteString, value: ByteString) {
    self.id = id
    self.name = name
    self.value = value
  }
}
