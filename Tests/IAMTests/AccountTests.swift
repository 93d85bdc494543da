import GatewayTesting
import IAM
import Identity
import IdentityStore
import S3Model
import Testing

@Suite struct AccountTests {
  @Test func theAccountHasAnAliasAndPolicies() async throws {
    let iam = try IAMHarness()
    #expect(try await iam.call("ListAccountAliases").all("member") == [])
    for bad in ["-ab", "ab-", "a--b", "Ab1", "ab"] {
      #expect(await iam.code("CreateAccountAlias", ["AccountAlias": bad]) == .validationError, "\(bad)")
    }
    try await iam.call("CreateAccountAlias", ["AccountAlias": "my-store"])
    #expect(try await iam.call("ListAccountAliases").all("member") == ["my-store"])
    #expect(await iam.code("DeleteAccountAlias", ["AccountAlias": "other"]) == .noSuchEntity)
    try await iam.call("DeleteAccountAlias", ["AccountAlias": "my-store"])
    #expect(await iam.code("GetAccountPasswordPolicy") == .noSuchEntity)
    try await iam.call(
      "UpdateAccountPasswordPolicy", ["MinimumPasswordLength": "12", "RequireSymbols": "true", "MaxPasswordAge": "90"])
    let policy = try await iam.call("GetAccountPasswordPolicy")
    #expect(policy["MinimumPasswordLength"] == "12" && policy["ExpirePasswords"] == "true")
    #expect(policy["RequireSymbols"] == "true" && policy["RequireNumbers"] == "false")
    try await iam.call("DeleteAccountPasswordPolicy")
    #expect(await iam.code("DeleteAccountPasswordPolicy") == .noSuchEntity)
    try await iam.call("UpdateAccountKeyPolicy", ["MaxKeyAge": "90"])
    #expect(try await iam.call("GetAccountKeyPolicy")["MaxKeyAge"] == "90")
    #expect(iam.editor.table.accountRecord?.record.keyAgeSecondsMax == 7_776_000)
    try await iam.call("UpdateAccountKeyPolicy")
    #expect(try await iam.call("GetAccountKeyPolicy")["ExpireKeys"] == "false")
    try await iam.call("CreateUser", ["UserName": "bob"])
    let summary = try await iam.call("GetAccountSummary")
    let entries = Dictionary(uniqueKeysWithValues: zip(summary.all("key"), summary.all("value")))
    #expect(entries["Users"] == "1" && entries["AccessKeysPerUserQuota"] == "2")
  }

  @Test func providersComeAndGo() async throws {
    let iam = try IAMHarness()
    let made = try await iam.call(
      "CreateOpenIDConnectProvider",
      [
        "Url": "https://IdP.example.com/realm/", "ClientIDList.member.1": "a",
        "ThumbprintList.member.1": String(repeating: "AB", count: 20),
      ])
    let arn = "arn:aws:iam::123456789012:oidc-provider/idp.example.com/realm"
    #expect(made["OpenIDConnectProviderArn"] == arn)
    #expect(
      await iam.code("CreateOpenIDConnectProvider", ["Url": "https://idp.example.com/realm"]) == .entityAlreadyExists)
    for bad in ["http://x", "https://", "https://a b", "https://u@h", "https://h/?q", "x"] {
      #expect(await iam.code("CreateOpenIDConnectProvider", ["Url": bad]) == .invalidInput, "\(bad)")
    }
    let provider = ["OpenIDConnectProviderArn": arn]
    try await iam.call("AddClientIDToOpenIDConnectProvider", provider.merging(["ClientID": "b"]) { $1 })
    try await iam.call("RemoveClientIDFromOpenIDConnectProvider", provider.merging(["ClientID": "a"]) { $1 })
    try await iam.call(
      "UpdateOpenIDConnectProviderThumbprint",
      provider.merging(["ThumbprintList.member.1": String(repeating: "0c", count: 20)]) { $1 })
    #expect(
      await iam.code(
        "UpdateOpenIDConnectProviderThumbprint",
        provider.merging(["ThumbprintList.member.1": String(repeating: "zz", count: 20)]) { $1 }) == .invalidInput)
    let got = try await iam.call("GetOpenIDConnectProvider", provider)
    #expect(got.all("member") == ["b", String(repeating: "0c", count: 20)])
    #expect(try await iam.call("ListOpenIDConnectProviders")["Arn"] == arn)
    try await iam.call("DeleteOpenIDConnectProvider", provider)
    #expect(await iam.code("GetOpenIDConnectProvider", provider) == .noSuchEntity)
  }
}
