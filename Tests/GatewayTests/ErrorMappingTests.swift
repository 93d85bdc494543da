import Backend
import HTTPWire
import S3Model
import S3Wire
import SigV4
import Testing

@testable import Gateway

@Suite struct ErrorMappingTests {
  private func reply(_ failure: ExchangeFailure, _ service: Service = .s3) -> ErrorReply {
    ErrorMapping.reply(failure, service: service, now: UnixTime(seconds: 1_769_860_800))
  }

  private static let codes: [(ExchangeFailure, String, UInt16)] = [
    (.unknownAccessKey, "InvalidAccessKeyId", 403), (.inactiveAccessKey, "InvalidAccessKeyId", 403),
    (.invalidToken, "InvalidToken", 400), (.revokedToken, "InvalidToken", 400), (.expiredToken, "ExpiredToken", 400),
    (.anonymousNotAllowed, "AccessDenied", 403), (.foreignOwner, "AccessDenied", 403),
    (.undecidable("x"), "AccessDenied", 403), (.missingKey, "AccessDenied", 403),
    (.tooManyRequests, "SlowDown", 503), (.auditIsFull, "ServiceUnavailable", 503),
    (.requestTimedOut, "RequestTimeout", 400), (.requestBodyBrokeOff, "IncompleteBody", 400),
    (.missingContentLength, "MissingContentLength", 411), (.bodyTooLarge(bytesMax: 5), "EntityTooLarge", 400),
    (.keyNotExact, "InvalidRequest", 400), (.noBucketPolicy, "NoSuchBucketPolicy", 404),
    (.malformedHTTP(.malformedTarget), "InvalidURI", 400), (.notImplemented("x"), "NotImplemented", 501),
    (.wire(.invalidBucketName), "InvalidBucketName", 400), (.wire(.keyTooLong(bytes: 1025)), "KeyTooLongError", 400),
    (.signature(.missingContentSHA256), "InvalidRequest", 400),
    (.backend(.timedOut), "ServiceUnavailable", 503), (.storageFailed("x"), "InternalError", 500),
    (.backend(.storageFull(reason: "x")), "StorageFull", 507),
  ]

  @Test(arguments: 0..<24)
  func hasItsCode(_ index: Int) {
    let (failure, code, status) = Self.codes[index]
    #expect(reply(failure).codeName == code && reply(failure).status == status)
  }

  @Test func otherServicesHaveCodesOfTheirOwn() {
    #expect(reply(.unknownAccessKey, .sts).codeName == "InvalidClientTokenId")
    #expect(reply(.invalidToken, .iam).codeName == "InvalidClientTokenId")
    for service in [Service.s3, .sts, .iam] {
      #expect(reply(.tokenBesideLongLivedKey, service).codeName == "InvalidToken")
    }
    #expect(reply(.anonymousNotAllowed, .sts).codeName == "MissingAuthenticationToken")
    let document = reply(.anonymousNotAllowed, .sts).document(
      .sts, resource: "/", requestID: RequestID(value: 1), hostID: "node")
    #expect(String(decoding: document, as: UTF8.self).contains("<Code>MissingAuthenticationToken</Code>"))
  }

  @Test(arguments: [
    (ExchangeFailure.wire(.keyTooLong(bytes: 1025)), ["Size=1025", "MaxSizeAllowed=1024"]),
    (.wire(.invalidQueryParameter(.versionID)), ["ArgumentName=versionId"]),
    (.wire(.invalidHeader(.xAmzTagging)), ["ArgumentName=x-amz-tagging"]),
    (.wire(.notAForm), ["Condition=Bucket POST must be of the enclosure-type multipart/form-data"]),
    (.wire(.malformedCopySource), []),
  ])
  func saysWhatItIsAbout(_ failure: ExchangeFailure, _ details: [String]) {
    #expect(reply(failure).details.map { "\($0.name)=\($0.value)" } == details)
  }

  @Test(arguments: [
    ("GET if-match if-unmodified-since", "If-Match"), ("HEAD if-match", "If-Match"),
    ("GET if-unmodified-since if-none-match", "If-Unmodified-Since"), ("GET if-none-match", ""),
    ("PUT if-none-match", "If-None-Match"), ("PUT if-match", "If-Match"), ("DELETE if-match", "If-Match"), ("PUT", ""),
    ("PUT x-amz-copy-source x-amz-copy-source-if-none-match", "x-amz-copy-source-If-None-Match"),
    // Either could be it.
    ("PUT x-amz-copy-source x-amz-copy-source-if-match x-amz-copy-source-if-unmodified-since", ""),
  ])
  func namesTheConditionThatFailed(_ request: String, _ condition: String) throws {
    let words = request.split(separator: " ").map(String.init)
    let methods: [String: StaticString] = ["GET": "GET", "HEAD": "HEAD", "PUT": "PUT", "DELETE": "DELETE"]
    let signed = try SignedExchange(
      try #require(methods[words[0]]), "/bucket/key", signed: words.dropFirst().map { ($0, "/bucket/source") })
    var reply = reply(.backend(.refused(StoreError(.preconditionFailed))))
    signed.exchange.addNames(to: &reply)
    #expect(reply.details.map(\.value) == (condition.isEmpty ? [] : [condition]))
    #expect(reply.details.allSatisfy { $0.name == "Condition" })
    // What a store says itself stays.
    var told = self.reply(.backend(.refused(StoreError(.preconditionFailed, details: [("Condition", "told")]))))
    signed.exchange.addNames(to: &told)
    #expect(told.details.map(\.value) == ["told"])
  }

  /// What went wrong inside is for the log.
  @Test func causesStayInside() {
    for failure in [
      ExchangeFailure.storageFailed("/srv/secret"), .undecidable("/srv/secret"), .notImplemented("/srv/secret"),
      .backend(.malformedResponse(reason: "/srv/secret")), .backend(.storageFailed(reason: "/srv/secret")),
      .backend(.storageFull(reason: "/srv/secret")),
    ] {
      let document = reply(failure).document(.s3, resource: "/b/k", requestID: RequestID(value: 1), hostID: "node")
      #expect(!String(decoding: document, as: UTF8.self).contains("secret"))
    }
  }

  @Test func aClientsTextIsBoundedAndPrintable() {
    #expect(ErrorMapping.printable(ByteString([0x61, 0x0A, 0x00, 0x7F, 0xC3, 0x62])) == "a????b")
    #expect(ErrorMapping.printable(ByteString([UInt8](repeating: 0x61, count: 1000))).utf8.count == 128)
    let reply = reply(.unsupportedQueryAction("<Evil>&\r\n"), .sts)
    let text = String(
      decoding: reply.document(.sts, resource: "/", requestID: RequestID(value: 1), hostID: "n"), as: UTF8.self)
    #expect(text.contains("&lt;Evil") && !text.contains("<Evil>"))
  }
}
