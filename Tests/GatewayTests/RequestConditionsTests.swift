import HTTPWire
import IAMPolicy
import S3Model
import Testing

@testable import Gateway

/// Each key has one source, and what a client says elsewhere does not count.
@Suite struct RequestConditionsTests {
  private func value(_ key: String, _ signed: SignedExchange) throws -> String {
    let key = try #require(ConditionKey(parsing: key.utf8))
    return withExtendedLifetime(signed) { Self.text(signed.exchange.baseConditions.value(for: key)) }
  }

  private static func text(_ value: ConditionValue) -> String {
    switch value {
    case .absent: "absent"
    case .unavailable: "unavailable"
    case .text(let text): text.text
    case .texts(let texts): texts.map(\.text).joined(separator: ",")
    case .boolean(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .date(let date): "\(date)"
    case .address(let address): address.description
    }
  }

  // MARK: Headers

  @Test(arguments: [
    ("s3:if-match", "if-match", "\"e\""), ("s3:if-none-match", "if-none-match", "*"),
  ])
  func anUnsignedHeaderCountsAsAbsent(_ key: String, _ header: String, _ value: String) throws {
    let signed = try SignedExchange("PUT", "/bucket/key", signed: [(header, value)])
    #expect(try self.value(key, signed) == value)
    let unsigned = try SignedExchange("PUT", "/bucket/key", unsigned: [(header, value)])
    #expect(try self.value(key, unsigned) == "absent")
    let anonymous = try SignedExchange("PUT", "/bucket/key", unsigned: [(header, value)], .none)
    #expect(try self.value(key, anonymous) == value, "all that an anonymous request says is unsigned")
    #expect(try self.value(key, SignedExchange("PUT", "/bucket/key")) == "absent")
  }

  @Test(arguments: [
    ("s3:x-amz-acl", "x-amz-acl", "public-read"), ("s3:x-amz-storage-class", "x-amz-storage-class", "STANDARD_IA"),
    ("s3:x-amz-server-side-encryption", "x-amz-server-side-encryption", "AES256"),
    ("s3:x-amz-grant-read", "x-amz-grant-read", "id=a"),
    ("s3:object-lock-mode", "x-amz-object-lock-mode", "GOVERNANCE"),
  ])
  func aHeaderCountsOnTheWireAndHoisted(_ key: String, _ header: String, _ value: String) throws {
    #expect(try self.value(key, SignedExchange("PUT", "/bucket/key", signed: [(header, value)])) == value)
    #expect(try self.value(key, SignedExchange("PUT", "/bucket/key", query: [(header, value)], .query)) == value)
    #expect(try self.value(key, SignedExchange("PUT", "/bucket/key")) == "absent")
  }

  @Test func theCopySourceAndDirectiveAreAsSent() throws {
    let copy = try SignedExchange(
      "PUT", "/bucket/key", signed: [("x-amz-copy-source", "/source/a%20b"), ("x-amz-metadata-directive", "COPY")])
    #expect(try value("s3:x-amz-copy-source", copy) == "/source/a%20b")
    #expect(try value("s3:x-amz-metadata-directive", copy) == "COPY")
  }

  /// AWS takes these two as they come, and so does a policy that reads them.
  @Test func userAgentAndRefererCountUnsigned() throws {
    let request = try SignedExchange(
      "GET", "/bucket/key", unsigned: [("user-agent", "curl"), ("referer", "https://a/")])
    #expect(try value("aws:UserAgent", request) == "curl")
    #expect(try value("aws:Referer", request) == "https://a/")
    #expect(try value("aws:UserAgent", SignedExchange("GET", "/bucket/key")) == "absent")
  }

  @Test func headersDoNotNameTheCaller() throws {
    let request = try SignedExchange(
      "GET", "/bucket/key",
      unsigned: [("x-forwarded-for", "10.0.0.1"), ("aws-sourceip", "10.0.0.2"), ("x-real-ip", "10.0.0.3")])
    #expect(try value("aws:SourceIp", request) == "192.0.2.1")
    for key in [
      "aws:username", "aws:PrincipalArn", "aws:PrincipalTag/team", "aws:SourceVpce", "aws:MultiFactorAuthAge",
    ] {
      #expect(try value(key, request) == "absent", "\(key) is Authorization's or nobody's to answer")
    }
  }

  // MARK: Query

  @Test(arguments: ["prefix", "delimiter"])
  func listingsReadTheQuery(_ name: String) throws {
    let listing = try SignedExchange("GET", "/bucket", query: [("list-type", "2"), (name, "a/b c")])
    #expect(try value("s3:\(name)", listing) == "a/b c")
    #expect(try value("s3:\(name)", SignedExchange("GET", "/bucket", query: [(name, "")])) == "")
    #expect(try value("s3:\(name)", SignedExchange("GET", "/bucket")) == "absent")
    let header = try SignedExchange("GET", "/bucket", unsigned: [(name, "a/b c")])
    #expect(try value("s3:\(name)", header) == "absent", "a header is no parameter")
  }

  /// What is no number does not get past the parser.
  @Test(arguments: ["10", "0"])
  func maxKeysIsANumber(_ sent: String) throws {
    let listing = try SignedExchange("GET", "/bucket", query: [("list-type", "2"), ("max-keys", sent)])
    #expect(try value("s3:max-keys", listing) == sent)
    guard case .integer = listing.exchange.baseConditions.value(for: ConditionKey(.maxKeys)) else {
      Issue.record("compared as text")
      return
    }
  }

  @Test func theVersionIsTheAccesss() throws {
    let request = try SignedExchange("GET", "/bucket/key", query: [("versionId", "of-the-query")])
    #expect(try value("s3:VersionId", request) == "absent", "until an access is decided")
    var conditions = request.exchange.baseConditions
    conditions.versionID = "of-the-access"
    #expect(Self.text(conditions.value(for: ConditionKey(.versionID))) == "of-the-access")
  }

  // MARK: Signature

  @Test func theSignatureIsWhatWasVerified() throws {
    let header = try SignedExchange("GET", "/bucket/key")
    let query = try SignedExchange("GET", "/bucket/key", .query)
    let anonymous = try SignedExchange("GET", "/bucket/key", .none)
    #expect(try value("s3:authType", header) == "REST-HEADER")
    #expect(try value("s3:authType", query) == "REST-QUERY-STRING")
    #expect(try value("s3:authType", anonymous) == "absent")
    #expect(try value("s3:signatureversion", query) == "AWS4-HMAC-SHA256")
    let age = try #require(Int(try value("s3:signatureAge", query)))
    #expect((7000..<60_000).contains(age))
    #expect(try value("s3:signatureAge", anonymous) == "absent")
    #expect(try value("s3:x-amz-content-sha256", header) == "UNSIGNED-PAYLOAD")
  }

  // MARK: Connection and gateway

  @Test func theConnectionIsTheGatewaysToKnow() throws {
    let request = try SignedExchange("GET", "/bucket/key", unsigned: [("x-forwarded-proto", "http")])
    #expect(try value("aws:SecureTransport", request) == "true")
    #expect(try value("s3:TlsVersion", request) == "1.3")
    #expect(try value("aws:RequestedRegion", request) == "eu-central-1")
    #expect(try value("aws:ResourceAccount", request) == "111122223333")
    #expect(try value("s3:ResourceAccount", request) == "111122223333")
  }

  // MARK: Tags

  @Test func requestTagsComeFromTheHeader() throws {
    let request = try SignedExchange("PUT", "/bucket/key", signed: [("x-amz-tagging", "team=blue&x=")])
    #expect(try value("s3:RequestObjectTag/team", request) == "blue")
    #expect(try value("s3:RequestObjectTag/Team", request) == "blue")
    #expect(try value("s3:RequestObjectTag/x", request) == "")
    #expect(try value("s3:RequestObjectTag/y", request) == "absent")
    #expect(try value("s3:RequestObjectTagKeys", request) == "team,x")
    #expect(try value("s3:RequestObjectTagKeys", SignedExchange("PUT", "/bucket/key")) == "absent")
    let broken = try SignedExchange("PUT", "/bucket/key", signed: [("x-amz-tagging", "a=1&a=2")])
    #expect(try value("s3:RequestObjectTag/a", broken) == "unavailable", "what is broken does not count as absent")
  }

  @Test func requestTagsOfADocumentComeBeforeTheHeaders() throws {
    let request = try SignedExchange("PUT", "/bucket/key", signed: [("x-amz-tagging", "team=blue")])
    request.exchange.bodyTags = [ObjectTag(key: "team", value: "red")]
    #expect(try value("s3:RequestObjectTag/team", request) == "red")
  }

  @Test func storedTagsThatWereNotHadAreUnavailable() throws {
    let request = try SignedExchange("GET", "/bucket/key")
    for (tags, expected) in [
      (.notFetched, "unavailable"), (.failed, "unavailable"), (.tags([]), "absent"),
      (.tags([ObjectTag(key: "team", value: "blue")]), "blue"),
    ] as [(RequestConditions.StoredTags, String)] {
      request.exchange.storedTags = tags
      #expect(try value("s3:ExistingObjectTag/team", request) == expected)
    }
    #expect(try value("s3:BucketTag/team", SignedExchange("GET", "/bucket/key")) == "unavailable")
  }

  @Test(arguments: [(Int64(86_400 - 60), "1"), (86_460, "2"), (60, "1"), (-86_400, "0")])
  func retentionIsCountedInDays(_ seconds: Int64, _ days: String) throws {
    let date = UnixTime(seconds: UnixTime.now().seconds + seconds).iso8601
    let request = try SignedExchange("PUT", "/bucket/key", signed: [("x-amz-object-lock-retain-until-date", date)])
    #expect(try value("s3:object-lock-remaining-retention-days", request) == days)
  }

  @Test func aRetentionThatIsNoDateIsUnavailable() throws {
    let request = try SignedExchange("PUT", "/bucket/key", signed: [("x-amz-object-lock-retain-until-date", "soon")])
    #expect(try value("s3:object-lock-remaining-retention-days", request) == "unavailable")
  }

  @Test(
    arguments: [
      ("PUT", "/bucket/key", [("x", "")], "true"),
      ("PUT", "/bucket/key", [("partNumber", "1"), ("uploadId", "u")], "false"),
      ("GET", "/bucket/key", [("x", "")], "absent"),
    ] as [(String, String, [(String, String)], String)])
  func onlySomeOperationsMakeObjects(
    _ method: String, _ path: String, _ query: [(String, String)], _ expected: String
  ) throws {
    let query = query.filter { $0.0 != "x" }
    let request =
      method == "PUT" ? try SignedExchange("PUT", path, query: query) : try SignedExchange("GET", path, query: query)
    #expect(try value("s3:ObjectCreationOperation", request) == expected)
  }
}
