import Testing

@testable import Login

@Suite struct ProfileFileTests {
  private let settings = [(name: "credential_process", value: "martlet login"), (name: "region", value: "us-east-1")]

  @Test func addsAProfileAndLeavesTheRest() throws {
    let before = "# mine\n[default]\nregion = eu-west-1\n"
    var file = ProfileFile(content: Array(before.utf8))
    try file.set(settings, ofProfile: "work")
    #expect(
      String(decoding: file.content, as: UTF8.self)
        == before + "\n[profile work]\ncredential_process = martlet login\nregion = us-east-1\n")
  }

  @Test func replacesWithNestedLinesAndAddsBeforeBlankOnes() throws {
    let before = """
      [profile "work"]
      region = old
        nested = 1
      # kept
      output = json

      [profile other]
      region = x

      """
    var file = ProfileFile(content: Array(before.utf8))
    try file.set(settings, ofProfile: "work")
    let after = """
      [profile "work"]
      region = us-east-1
      # kept
      output = json
      credential_process = martlet login

      [profile other]
      region = x

      """
    #expect(String(decoding: file.content, as: UTF8.self) == after)
    try file.set(settings, ofProfile: "work")
    #expect(String(decoding: file.content, as: UTF8.self) == after)
  }

  @Test(arguments: ["", "a b", "a]b", "a\nb", "ä", "[x"])
  func refusesNamesThatWouldNotReadBack(_ name: String) {
    var file = ProfileFile(content: [])
    #expect(throws: LoginError.self) { try file.set([(name: "region", value: "x")], ofProfile: name) }
  }
}
