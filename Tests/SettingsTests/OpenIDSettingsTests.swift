import Authorization
import S3Model
import Testing

@testable import Settings

struct OpenIDSettingsTests {
  private func errors(_ yaml: String) -> [String] {
    do throws(SettingsErrors) {
      _ = try GatewaySettings(yaml: yaml, environment: [:])
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  private static let least = "issuer: https://idp.example.com, audiences: [a]"

  @Test func readsBearerAndIntrospection() throws {
    let settings = try GatewaySettings(
      yaml: """
        openid:
          least: {\(Self.least)}
          full:
            issuer: https://other.example.com
            audiences: [a]
            bearer: true
            bearer_roles: [reader, "arn:aws:iam::000000000000:role/x/writer"]
            userinfo: true
            introspection:
              url: https://other.example.com/ask
              client_id: gateway
              client_secret_file: /secret
              authentication: client_secret_post
              tokens: all
              cache: 5s
        """, environment: [:])
    let least = settings.openID[0]
    #expect(!least.takesBearer && least.introspection == nil && !least.usesUserinfo)
    let full = settings.openID[1]
    #expect(full.takesBearer && full.usesUserinfo)
    #expect(full.bearerRoles == ["reader", "arn:aws:iam::000000000000:role/x/writer"])
    let introspection = try #require(full.introspection)
    #expect(introspection.url == "https://other.example.com/ask")
    #expect(introspection.clientID == "gateway" && introspection.clientSecretFile.path == "/secret")
    #expect(introspection.authentication == .post && introspection.tokens == .all)
    #expect(introspection.cache == .seconds(5))
  }

  @Test func readsMappings() throws {
    let settings = try GatewaySettings(
      yaml: """
        openid:
          p:
            issuer: https://idp.example.com
            audiences: [a]
            bearer: true
            policy_claim: policy
            policies:
              - {claim: realm.roles, value: "eu-*", policies: [readonly, "arn:aws:iam::000000000000:policy/x/p"]}
              - {value: admins, policies: [readwrite]}
              - {policies: [diagnostics]}
        """, environment: [:])
    let mapping = settings.openID[0].mapping
    #expect(mapping.policyClaim == "policy")
    #expect(mapping.rules.map(\.claim) == ["realm.roles", "groups", nil])
    #expect(mapping.rules.map(\.value) == ["eu-*", "admins", "*"])
    #expect(mapping.rules[0].policies == ["readonly", "arn:aws:iam::000000000000:policy/x/p"])
    #expect(try GatewaySettings(yaml: "openid: {p: {\(Self.least)}}", environment: [:]).openID[0].mapping.isEmpty)
  }

  @Test(arguments: [
    ("p: {\(least), policies: [{claim: groups, policies: [a]}]}", "value"),
    ("p: {\(least), policies: [{claim: groups, value: a}]}", "policies"),
    ("p: {\(least), policies: [{claim: groups, value: \"\", policies: [a]}]}", "value"),
    ("p: {\(least), policies: [{claim: \"\", value: a, policies: [a]}]}", "claim"),
    ("p: {\(least), policies: [{value: a, policies: [\"a b\"]}]}", "policies[0]"),
    ("p: {\(least), policies: [{value: a, policies: []}]}", "policies"),
    ("p: {\(least), policy_claim: \"a b\"}", "policy_claim"),
    ("p: {\(least)}\n  P: {issuer: https://q.example.com, audiences: [a]}", "the provider"),
    ("p: {\(least)}\n  q: {issuer: https://IDP.example.com, audiences: [a]}", "the issuer"),
    ("p: {\(least), bearer: true}", "bearer"),
    ("p: {\(least), bearer: true, bearer_roles: [\"a b\"]}", "bearer_roles[0]"),
    ("p: {\(least), introspection: {client_id: a}}", "client_secret_file"),
    ("p: {\(least), introspection: {client_secret_file: /a}}", "client_id"),
    ("p: {\(least), introspection: {client_id: a, client_secret_file: /a, url: \"http://x\"}}", "introspection.url"),
    ("p: {\(least), introspection: {client_id: a, client_secret_file: /a, cache: 61s}}", "introspection.cache"),
    ("p: {\(least), jwks_file: /k, introspection: {client_id: a, client_secret_file: /a}}", "introspection.url"),
    ("p: {\(least), jwks_file: /k, userinfo: true}", "userinfo"),
    (
      """
      p: {\(least), introspection: {client_id: a, client_secret_file: /a}}
        q: {issuer: https://q.example.com, audiences: [a], introspection: {client_id: a, client_secret_file: /a}}
      """, "openid.q"
    ),
  ])
  func refuses(_ providers: String, _ key: String) {
    let found = errors("openid:\n  \(providers)")
    #expect(found.contains { $0.contains(key) }, "\(found)")
  }
}
