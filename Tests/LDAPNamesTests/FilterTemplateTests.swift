import LDAPNames
import Testing

@Suite struct FilterTemplateTests {
  @Test(arguments: [
    ("alice", "(uid=alice)"),
    ("*", "(uid=\\2a)"),
    ("a)(uid=*", "(uid=a\\29\\28uid=\\2a)"),
    ("a\\2a", "(uid=a\\5c2a)"),
    ("a\u{0}b", "(uid=a\\00b)"),
    ("zo\u{EB}*(ops)", "(uid=zo\u{EB}\\2a\\28ops\\29)"),
    ("%s%d", "(uid=%s%d)"),
  ])
  func names(name: String, filter: String) throws {
    let template = try #require(FilterTemplate("(uid=%s)"))
    #expect(String(decoding: template.filled(name: Array(name.utf8)), as: UTF8.self) == filter)
  }

  @Test func places() throws {
    let template = try #require(FilterTemplate("(&(member=%d)(note=100%%)(!(owner=%s)))"))
    let filled = template.filled(name: Array("a".utf8), distinguishedName: Array("cn=b\\, c (x),o=y".utf8))
    #expect(
      String(decoding: filled, as: UTF8.self) == "(&(member=cn=b\\5c, c \\28x\\29,o=y)(note=100%)(!(owner=a)))")
    #expect(template.has(.name) && template.has(.distinguishedName))
    #expect(try !#require(FilterTemplate("(uid=%s)")).has(.distinguishedName))
    #expect(FilterTemplate("(member:1.2.840.113556.1.4.1941:=%d)") != nil)
  }

  @Test(arguments: [
    "", "uid=%s", "(uid=%s", "uid=%s)", "(uid=%s))", "((uid=%s)", "(uid=%s)(a=b)", "(uid=%x)", "(uid=%", "(uid=a%)",
    "()",
    "(&(a=b)c)", "((uid=%s))", "(a(b=c))", "(uid=\n)",
  ])
  func malformed(text: String) { #expect(FilterTemplate(text) == nil) }
}

@Suite struct LDAPServerTests {
  @Test(arguments: [
    ("ldaps://ldap.example.com", "ldap.example.com", 636, LDAPServer.Security.tls),
    ("ldap://LDAP.example.com:1389/", "ldap.example.com", 1389, .startTLS),
    ("ldaps://[::1]:1636", "::1", 1636, .tls),
    ("ldap://127.0.0.1", "127.0.0.1", 389, .startTLS),
  ])
  func urls(text: String, host: String, port: Int, security: LDAPServer.Security) {
    #expect(LDAPServer(url: text) == LDAPServer(host: host, port: port, security: security))
  }

  @Test func plainOnlyWhenSaid() {
    #expect(LDAPServer(url: "ldap://a")?.security == .startTLS)
    #expect(LDAPServer(url: "ldap://a", isPlain: true)?.security == .plain)
    #expect(LDAPServer(url: "ldaps://a", isPlain: true)?.security == .tls)
  }

  @Test(arguments: [
    "", "ldap.example.com", "http://a", "ldap://", "ldap://a:0", "ldap://a:x", "ldap://a:70000", "ldap://a/dc=x",
    "ldap://a b", "ldap://user@a", "ldap://a?b", "ldapi:///x", "ldap://::1", "ldap://[::1", "ldap://[a]",
  ])
  func malformed(text: String) { #expect(LDAPServer(url: text) == nil) }
}
