import Backend
import HTTPWire
import S3Model
import Testing

@testable import FileBackend

@Suite struct BucketTests {
  @Test func bucketsComeAndGo() async throws {
    let store = try await TestStore()
    #expect(try await store.run("HEAD /bucket").code == .noSuchBucket)
    let created = try await store.run("PUT /bucket")
    #expect(created.status == 200 && created.header(.location) == "/bucket")
    let head = try await store.run("HEAD /bucket")
    #expect(head.status == 200 && head.header(.xAmzBucketRegion) == "us-east-1")
    // As AWS in us-east-1.
    #expect(try await store.run("PUT /bucket").status == 200)
    _ = try await store.run("PUT /another")
    #expect(try await store.run("GET /").elements("Name") == ["another", "bucket"])
    #expect(try await store.run("GET /?prefix=b").elements("Name") == ["bucket"])
    let page = try await store.run("GET /?max-buckets=1")
    #expect(page.elements("Name") == ["another"])
    let token = try #require(page.element("ContinuationToken"))
    #expect(try await store.run("GET /?max-buckets=1&continuation-token=\(token)").elements("Name") == ["bucket"])
    #expect(try await store.run("GET /bucket?location").text.contains("LocationConstraint"))
    #expect(try await store.run("GET /none?location").code == .noSuchBucket)
    #expect(try await store.run("DELETE /bucket").status == 204)
    #expect(try await store.run("DELETE /bucket").code == .noSuchBucket)
    #expect(try await store.run("GET /").elements("Name") == ["another"])
  }

  @Test func elsewhereASecondCreationIsRefused() async throws {
    let store = try await TestStore { $0.region = "eu-central-1" }
    #expect(try await store.run("PUT /bucket").status == 200)
    #expect(try await store.run("PUT /bucket").code == .bucketAlreadyOwnedByYou)
    let document =
      "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"
    #expect(
      try await store.run("PUT /another", document: document).code == .illegalLocationConstraintException)
    #expect(
      try await store.run(
        "PUT /another", document: document.replacing("eu-west-1", with: "eu-central-1")
      ).status == 200)
    #expect(try await store.run("GET /bucket?location").element("LocationConstraint") == nil)
    #expect(try await store.run("GET /bucket?location").text.contains("eu-central-1"))
  }

  @Test(arguments: ["Bucket", "my_bucket", "a..b", "..", "../escape", "", "192.168.1.1", "xn--a", "bucket-s3alias"])
  func badNamesAreRefused(name: String) throws {
    // The parser refuses them before; the store does not rely on it.
    let folder = TemporaryFolder()
    let store = try ObjectStore(folder.options)
    #expect(throws: BackendFailure.self) { try store.createBucket(name) }
    #expect(try store.createBucket("good-name"))
    #expect(store.allBuckets().map(\.name) == ["good-name"])
  }

  @Test func onlyEmptyBucketsAreDeleted() async throws {
    let store = try await TestStore.withBucket()
    try await store.put("deep/down/key", [1])
    #expect(try await store.run("DELETE /bucket").code == .bucketNotEmpty)
    #expect(try await store.get("deep/down/key").status == 200)
    // An upload in progress does not count, as on AWS.
    #expect(try await store.run("POST /bucket/other?uploads").status == 200)
    _ = try await store.run("DELETE /bucket/deep/down/key")
    #expect(try await store.run("DELETE /bucket").status == 204)
    #expect(try await store.get("deep/down/key").code == .noSuchBucket)
    #expect(try await store.put("key", [1]).code == .noSuchBucket)
    #expect(try store.temporaryNames.isEmpty)
  }

  @Test func tagsAndCORSAreKept() async throws {
    let store = try await TestStore.withBucket()
    let tagging = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"
    let cors =
      "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>"
    #expect(try await store.run("GET /bucket?tagging").code == .noSuchTagSet)
    #expect(try await store.run("GET /bucket?cors").code == .noSuchCORSConfiguration)
    #expect(try await store.run("PUT /bucket?tagging", document: tagging).status == 204)
    #expect(try await store.run("PUT /bucket?cors", document: cors).status == 200)
    #expect(try await store.run("PUT /bucket?cors", document: "<CORSConfiguration/>").code == .malformedXML)
    #expect(try await store.run("GET /bucket?tagging").element("Key") == "a")
    #expect(try await store.run("GET /bucket?cors").element("AllowedOrigin") == "*")
    // Both are on disk.
    try await store.backend.shutdown()
    let content = try #require(try FileCalls.readAll(store.backend.store.bucket("bucket").settingsPath))
    let settings = try #require(BucketSettings(decoding: content))
    #expect(settings.tags.count == 1 && settings.cors != nil)
  }

  @Test func settingsAreDeleted() async throws {
    let store = try await TestStore.withBucket()
    let tagging = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"
    #expect(try await store.run("PUT /bucket?tagging", document: tagging).status == 204)
    #expect(try await store.run("DELETE /bucket?tagging").status == 204)
    #expect(try await store.run("GET /bucket?tagging").code == .noSuchTagSet)
    #expect(try await store.run("DELETE /bucket?cors").status == 204)
    #expect(try await store.run("GET /none?cors").code == .noSuchBucket)
  }

  @Test func neverVersioned() async throws {
    let store = try await TestStore.withBucket()
    let outcome = try await store.run("GET /bucket?versioning")
    #expect(outcome.status == 200 && !outcome.text.contains("Status"))
    let enable = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
    #expect(try await store.run("PUT /bucket?versioning", document: enable).isNotImplemented)
  }

  @Test func theOwnerHasFullControlAndNobodyElse() async throws {
    let store = try await TestStore.withBucket()
    try await store.put("key", [1])
    for path in ["/bucket", "/bucket/key"] {
      let acl = try await store.run("GET \(path)?acl")
      #expect(acl.element("Permission") == "FULL_CONTROL" && acl.element("ID") == "000000000000")
      #expect(try await store.run("PUT \(path)?acl", document: acl.text).status == 200)
      let open = acl.text.replacing("<ID>000000000000</ID></Grantee>", with: "<ID>111</ID></Grantee>")
      #expect(open != acl.text)
      #expect(try await store.run("PUT \(path)?acl", document: open).code == .accessControlListNotSupported)
      #expect(try await store.run("PUT \(path)?acl", document: "<x/>").code == .malformedACLError)
      #expect(try await store.run("PUT \(path)?acl").code == .missingSecurityHeader)
      #expect(try await store.run("PUT \(path)?acl", [("x-amz-acl", "private")]).status == 200)
      #expect(
        try await store.run("PUT \(path)?acl", [("x-amz-acl", "public-read")]).code
          == .accessControlListNotSupported)
    }
    #expect(try await store.run("GET /bucket/none?acl").code == .noSuchKey)
  }
}
