/// Tags set after the upload, in a file of their own beside the object, so that tagging 5 GiB does not copy them.
///
/// It names the object it belongs to; one that names another is a leftover and means nothing.
struct TagSidecar {
  var identity: [UInt8]
  var tags: [NamedValue]

  func encoded() -> [UInt8] {
    var writer = RecordWriter()
    writer.append(1, identity)
    for tag in tags { writer.append(2, tag) }
    return StoreFile.sealed(writer.bytes)
  }

  init(identity: [UInt8], tags: [NamedValue]) {
    self.identity = identity
    self.tags = tags
  }

  init?(decoding bytes: [UInt8]) {
    guard let content = StoreFile.content(of: bytes) else { return nil }
    var reader = RecordReader(content)
    var identity: [UInt8]?
    var tags: [NamedValue] = []
    while let (tag, value) = reader.next() {
      switch tag {
      case 1: identity = Array(value)
      case 2:
        guard let pair = RecordReader.pair(value) else { return nil }
        tags.append(pair)
      default: return nil
      }
    }
    guard reader.isAtEnd, let identity else { return nil }
    self.init(identity: identity, tags: tags)
  }
}
