import KerberosNames
import S3Model
import Testing

struct NameRulesTests {
  private static let robots = #"RULE:[2:$1-$2@$0](robot-.*@EXAMPLE\.TEST)s/@.*//"#

  private func name(
    _ text: String, _ rules: [String]?, realms: [ByteString] = ["EXAMPLE.TEST"], ignoresCase: Bool = false
  ) throws -> String? {
    let rules = try NameRules(realms: realms, rules: rules, ignoresCase: ignoresCase)
    return try rules.named(try #require(KerberosPrincipal(text.utf8))).name?.text
  }

  @Test(arguments: [
    ("alice@EXAMPLE.TEST", ["DEFAULT"], "alice"),
    ("robot/batch@EXAMPLE.TEST", ["DEFAULT", Self.robots], "robot-batch"),
    ("robot/batch@EXAMPLE.TEST", ["RULE:[2:$1;$2]"], "robot;batch"),
    ("alice@EXAMPLE.TEST", ["RULE:[1:$1@$0]"], "alice@EXAMPLE.TEST"),
    ("ALICE@EXAMPLE.TEST", ["RULE:[1:$1]L"], "alice"),
    ("ALICE@EXAMPLE.TEST", ["RULE:[1:$1](A.*)s/A/x/g/L"], "xlice"),
    ("banana@EXAMPLE.TEST", ["RULE:[1:$1]s/a/o/"], "bonana"),
    ("banana@EXAMPLE.TEST", ["RULE:[1:$1]s/a/o/g"], "bonono"),
    ("banana@EXAMPLE.TEST", ["RULE:[1:$1]s/a/o/gs/b/m/"], "monono"),
    ("banana@EXAMPLE.TEST", ["RULE:[1:$1]s/x*/-/g"], "-b-a-n-a-n-a-"),
    (
      "batch/robot7.example.com@EXAMPLE.TEST",
      [#"RULE:[2:$1/$2@$0](batch/.*@EXAMPLE\.TEST)s/\.example\.com@.*//s/^batch.//s/^/robot-/"#], "robot-robot7"
    ),
    // The first rule that fits decides.
    ("alice@EXAMPLE.TEST", ["RULE:[1:$1](bob)", "RULE:[1:first]", "DEFAULT"], "first"),
    ("alice@EXAMPLE.TEST", [#"RULE:[1:$1](a(l|x)[)i]ce)s/e//"#], "alic"),
  ])
  func maps(principal: String, rules: [String], expected: String) throws {
    #expect(try name(principal, rules) == expected)
  }

  @Test func patternsMatchTheWhole() throws {
    #expect(try name("alice@EXAMPLE.TEST", ["RULE:[1:$1](alice)"]) == "alice")
    for pattern in ["lic", "alic", "lice", "^alice$x", "x|lice"] {
      #expect(throws: NameRules.Refusal.noName) { try name("alice@EXAMPLE.TEST", ["RULE:[1:$1](\(pattern))"]) }
    }
    // A realm cannot be imitated by a longer one, nor by a name with a sign in it.
    let rule = #"RULE:[1:$1@$0](.*@EXAMPLE\.TEST)s/@.*//"#
    #expect(try name("alice@EXAMPLE.TEST", [rule], realms: ["EXAMPLE.TEST", "EVIL"]) == "alice")
    #expect(throws: NameRules.Refusal.noName) {
      try name("alice@EVIL", [rule], realms: ["EXAMPLE.TEST", "EVIL"])
    }
  }

  @Test func onlyNamedRealmsComeIn() throws {
    #expect(try name("alice@EXAMPLE.TEST", nil) == "alice")
    for text in ["alice@OTHER.TEST", "alice@example.test", #"alice\@EXAMPLE.TEST@OTHER.TEST"#] {
      #expect(throws: NameRules.Refusal.foreignRealm) { try name(text, nil) }
    }
    // A second realm's people are let in, and are not those of the first.
    #expect(try name("alice@OTHER.TEST", nil, realms: ["EXAMPLE.TEST", "OTHER.TEST"]) == nil)
  }

  @Test func explicitRulesMustFit() throws {
    #expect(try name("robot/batch@EXAMPLE.TEST", nil) == nil)
    #expect(throws: NameRules.Refusal.noName) { try name("robot/batch@EXAMPLE.TEST", ["DEFAULT"]) }
    #expect(throws: NameRules.Refusal.noName) { try name("alice@EXAMPLE.TEST", []) }
    #expect(throws: NameRules.Refusal.noName) { try name("alice@EXAMPLE.TEST", ["RULE:[1:$1]s/.*//"]) }
  }

  @Test func nobodyInParticularStaysOut() throws {
    #expect(throws: NameRules.Refusal.anonymous) { try name("WELLKNOWN/ANONYMOUS@EXAMPLE.TEST", ["RULE:[2:$2]"]) }
    #expect(throws: NameRules.Refusal.anonymous) {
      try name("WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS", nil, realms: ["WELLKNOWN:ANONYMOUS"])
    }
  }

  @Test func caseCanBeIgnored() throws {
    let rules = try NameRules(realms: ["EXAMPLE.TEST"], rules: nil, ignoresCase: true)
    let named = try rules.named(try #require(KerberosPrincipal("Alice@EXAMPLE.TEST".utf8)))
    #expect(named.principal.text == "alice@EXAMPLE.TEST")
    #expect(named.name == "alice")
    #expect(try name("Alice@EXAMPLE.TEST", nil) == "Alice")
  }

  @Test(arguments: [
    "", "default", "RULE", "RULE:", "RULE:[", "RULE:[1]", "RULE:[0:$1]", "RULE:[9:$1]", "RULE:[x:$1]", "RULE:[1:$2]",
    "RULE:[1:$]", "RULE:[1:$x]", "RULE:[1:$1](", "RULE:[1:$1](a", "RULE:[1:$1]x", "RULE:[1:$1]s/a/b",
    "RULE:[1:$1]s//b/", "RULE:[1:$1]s/a/b/x", "RULE:[1:$1](a)(b)", " DEFAULT",
  ])
  func refuses(rule: String) { #expect(throws: KerberosNameError.malformedRule) { try NameRule(rule) } }

  @Test(arguments: [
    "RULE:[1:$1](*)", "RULE:[1:$1]s/(/b/", #"RULE:[1:$1](\Ka)"#, "RULE:[1:$1](a{1001})",
  ])
  func refusesPattern(rule: String) {
    #expect {
      _ = try NameRule(rule)
    } throws: { error in
      switch error as? KerberosNameError {
      case .malformedPattern, .malformedRule: true
      default: false
      }
    }
  }

  @Test func isBounded() throws {
    #expect(throws: KerberosNameError.ruleTooLong(bytesMax: NameRule.bytesMax)) {
      try NameRule("RULE:[1:$1]s/a/" + String(repeating: "b", count: 2000) + "/")
    }
    // Grows beyond any name: refused, not cut.
    let growing = "RULE:[1:$1]" + String(repeating: "s/a/aaaaaaaaaaaaaaaaaaaa/g", count: 4)
    #expect(throws: NameRules.Refusal.noName) { try name("aaaaaaaaaa@EXAMPLE.TEST", [growing]) }
    // What takes other engines forever.
    let long = String(repeating: "a", count: 400)
    #expect(throws: NameRules.Refusal.noName) { try name("\(long)@EXAMPLE.TEST", ["RULE:[1:$1]((a*)*b)"]) }
  }
}
