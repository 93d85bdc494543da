import JSON

/// A statement's elements as written. Decisions never read it; it lies beside what they read, in one object.
public final class StatementText: Sendable {
  /// One operator applied to one key.
  public struct Condition: Sendable, Equatable {
    /// Such as `ForAnyValue:StringLikeIfExists`.
    public let operatorName: String
    public let key: ConditionKey
    public let operands: [String]
  }

  /// `Action` or `NotAction`, and so on, with its values.
  public struct Element: Sendable, Equatable {
    public let name: String
    public let values: [String]
  }

  public let actions: Element?
  /// Nil in trust policies.
  public let resources: Element?
  /// Nil in policies of identities.
  public let principals: Element?
  /// In the order in which they are evaluated.
  public let conditions: [Condition]

  /// - Parameters:
  ///   - node: the statement, already checked.
  ///   - keys: of its conditions, in order.
  init(_ node: PolicyNode, _ keys: [ConditionKey]) {
    let members = node.value.object?.members ?? []
    func element(_ names: String...) -> Element? {
      members.first { names.contains($0.name) }.map { Element(name: $0.name, values: Self.texts($0.value)) }
    }
    actions = element("Action", "NotAction")
    resources = element("Resource", "NotResource")
    principals = element("Principal", "NotPrincipal")
    let blocks = members.first { $0.name == "Condition" }?.value.object?.members ?? []
    let written = blocks.flatMap { block in
      (block.value.object?.members ?? []).map { (block.name, Self.texts($0.value)) }
    }
    conditions = zip(written, keys).map { Condition(operatorName: $0.0, key: $1, operands: $0.1) }
  }

  /// Of a statement that nobody wrote.
  init(action: String, resource: String) {
    actions = Element(name: "Action", values: [action])
    resources = Element(name: "Resource", values: [resource])
    principals = nil
    conditions = []
  }

  private static func texts(_ value: JSONValue) -> [String] {
    switch value {
    case .string(let text): [text]
    case .integer(let number): [String(number)]
    case .real(let number): [number.description]
    case .bool(let flag): [flag ? "true" : "false"]
    case .null: []
    case .array(let values): values.flatMap(texts)
    // Principals by type.
    case .object(let object): object.members.flatMap { member in texts(member.value).map { "\(member.name):\($0)" } }
    }
  }
}
