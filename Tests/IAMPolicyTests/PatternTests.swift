import IAMPolicy
import S3Model
import Testing

@Suite struct PatternTests {
  @Test(arguments: [
    ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/b:c", true), ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
    ("arn:aws:s3:::b/a*c*e", "arn:aws:s3:::b/abcde", true), ("arn:aws:s3:::b/a*c*e", "arn:aws:s3:::b/abcdef", false),
    ("arn:aws:s3:::b/**", "arn:aws:s3:::b/", true), ("arn:aws:s3:::b/?", "arn:aws:s3:::b/\u{E9}", true),
    ("arn:aws:s3:::b/?", "arn:aws:s3:::b/\u{20AC}", true), ("arn:aws:s3:::b/*??", "arn:aws:s3:::b/\u{20AC}", false),
    ("arn:aws:s3:::b/?", "arn:aws:s3:::b/e\u{301}", false),
    // A composed and a decomposed é are two keys.
    ("arn:aws:s3:::b/\u{E9}", "arn:aws:s3:::b/e\u{301}", false),
    // A wildcard before the last part stays inside its part.
    ("arn:aws:s3:*:b", "arn:aws:s3:::b", false), ("arn:*:s3:::b/k", "arn:aws:s3:::b/k", true),
    ("arn:aws:*:::b/k", "arn:aws:s3:::b/k", true), ("arn:aws:s3*", "arn:aws:s3:::b/k", true),
    ("arn:aws:sqs*", "arn:aws:s3:::b/k", false), ("arn:aws:s3", "arn:aws:s3:::b/k", true),
    ("arn:aws:s3:::B/k", "arn:aws:s3:::b/k", false), ("*", "arn:aws:s3:::b/k", true),
  ])
  func resources(pattern: String, resource: String, isAllowed: Bool) throws {
    #expect(try Decide.allows(pattern: pattern, resource: resource) == isAllowed)
  }

  /// What a variable stands for is data: no value of it, whatever a user could be named, becomes a wildcard, a variable
  /// or another part of the ARN.
  @Test(arguments: ["*", "?", "??????", "a*", "${aws:userid}", "${*}", "*/*", "b:c"])
  func substitutedValuesAreData(name: String) throws {
    let context = TestContext(["aws:username": .text(ByteString(name)), "aws:userid": .text("victim")])
    let pattern = "arn:aws:s3:::homes/${aws:username}/*"
    #expect(try !Decide.allows(pattern: pattern, resource: "arn:aws:s3:::homes/victim/x", context))
    #expect(try Decide.allows(pattern: pattern, resource: "arn:aws:s3:::homes/\(name)/x", context))
    let condition = #"{"StringLike":{"s3:prefix":"home/${aws:username}/*"}}"#
    var prefixed = context
    prefixed.values[ConditionKey(.prefix)] = .text("home/victim/x")
    #expect(try !Decide.holds(condition, prefixed))
    prefixed.values[ConditionKey(.prefix)] = .text(ByteString("home/\(name)/x"))
    #expect(try Decide.holds(condition, prefixed))
  }

  @Test func longValuesAreFilledInToo() throws {
    let name = String(repeating: "n", count: 700)
    let context = TestContext(["aws:username": .text(ByteString(name))])
    let pattern = "arn:aws:s3:::homes/${aws:username}/*"
    #expect(try Decide.allows(pattern: pattern, resource: "arn:aws:s3:::homes/\(name)/x", context))
    #expect(try !Decide.allows(pattern: pattern, resource: "arn:aws:s3:::homes/\(name)n/x", context))
  }

  @Test func missingVariablesNeverAllow() throws {
    let none = TestContext()
    #expect(try !Decide.allows(pattern: "arn:aws:s3:::h/${aws:username}", resource: "arn:aws:s3:::h/", none))
    #expect(
      try !Decide.allows(pattern: "arn:aws:s3:::h/${aws:username}", resource: "arn:aws:s3:::h/${aws:username}", none))
    #expect(try Decide.allows(pattern: "arn:aws:s3:::h/${aws:username, 'x'}", resource: "arn:aws:s3:::h/x", none))
    #expect(try !Decide.allows(pattern: "arn:aws:s3:::h/${aws:username, '*'}", resource: "arn:aws:s3:::h/x", none))
    // Several values are not one.
    let many = TestContext(["aws:tagkeys": .texts(["a"])])
    #expect(try !Decide.allows(pattern: "arn:aws:s3:::h/${aws:TagKeys}", resource: "arn:aws:s3:::h/a", many))
  }

  @Test func oldVersionsHaveNoVariables() throws {
    let context = TestContext(["aws:username": .text("alice")])
    let pattern = "arn:aws:s3:::h/${aws:username}"
    #expect(try !Decide.allows(pattern: pattern, resource: "arn:aws:s3:::h/alice", version: "2008-10-17", context))
    #expect(try Decide.allows(pattern: pattern, resource: pattern, version: "2008-10-17", context))
  }

  /// A matcher that tried every way to split the text would not return from this one.
  @Test(.timeLimit(.minutes(1))) func manyStarsTakeBoundedTime() throws {
    let pattern = "arn:aws:s3:::b/" + String(repeating: "a*", count: 200) + "b"
    let resource = "arn:aws:s3:::b/" + String(repeating: "a", count: 1000)
    #expect(try !Decide.allows(pattern: pattern, resource: resource))
    #expect(try Decide.allows(pattern: pattern, resource: resource + "b"))
  }

  @Test(arguments: [
    ("s3:getobject", true), ("S3:GetObject", true), ("s3:Get*", true), ("s3:*t", true), ("*", true), ("*:*", true),
    ("s3:GetObject?", false), ("s3:GetObjec", false), ("sts:*", false),
  ])
  func actions(pattern: String, isMember: Bool) {
    let set = ActionSet(matching: pattern.utf8)
    #expect(set.contains(.s3(.getObject)) == isMember)
    #expect(set.inverted.contains(.s3(.getObject)) == !isMember)
  }
}
