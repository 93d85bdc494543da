import LDAPNames
import S3Model
import Testing

@Suite struct DistinguishedNameTests {
  @Test(arguments: [
    ("uid=alice,ou=people,dc=example,dc=test", "uid=alice,ou=people,dc=example,dc=test"),
    ("UID=Alice, OU=People , DC = Example,dc=TEST", "uid=alice,ou=people,dc=example,dc=test"),
    ("uid=ali\\63e,ou=people", "uid=alice,ou=people"),
    ("0.9.2342.19200300.100.1.1=alice,OID.2.5.4.11=people", "uid=alice,ou=people"),
    ("cn=Jane   Q.  Doe,o=x", "cn=jane q. doe,o=x"),
    ("cn=\\ Jane\\20,o=x", "cn=jane,o=x"),
    ("cn=Doe\\2C Zo\u{EB} (ops*),o=x", "cn=doe\\, zo\u{EB} (ops*),o=x"),
    ("cn=Doe\\, Zo\\C3\\8B (ops*),o=x", "cn=doe\\, zo\u{EB} (ops*),o=x"),
    ("ou=sales+cn=Smith,o=x", "cn=smith+ou=sales,o=x"),
    ("cn=Smith+ou=Sales,o=x", "cn=smith+ou=sales,o=x"),
    ("cn=#0C05416c696365,o=x", "cn=alice,o=x"),
    ("cn=#04024869,o=x", "cn=#04024869,o=x"),
    ("cn=\\#1\\=a=b\\\\,o=x", "cn=\\#1=a=b\\\\,o=x"),
    ("cn=Lu\\C4\\8Di\\C4\\87", "cn=lu\u{10D}i\u{107}"),
  ])
  func oneForm(spelling: String, form: String) throws {
    let name = try #require(DistinguishedName(spelling.utf8))
    #expect(name.text == ByteString(form))
    // The one form is its own.
    #expect(DistinguishedName(form.utf8) == name)
  }

  @Test(arguments: [
    "", " ", "alice", "=alice", "uid=", "uid= ,o=x", "uid=alice,", ",uid=alice", "uid=alice,,o=x", "uid=a;o=x",
    "uid=a\\",
    "uid=a\\4", "uid=a\\zz", "uid=\"a\",o=x", "uid=a<b", "uid=a\\00b", "uid=a\nb", "uid=a\\0Ab", "uid=a\\C2\\85b",
    "uid=\\C3", "1.2.x=a", "u_d=a", "cn=#0C", "cn=#0", "cn=#0C0541zz", "cn=a+,o=x", "-a=b",
  ])
  func malformed(text: String) { #expect(DistinguishedName(text.utf8) == nil) }

  @Test func tooLong() {
    #expect(DistinguishedName("cn=\(String(repeating: "a", count: 2000))".utf8) != nil)
    #expect(DistinguishedName("cn=\(String(repeating: "a", count: 2048))".utf8) == nil)
    #expect(DistinguishedName(Array(repeating: "o=a", count: 64).joined(separator: ",").utf8) != nil)
    #expect(DistinguishedName(Array(repeating: "o=a", count: 65).joined(separator: ",").utf8) == nil)
  }

  @Test func twoAreTwo() throws {
    let spellings = [
      "cn=a\\,o=b,o=x", "cn=a,o=b,o=x", "cn=a\\+o=b,o=x", "cn=a+o=b,o=x", "cn=#04024869", "cn=\\#04024869",
    ]
    #expect(Set(try spellings.map { try #require(DistinguishedName($0.utf8)).text }).count == spellings.count)
  }

  @Test func within() throws {
    let base = try #require(DistinguishedName("OU=People,dc=x".utf8))
    #expect(try #require(DistinguishedName("uid=a,ou=people,dc=x".utf8)).isWithin(base))
    #expect(base.isWithin(base))
    #expect(try !#require(DistinguishedName("uid=a\\,ou=people,dc=x".utf8)).isWithin(base))
    #expect(try !#require(DistinguishedName("dc=x".utf8)).isWithin(base))
  }
}
