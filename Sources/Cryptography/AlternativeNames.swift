/// Names of the kinds that certificates are commonly issued for (RFC 5280 section 4.2.1.6), in the order written.
public struct AlternativeNames: Equatable, Sendable {
  public var dns: [String] = []
  public var email: [String] = []
  /// 4 or 16 bytes each.
  public var addresses: [[UInt8]] = []
  public var uris: [String] = []

  public var isEmpty: Bool { dns.isEmpty && email.isEmpty && addresses.isEmpty && uris.isEmpty }

  init() {}

  /// - Parameter bytes: GeneralNames. Names of other kinds are passed over.
  init(_ bytes: ArraySlice<UInt8>) throws(DERReader.Malformed) {
    var reader = try DERReader.only(bytes, DERReader.Tag.sequence).reader
    while !reader.isAtEnd {
      let name = try reader.next()
      switch name.tag {
      case DERReader.Tag.context(1): email.append(try name.ascii())
      case DERReader.Tag.context(2): dns.append(try name.ascii())
      case DERReader.Tag.context(6): uris.append(try name.ascii())
      case DERReader.Tag.context(7):
        guard name.content.count == 4 || name.content.count == 16 else { throw DERReader.Malformed() }
        addresses.append(Array(name.content))
      default: break
      }
    }
  }
}
