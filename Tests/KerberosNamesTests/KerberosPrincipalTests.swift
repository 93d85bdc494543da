import KerberosNames
import S3Model
import Testing

struct KerberosPrincipalTests {
  @Test(arguments: [
    ("alice@EXAMPLE.TEST", ["alice"], "EXAMPLE.TEST"),
    ("robot/batch@EXAMPLE.TEST", ["robot", "batch"], "EXAMPLE.TEST"),
    (#"al\/ice@R"#, ["al/ice"], "R"),
    (#"al\@OTHER@R"#, ["al@OTHER"], "R"),
    (#"a\\b@R"#, [#"a\b"#], "R"),
    ("zoë@R", ["zoë"], "R"),
    ("a/@R", ["a", ""], "R"),
    // Behind the `@` a slash is the realm's.
    ("alice@OU=a/b", ["alice"], "OU=a/b"),
  ])
  func understands(text: String, components: [String], realm: String) throws {
    let principal = try #require(KerberosPrincipal(text.utf8))
    #expect(principal.components == components.map { ByteString($0) })
    #expect(principal.realm == ByteString(realm))
    // Whatever it was written like, it comes back to the same.
    #expect(KerberosPrincipal(principal.text.bytes) == principal)
  }

  @Test func differentPrincipalsHaveDifferentTexts() throws {
    let one = try #require(KerberosPrincipal(components: ["a/b"], realm: "R"))
    let two = try #require(KerberosPrincipal(components: ["a", "b"], realm: "R"))
    let three = try #require(KerberosPrincipal(components: ["a"], realm: "b@R"))
    let four = try #require(KerberosPrincipal(components: ["a@b"], realm: "R"))
    #expect(Set([one, two, three, four].map(\.text)).count == 4)
  }

  @Test(arguments: [
    "", "alice", "alice@", "@R", "/a@R", "alice@A@B", #"alice@R\"#, #"a\nb@R"#, #"a\0b@R"#, "a\u{0}b@R", "a\nb@R",
    "a\u{7F}@R", "a/b/c/d/e/f/g/h/i@R", String(repeating: "a", count: 511) + "@R",
  ])
  func refuses(text: String) { #expect(KerberosPrincipal(text.utf8) == nil) }

  @Test func refusesInvalidUTF8() {
    #expect(KerberosPrincipal([0x61, 0xFF, 0x40, 0x52]) == nil)
    #expect(KerberosPrincipal([0x61, 0x40, 0x52]) != nil)
  }

  @Test(arguments: [
    ("WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS", true), ("WELLKNOWN/ANONYMOUS@EXAMPLE.TEST", true),
    ("alice@WELLKNOWN:ANONYMOUS", true), ("WELLKNOWN/guest@EXAMPLE.TEST", true), ("alice@EXAMPLE.TEST", false),
    ("wellknown@EXAMPLE.TEST", false),
  ])
  func knowsNobody(text: String, isAnonymous: Bool) throws {
    #expect(try #require(KerberosPrincipal(text.utf8)).isAnonymous == isAnonymous)
  }
}
