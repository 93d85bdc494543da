import S3Wire

/// An element of an answer: text, elements by name, or a list of `member` elements.
public enum QueryValue: Hashable, Sendable {
  case text(String)
  /// In the order of the answer.
  case structure([Member])
  case list([QueryValue])

  public struct Member: Hashable, Sendable {
    public var name: String
    public var value: QueryValue

    public init(name: String, value: QueryValue) {
      self.name = name
      self.value = value
    }
  }

  /// The first member of a structure by name.
  public subscript(_ name: String) -> QueryValue? {
    guard case .structure(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  public var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  public var list: [QueryValue]? {
    switch self {
    case .list(let values): values
    // A list without members looks like text.
    case .text(let text): text.isEmpty ? [] : nil
    case .structure: nil
    }
  }

  /// - Returns: nil for what is no such document.
  static func parse(_ document: [UInt8]) -> Member? {
    do throws(XMLFault) {
      var reader = try XMLReader(document, limits: XMLLimits(documentBytesMax: QueryClient.answerBytesMax))
      try reader.enterRoot()
      let root = Member(name: reader.name, value: try QueryValue(&reader))
      try reader.finish()
      return root
    } catch {
      return nil
    }
  }

  private init(_ reader: inout XMLReader) throws(XMLFault) {
    // Whether it is text shows at the first tag, so looking ahead is short.
    var ahead = reader
    do throws(XMLFault) {
      self = .text(String(decoding: try ahead.text(), as: UTF8.self))
      reader = ahead
      return
    } catch {
      guard error == .unexpectedElement else { throw error }
    }
    var members: [Member] = []
    while try reader.nextChild() {
      members.append(Member(name: reader.name, value: try QueryValue(&reader)))
    }
    self = members.allSatisfy { $0.name == "member" } ? .list(members.map(\.value)) : .structure(members)
  }
}
