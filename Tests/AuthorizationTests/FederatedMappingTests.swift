import Authorization
import S3Model
import Testing

@Suite struct FederatedMappingTests {
  private func names(
    _ mapping: FederatedMapping, _ claims: [(name: ByteString, values: [ByteString])],
    kind: FederatedProvider.Kind = .openID
  ) -> [ByteString] {
    FederatedProvider(kind: kind, name: "main", id: "OIDCX", arn: "arn", mapping: mapping).policyNames(claims)
  }

  @Test(
    arguments: [
      ("readers", "readers", true), ("readers", "Readers", false), ("readers", "readers ", false), ("*", "", true),
      ("r*s", "rs", true), ("r*s", "readers-eu", false), ("*a*b*", "xxaxxbxx", true), ("*a*b", "ab-ba", false),
      ("a?c", "abc", true), ("a?c", "aüc", true), ("a?c", "ac", false), ("?", "", false), ("a**b", "ab", true),
      ("", "", true), ("", "a", false), ("é", "e\u{301}", false),
      ("cn=x,*", "cn=x,ou=y", true), ("*******b", String(repeating: "a", count: 5000), false),
    ])
  func valuesAreGlobsOverBytes(_ pattern: String, _ value: String, _ matches: Bool) {
    let mapping = FederatedMapping(
      rules: [.init(claim: "groups", value: ByteString(pattern), policies: ["p"])])
    #expect(names(mapping, [(name: "jwt:groups", values: [ByteString(value)])]) == (matches ? ["p"] : []))
    // One of several is enough.
    #expect(
      names(mapping, [(name: "jwt:groups", values: ["\u{1}\u{2}", ByteString(value)])]) == (matches ? ["p"] : []))
  }

  @Test func everyRuleThatMatchesGivesItsPolicies() {
    let mapping = FederatedMapping(
      rules: [
        .init(claim: "groups", value: "a", policies: ["one", "two"]),
        .init(claim: "Groups", value: "b", policies: ["two"]),
        .init(claim: nil, value: "*", policies: ["all"]),
      ])
    #expect(names(mapping, [(name: "jwt:groups", values: ["a", "b"])]) == ["one", "two", "all"])
    #expect(names(mapping, [(name: "jwt:groups", values: ["b"])]) == ["two", "all"])
    #expect(names(mapping, []) == ["all"])
    // Another provider kind's claims, and the provider's own name for them, are others.
    #expect(names(mapping, [(name: "ldap:groups", values: ["a"])]) == ["all"])
    #expect(names(mapping, [(name: "ldap:groups", values: ["a"])], kind: .ldap) == ["one", "two", "all"])
    #expect(names(.none, [(name: "jwt:groups", values: ["a"])]).isEmpty)
  }

  @Test func aClaimNamesPolicies() {
    let mapping = FederatedMapping(policyClaim: "policy")
    #expect(names(mapping, [(name: "jwt:policy", values: ["a, b", "c,a,,", " "])]) == ["a", "b", "c"])
    #expect(names(mapping, [(name: "jwt:policy", values: ["arn:aws:iam::aws:policy/AdministratorAccess"])]).isEmpty)
    #expect(names(mapping, [(name: "jwt:other", values: ["a"])]).isEmpty)
  }

  @Test func principalsAreNamedByTheirProvider() throws {
    let account = try #require(AccountID("123456789012"))
    #expect(
      ARN.federatedIdentity("a/b:c", provider: "main", account: account)
        == "arn:aws:sts::123456789012:federated-identity/main/a/b:c")
  }
}
