/// `net.cidr_*`. Nothing here resolves names: `net.lookup_ip_addr` is known and never run.
enum NetworkBuiltins {
  private static let networks: TypeDescription = .anyOf([
    .string, .array(of: .anyOf([.string, .array(of: .any)])), .set(of: .anyOf([.string, .array(of: .any)])),
    .object(.string, .anyOf([.string, .array(of: .any)])),
  ])

  static let all: [Builtin] = [
    Builtin("net.cidr_contains", [.string, .string], .boolean, contains),
    Builtin("net.cidr_overlap", [.string, .string], .boolean, contains),
    Builtin("net.cidr_intersects", [.string, .string], .boolean) { operands, context throws(BuiltinError) in
      let (left, right) = (try network(operands[0], context), try network(operands[1], context))
      return .boolean(left.contains(right.address) || right.contains(left.address))
    },
    Builtin(
      "net.cidr_contains_matches", [networks, networks], .set(of: .array(fixed: [.any, .any], rest: nil)), matches),
    Builtin("net.cidr_is_valid", [.string], .boolean) { operands, _ throws(BuiltinError) in
      guard case .string(let text) = operands[0] else { return false }
      return .boolean(Network(text) != nil)
    },
    Builtin("net.cidr_expand", [.string], .set(of: .string), expand),
    Builtin(
      "net.cidr_merge", [.anyOf([.array(of: .anyOf([.string])), .set(of: .string)])], .set(of: .string), merge),
  ]

  private static func network(_ value: Value, _ context: any BuiltinContext) throws(BuiltinError) -> Network {
    guard case .string(let text) = value else { throw .operand(1, mustBe: "string", got: value) }
    return try network(text, context.cache)
  }

  static func network(_ text: Text, _ cache: BuiltinCache) throws(BuiltinError) -> Network {
    if let found = cache.networks[text] { return found }
    guard let network = Network(text) else { throw .failed("invalid CIDR address: \(text)") }
    cache.keep(network, for: text)
    return network
  }

  private static func contains(
    _ left: Value, _ right: Value, _ context: any BuiltinContext
  ) throws(BuiltinError) -> Bool {
    let network = try network(left, context)
    guard case .string(let text) = right else { throw .operand(1, mustBe: "string", got: right) }
    if let address = text.withBytes({ NetworkAddress($0) }) { return network.contains(address) }
    guard let other = Network(text) else {
      throw .failed("not a valid textual representation of an IP address or CIDR: \(text)")
    }
    return network.contains(other)
  }

  private static let contains: BuiltinFunction = { operands, context throws(BuiltinError) in
    .boolean(try contains(operands[0], operands[1], context))
  }

  private static let matches: BuiltinFunction = { operands, context throws(BuiltinError) in
    let (left, right) = (try entries(operands[0], 1), try entries(operands[1], 2))
    try context.charge(instructions: left.count * right.count * 8, bytes: 0)
    var pairs: [Value] = []
    for (network, key) in left {
      for (candidate, otherKey) in right where try contains(network, candidate, context) {
        pairs.append([key, otherKey])
      }
    }
    return .set(ValueSet(pairs))
  }

  /// Networks or addresses and what stands for them in the result: themselves, an index or a key.
  private static func entries(
    _ value: Value, _ operand: Int
  ) throws(BuiltinError) -> [(network: Value, key: Value)] {
    func first(_ value: Value) throws(BuiltinError) -> Value {
      switch value {
      case .string: return value
      case .array(let array) where !array.isEmpty: return array[0]
      default: throw .failed("operand \(operand): element must be string or non-empty array")
      }
    }
    var entries: [(network: Value, key: Value)] = []
    switch value {
    case .string: return [(value, value)]
    case .array(let array):
      for (index, element) in array.elements.enumerated() {
        entries.append((try first(element), .integer(Int64(index))))
      }
    case .set(let set):
      for element in set.elements { entries.append((try first(element), element)) }
    case .object(let object):
      for (key, element) in zip(object.keys, object.values) { entries.append((try first(element), key)) }
    default: break
    }
    return entries
  }

  private static let expand: BuiltinFunction = { operands, context throws(BuiltinError) in
    let network = try network(operands[0], context)
    // Before a single one is made: a short prefix would fill the memory.
    let count = network.last - network.address.bits
    try context.charge(
      instructions: count > 1 << 30 ? .max / 2 : (Int(count) + 1) * 32,
      bytes: count > 1 << 30 ? .max / 2 : (Int(count) + 1) * 64)
    var addresses: [Value] = []
    var bits = network.address.bits
    while true {
      addresses.append(.string(NetworkAddress(isV4: network.address.isV4, bits: bits).text))
      if bits == network.last { break }
      bits += 1
    }
    return .set(ValueSet(addresses))
  }

  private static let merge: BuiltinFunction = { operands, context throws(BuiltinError) in
    let elements: [Value]
    switch operands[0] {
    case .array(let array): elements = array.elements
    case .set(let set): elements = set.elements
    default: throw .failed("operand must be an array")
    }
    try context.charge(instructions: elements.count * 64, bytes: elements.count * 64)
    var networks: [Network] = []
    for element in elements {
      guard case .string(let text) = element else { throw .failed("element must be string") }
      if let address = text.withBytes({ NetworkAddress($0) }) {
        guard address.isV4 else { throw .failed("IPv6 invalid: needs prefix length") }
        networks.append(Network(address, prefix: classfulPrefix(address)))
      } else if let network = Network(text) {
        networks.append(network)
      } else {
        throw .failed("invalid CIDR address: \(text)")
      }
    }
    return .set(ValueSet(Network.merge(networks).map { .string($0.text) }))
  }

  /// Source: Go, net.IP.DefaultMask.
  private static func classfulPrefix(_ address: NetworkAddress) -> Int {
    switch address.bits >> 24 {
    case 0..<0x80: 8
    case 0x80..<0xC0: 16
    default: 24
    }
  }
}
