public import S3Model

/// From the claims of a provider's people to names of managed policies.
public struct FederatedMapping: Hashable, Sendable {
  /// Gives its policies to whom it matches.
  public struct Rule: Hashable, Sendable {
    /// Without the provider's prefix; nil matches everybody.
    public var claim: ByteString?
    /// Compared as bytes; `*` is any text, `?` one character.
    public var value: ByteString
    /// Names or ARNs.
    public var policies: [ByteString]

    public init(claim: ByteString?, value: ByteString, policies: [ByteString]) {
      self.claim = claim
      self.value = value
      self.policies = policies
    }
  }

  public var rules: [Rule]
  /// A claim whose values are names of policies, separated by commas within one.
  public var policyClaim: ByteString?

  public init(rules: [Rule] = [], policyClaim: ByteString? = nil) {
    self.rules = rules
    self.policyClaim = policyClaim
  }

  public static let none = FederatedMapping()

  public var isEmpty: Bool { rules.isEmpty && policyClaim == nil }

  /// The claims that it reads.
  public var claims: [ByteString] { rules.compactMap(\.claim) + [policyClaim].compactMap { $0 } }

  /// Policies of every rule that matches, each once, in the order of the rules.
  func policyNames(_ values: (ByteString) -> [ByteString]) -> [ByteString] {
    var names: [ByteString] = []
    for rule in rules {
      if let claim = rule.claim, !values(claim).contains(where: { Self.matches(rule.value.bytes, $0.bytes) }) {
        continue
      }
      for name in rule.policies where !names.contains(name) { names.append(name) }
    }
    if let policyClaim {
      for value in values(policyClaim) {
        for part in value.bytes.split(separator: UInt8(ascii: ",")) {
          let name = Self.trimmed(part)
          // A name, never an ARN: a provider does not choose among paths.
          guard !name.isEmpty, !name.contains(UInt8(ascii: ":")) else { continue }
          if !names.contains(ByteString(name)) { names.append(ByteString(name)) }
        }
      }
    }
    return names
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let start = text.drop { $0 == 0x20 }
    return start.prefix(upTo: (start.lastIndex { $0 != 0x20 } ?? start.startIndex - 1) + 1)
  }

  /// Goes back only to the last star: bounded by pattern times text.
  static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
    var (next, index) = (0, 0)
    var star: (pattern: Int, text: Int)?
    while index < text.count {
      if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
        star = (next + 1, index)
        next += 1
      } else if next < pattern.count, pattern[next] == UInt8(ascii: "?") {
        next += 1
        index = Self.end(ofCharacterAt: index, in: text)
      } else if next < pattern.count, pattern[next] == text[index] {
        next += 1
        index += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        next = last.pattern
        index = last.text + 1
      } else {
        return false
      }
    }
    return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  private static func end(ofCharacterAt index: Int, in text: [UInt8]) -> Int {
    var end = index + 1
    while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }
}
