import GatewayTesting
import Glibc
import Testing

@testable import Login

@Suite struct CredentialCacheTests {
  private let credentials = TemporaryCredentials(
    accessKeyID: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token", expiration: "2026-01-02T03:04:05Z")
  /// When they end: `date -u -d 2026-01-02T03:04:05Z +%s`.
  private let expiry: Int64 = 1_767_323_045

  private func withCache(_ body: (CredentialCache, String) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try body(try CredentialCache(environment: ["XDG_CACHE_HOME": folder.path]), folder.path)
  }

  @Test func keepsUntilShortlyBeforeTheEnd() throws {
    try withCache { cache, _ in
      #expect(try cache.credentials(for: ["a"], atSeconds: 0) == nil)
      try cache.keep(credentials, for: ["a"])
      let margin = CredentialCache.marginSeconds
      #expect(try cache.credentials(for: ["a"], atSeconds: expiry - margin - 1) == credentials)
      #expect(try cache.credentials(for: ["a"], atSeconds: expiry - margin) == nil)
      #expect(try cache.credentials(for: ["b"], atSeconds: 0) == nil)
      // Parts are not merely joined.
      try cache.keep(credentials, for: ["ab", "c"])
      #expect(try cache.credentials(for: ["a", "bc"], atSeconds: 0) == nil)
      try cache.forget(["a"])
      #expect(try cache.stored(for: ["a"]) == nil)
    }
  }

  @Test func refusesFilesThatOthersCanRead() throws {
    try withCache { cache, folder in
      try cache.keep(credentials, for: ["a"])
      var matches = glob_t()
      defer { globfree(&matches) }
      #expect(glob("\(folder)/martlet/login/*.json", 0, nil, &matches) == 0)
      let path = try #require(matches.gl_pathv[0].map { String(cString: $0) })
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
      #expect(try cache.stored(for: ["a"]) == credentials)
      chmod(path, 0o644)
      #expect(throws: LoginError.self) { try cache.stored(for: ["a"]) }
    }
  }

  @Test func readsAnswersOfSTS() {
    let answer = """
      <AssumeRoleWithLDAPIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithLDAPIdentityResult>\
      <Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>\
      <Expiration>2026-01-02T03:04:05Z</Expiration></Credentials></AssumeRoleWithLDAPIdentityResult>\
      <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleWithLDAPIdentityResponse>
      """
    let read = TemporaryCredentials(answer: Array(answer.utf8))
    #expect(read?.accessKeyID == "A" && read?.secretAccessKey == "S" && read?.sessionToken == "T")
    #expect(read?.expirySeconds == expiry)
    let without = answer.replacing("<SessionToken>T</SessionToken>", with: "")
    #expect(TemporaryCredentials(answer: Array(without.utf8)) == nil)
    #expect("\(String(describing: read))".contains("secret") == false)
  }

  @Test func readsErrorsWithoutTheirControlCharacters() {
    let answer =
      "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no\n\u{9B}2J</Message></Error></ErrorResponse>"
    let refusal = QueryRefusal(Array(answer.utf8))
    #expect(refusal?.code == "AccessDenied" && refusal?.message == "no2J")
    #expect(QueryRefusal(Array("<Error><Code>SlowDown</Code></Error>".utf8))?.code == "SlowDown")
    #expect(QueryRefusal(Array("<html/>".utf8)) == nil)
  }
}
