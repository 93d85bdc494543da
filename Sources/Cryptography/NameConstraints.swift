/// Subtrees that names below a CA must or must not lie in (RFC 5280 section 4.2.1.10).
struct NameConstraints {
  struct Subtrees {
    var dns: [String] = []
    var email: [String] = []
    var uris: [String] = []
    /// Address and mask, 4 or 16 bytes each.
    var ranges: [(address: [UInt8], mask: [UInt8])] = []
    var hasOthers = false
  }

  var permitted = Subtrees()
  var excluded = Subtrees()

  init() {}

  init(_ bytes: ArraySlice<UInt8>) throws(DERReader.Malformed) {
    var reader = try DERReader.only(bytes, DERReader.Tag.sequence).reader
    let permitted = try reader.nextIf(DERReader.Tag.contextConstructed(0))
    let excluded = try reader.nextIf(DERReader.Tag.contextConstructed(1))
    try reader.end()
    guard permitted != nil || excluded != nil else { throw DERReader.Malformed() }
    if let permitted { self.permitted = try Self.subtrees(permitted) }
    if let excluded { self.excluded = try Self.subtrees(excluded) }
  }

  private static func subtrees(_ list: DERReader.Value) throws(DERReader.Malformed) -> Subtrees {
    var subtrees = Subtrees()
    var reader = list.reader
    while !reader.isAtEnd {
      var parts = try reader.sequence()
      let name = try parts.next()
      switch name.tag {
      case DERReader.Tag.context(1): subtrees.email.append(try name.ascii())
      case DERReader.Tag.context(2): subtrees.dns.append(try name.ascii())
      case DERReader.Tag.context(6): subtrees.uris.append(try name.ascii())
      case DERReader.Tag.context(7):
        guard name.content.count == 8 || name.content.count == 32 else { throw DERReader.Malformed() }
        let half = name.content.count / 2
        subtrees.ranges.append((Array(name.content.prefix(half)), Array(name.content.suffix(half))))
      default: subtrees.hasOthers = true
      }
    }
    return subtrees
  }
}
