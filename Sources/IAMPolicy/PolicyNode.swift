import JSON

/// A value of a policy document and where it stands, so that every error names its place.
struct PolicyNode {
  let value: JSONValue
  let path: String

  init(_ value: JSONValue, path: String) {
    self.value = value
    self.path = path
  }

  func fault(_ fault: PolicyFault) -> PolicyError { .invalid(path: path, fault) }

  func object() throws(PolicyError) -> JSONObject {
    guard case .object(let object) = value else { throw fault(.wrongType(value.kind)) }
    return object
  }

  func string() throws(PolicyError) -> String {
    guard case .string(let text) = value else { throw fault(.wrongType(value.kind)) }
    return text
  }

  /// A single value stands for a list of one.
  func oneOrMany() throws(PolicyError) -> [PolicyNode] {
    guard case .array(let values) = value else { return [self] }
    return values.enumerated().map { PolicyNode($1, path: "\(path)[\($0)]") }
  }

  /// One or more strings.
  func strings() throws(PolicyError) -> [(node: PolicyNode, text: String)] {
    let nodes = try oneOrMany()
    guard !nodes.isEmpty else { throw fault(.emptyList) }
    var strings: [(node: PolicyNode, text: String)] = []
    for node in nodes { strings.append((node, try node.string())) }
    return strings
  }

  func member(_ object: JSONObject, _ name: String) -> PolicyNode? {
    object[name].map { child($0, name) }
  }

  func child(_ value: JSONValue, _ name: String) -> PolicyNode {
    PolicyNode(value, path: path.isEmpty ? name : "\(path).\(name)")
  }

  func refuseUnknown(_ object: JSONObject, _ known: [String]) throws(PolicyError) {
    for member in object.members where !known.contains(where: { $0.utf8.elementsEqual(member.name.utf8) }) {
      throw child(member.value, member.name).fault(.unknownElement)
    }
  }
}
