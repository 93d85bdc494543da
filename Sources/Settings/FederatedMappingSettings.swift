import Authorization
import S3Model

extension SectionReader {
  /// `policies` and `policy_claim` of a provider of any kind: what those may do who come without a role.
  func federatedMapping() -> FederatedMapping {
    let rules = items("policies", countMax: 1000) { reader -> FederatedMapping.Rule? in
      let claim = reader.value("claim", "a claim's path such as `groups`") { Self.claimPath($0) }
      let value = reader.value("value", "a text of at most 1024 bytes") {
        (1...1024).contains($0.utf8.count) ? ByteString($0) : nil
      }
      let policies = reader.values("policies", countMax: 100, "a managed policy's name or ARN") { text, _ in
        (1...2048).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
          ? ByteString(text) : nil
      }
      if !reader.isSet("policies") || policies?.isEmpty == true { reader.report(.missing, "policies") }
      if claim != nil, !reader.isSet("value") { reader.report(.missing, "value") }
      // What was meant to limit and cannot be read must not match everybody.
      guard !reader.isSet("claim") || claim != nil, !reader.isSet("value") || value != nil else { return nil }
      let known = claim ?? (value == nil ? nil : "groups")
      return FederatedMapping.Rule(claim: known, value: value ?? "*", policies: policies ?? [])
    }
    return FederatedMapping(
      rules: rules, policyClaim: value("policy_claim", "a claim's path such as `policy`") { Self.claimPath($0) })
  }

  private static func claimPath(_ text: String) -> ByteString? {
    (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F } ? ByteString(text) : nil
  }

  /// Principals are named by their provider's name, so no two providers share one, whatever their kinds.
  func checkProviderNames(_ providers: [(name: String, origin: SettingsOrigin)]) {
    var seen: [String: String] = [:]
    for (name, origin) in providers {
      if let other = seen[name.lowercased()] {
        decoder.report(.collision(found: name, with: "the provider `\(other)`"), at: origin)
      }
      seen[name.lowercased()] = origin.keyPath
    }
  }
}
