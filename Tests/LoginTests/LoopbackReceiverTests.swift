import Testing

@testable import Login

@Suite struct LoopbackReceiverTests {
  @Test(arguments: [
    ("/callback?code=abc%2F1&state=s1", LoopbackReceiver.Answer.code("abc/1")),
    (
      "/callback?state=s1&error=access_denied&error_description=no+way",
      .refusal(code: "access_denied", description: "no way")
    ),
    ("/callback?state=s2&code=abc", nil),
    ("/callback?code=abc", nil),
    ("/callback?state=s1", nil),
    ("/callback?state=s1&code=", nil),
    ("/callback?state=s1&state=s2&code=abc", nil),
    ("/other?state=s1&code=abc", nil),
    ("/callback?state=s1&code=a%", nil),
  ])
  func onlyTheAnswerToThisLoginCounts(_ target: String, _ answer: LoopbackReceiver.Answer?) {
    #expect(LoopbackReceiver.answer(target, state: "s1") == answer)
  }

  /// RFC 7636 appendix B.
  @Test func challengeIsTheDigestOfTheVerifier() {
    let key = ProofKey(verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", state: "", nonce: "")
    #expect(key.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
  }
}
