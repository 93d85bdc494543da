/// The members of a JSON object, in the order written; no name occurs twice.
///
/// Not a `Dictionary<String, …>`: that would merge names that are canonically equivalent but differ in bytes.
public struct JSONObject: Sendable, Equatable {
  public struct Member: Sendable, Equatable {
    public var name: String
    public var value: JSONValue

    public init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }

    public static func == (left: Member, right: Member) -> Bool {
      left.name.utf8.elementsEqual(right.name.utf8) && left.value == right.value
    }
  }

  public private(set) var members: [Member]

  public init() { members = [] }

  /// - Precondition: no name occurs twice; the parser has refused such text.
  init(unique members: [Member]) { self.members = members }

  public var isEmpty: Bool { members.isEmpty }
  public var count: Int { members.count }

  /// The value of a member, nil when absent. Setting nil removes it; a new name goes last.
  public subscript(name: String) -> JSONValue? {
    get {
      for member in members where member.name.utf8.elementsEqual(name.utf8) { return member.value }
      return nil
    }
    set {
      let index = members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(name: name, value: value))
      case (nil, nil): break
      }
    }
  }
}
