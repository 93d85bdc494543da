/// The owner of a bucket or object, as documents name it.
public struct DocumentOwner: Hashable, Sendable {
  /// A canonical user id.
  public var id: String
  public var displayName: String?

  public init(id: String, displayName: String? = nil) {
    self.id = id
    self.displayName = displayName
  }

  func write(_ name: StaticString, to writer: inout XMLWriter) {
    writer.open(name)
    writer.element("ID", id)
    writer.optional("DisplayName", displayName)
    writer.close(name)
  }
}
