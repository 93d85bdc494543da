import Authorization
import LDAPNames
import S3Model
import Testing

@testable import Settings

@Suite struct LDAPSettingsTests {
  private static func decode(_ lines: String) -> (ldap: LDAPSettings?, errors: [String]) {
    let text = "ldap:\n  corp:\n" + lines.split(separator: "\n").map { "    \($0)\n" }.joined()
    do throws(SettingsErrors) {
      return (try GatewaySettings(yaml: text, environment: [:]).ldap.first, [])
    } catch {
      return (nil, error.errors.map(\.description))
    }
  }

  private static let least = "servers: [ldaps://a.test]\nuser_bases: [\"ou=people,dc=x\"]\n"

  @Test func defaults() throws {
    let (found, errors) = Self.decode(Self.least)
    #expect(errors.isEmpty)
    let ldap = try #require(found)
    #expect(ldap.userFilter.text == "(uid=%s)" && ldap.groupFilter.text == "(member=%d)" && ldap.groupBases.isEmpty)
    #expect(ldap.refreshInterval == .seconds(300) && ldap.staleMax == .seconds(3600) && !ldap.isPlain)
    #expect(ldap.account == nil)
  }

  @Test func namesInMappingsHaveOneForm() throws {
    let ldap = try #require(
      Self.decode(Self.least + "policies: [{claim: groups, value: \"CN=Ops, DC=X\", policies: [readonly]}]").ldap)
    #expect(ldap.mapping.rules[0].value == "cn=ops,dc=x")
  }

  @Test(arguments: [
    ("user_bases: [\"dc=x\"]", "servers"),
    ("servers: [ldaps://a]\n", "user_bases"),
    (least + "domain: example.com", "domain"),
    ("servers: [http://a]\nuser_bases: [\"dc=x\"]", "servers"),
    (least + "user_filter: (uid=alice)", "user_filter"),
    (least + "user_filter: uid=%s", "user_filter"),
    (least + "group_filter: (cn=all)", "group_filter"),
    (least + "group_filter: (memberUid=%s)\ngroup_depth: 2", "group_depth"),
    (least + "lookup_bind_dn: cn=x", "lookup_bind_password_file"),
    (least + "lookup_principal: x@Y", "lookup_keytab_file"),
    (least + "attributes: [groups]", "attributes"),
    (least + "refresh_interval: 2h", "stale_max"),
    (least + "policies: [{claim: groups, value: readers, policies: [readonly]}]", "policies"),
    (least + "plain: true", "plain"),
  ])
  func refused(lines: String, key: String) {
    let errors = Self.decode(lines).errors
    #expect(errors.contains { $0.contains("ldap.corp.\(key)") }, "\(errors)")
  }
}
