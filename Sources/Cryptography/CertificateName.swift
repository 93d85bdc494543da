/// A distinguished name (RFC 5280 section 4.1.2.4).
public struct CertificateName: Equatable, Sendable {
  public struct Attribute: Equatable, Sendable {
    /// Arcs of the object identifier.
    public let type: [Int]
    public let value: String
  }

  /// In the order written.
  public let attributes: [Attribute]

  init(_ value: DERReader.Value) throws(DERReader.Malformed) {
    var attributes: [Attribute] = []
    var relativeNames = value.reader
    while !relativeNames.isAtEnd {
      var set = try relativeNames.next(DERReader.Tag.set).reader
      while !set.isAtEnd {
        var pair = try set.sequence()
        let type = try pair.next(DERReader.Tag.objectIdentifier).identifier()
        attributes.append(Attribute(type: type, value: try pair.next().text()))
        try pair.end()
      }
    }
    self.attributes = attributes
  }

  /// All values of 2.5.4.`number`.
  public func values(_ number: Int) -> [String] {
    attributes.filter { $0.type == [2, 5, 4, number] }.map(\.value)
  }

  /// The last common name, empty when there is none.
  public var commonName: String { values(3).last ?? "" }
}
