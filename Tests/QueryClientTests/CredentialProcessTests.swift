import Testing

@testable import QueryClient

@Suite struct CredentialProcessTests {
  @Test(
    arguments: [
      ("a  b\tc", ["a", "b", "c"]),
      (#"a 'b c' "d e" f\ g"#, ["a", "b c", "d e", "f g"]),
      (##""it's" '' "\"\n\\""##, ["it's", "", ##""\n\"##]),
      ("open 'quote", nil), ("ends with \\", nil), ("", []),
    ] as [(String, [String]?)])
  func splitsWordsAsAShellDoes(_ line: String, _ words: [String]?) {
    #expect(CredentialProcess.words(line) == words)
  }

  private func refusal(_ words: [String]) -> String? {
    do throws(QueryClientError) {
      _ = try CredentialProcess.credentials(words)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func runsAProgramAndReadsWhatItPrints() throws {
    let document = #"{"Version": 1, "AccessKeyId": "ID", "SecretAccessKey": "very-secret", "SessionToken": "t"}"#
    let credentials = try CredentialProcess.credentials(["printf", "%s", document])
    #expect(credentials.accessKeyID == "ID" && credentials.secretAccessKey == "very-secret")
    #expect(credentials.sessionToken == "t")
    // No shell looks at the words.
    let words = ["sh", "-c", #"printf %s "$0""#, document, "; $(exit 1)"]
    #expect(try CredentialProcess.credentials(words).accessKeyID == "ID")
  }

  @Test(
    arguments: [
      (["/none/such"], "No such file"), (["false"], "it failed"), (["true"], "no credentials"),
      (["printf", "%s", #"{"Version":2,"AccessKeyId":"I","SecretAccessKey":"very-secret"}"#], "no credentials"),
      (["head", "-c", "200000", "/dev/zero"], "no credentials"),
    ] as [([String], String)])
  func saysWhatAProgramDidInstead(_ words: [String], _ reason: String) {
    #expect(refusal(words)?.contains(reason) == true)
    #expect(refusal(words)?.contains("very-secret") == false)
  }
}
