import Backend
import S3Model
import Testing

@testable import FileBackend

/// What the store does not have is refused, never ignored.
@Suite struct RefusalTests {
  @Test(arguments: [
    ("x-amz-server-side-encryption", "AES256"), ("x-amz-server-side-encryption-aws-kms-key-id", "k"),
    ("x-amz-server-side-encryption-customer-algorithm", "AES256"), ("x-amz-object-lock-mode", "GOVERNANCE"),
    ("x-amz-object-lock-legal-hold", "ON"), ("x-amz-object-lock-retain-until-date", "2030-01-01T00:00:00Z"),
    ("x-amz-storage-class", "GLACIER"), ("x-amz-website-redirect-location", "/x"),
    ("If-None-Match", "\"etag\""),
  ])
  func headers(name: String, value: String) async throws {
    let store = try await TestStore.withBucket()
    #expect(try await store.put("key", [1], [(name, value)]).isNotImplemented)
    #expect(try await store.get("key").code == .noSuchKey)
    #expect(try await store.put("key", [1], [("x-amz-storage-class", "STANDARD")]).status == 200)
  }

  @Test(arguments: [
    ("x-amz-storage-class", "FAST", S3ErrorCode.invalidStorageClass),
    ("x-amz-acl", "public-read", .accessControlListNotSupported), ("x-amz-acl", "other", .invalidArgument),
    ("x-amz-grant-read", "id=1", .accessControlListNotSupported),
    ("x-amz-expected-bucket-owner", "111111111111", .accessDenied),
  ])
  func otherHeaders(name: String, value: String, code: S3ErrorCode) async throws {
    let store = try await TestStore.withBucket()
    #expect(try await store.put("key", [1], [(name, value)]).code == code)
    let accepted = [("x-amz-acl", "bucket-owner-full-control"), ("x-amz-expected-bucket-owner", "000000000000")]
    #expect(try await store.put("key", [1], accepted).status == 200)
  }

  @Test func otherVersions() async throws {
    let store = try await TestStore.withBucket()
    try await store.put("key", [1])
    for (version, code) in [
      ("3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbr_", S3ErrorCode.noSuchVersion), ("other", .invalidArgument),
      ("3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbr_", .invalidArgument),
    ] {
      #expect(try await store.run("GET /bucket/key?versionId=\(version)").code == code)
      #expect(try await store.run("DELETE /bucket/key?versionId=\(version)").code == code)
      #expect(try await CopyTests.copy(store, "bucket/key?versionId=\(version)", "copy").code == code)
    }
    #expect(try await store.run("GET /bucket/key?versionId=null").status == 200)
    #expect(try await CopyTests.copy(store, "bucket/key?versionId=null", "copy").status == 200)
    #expect(try await store.run("DELETE /bucket/key?versionId=null").status == 204)
    #expect(try await store.get("key").code == .noSuchKey)
  }

  @Test(arguments: [
    "PUT /bucket?lifecycle", "GET /bucket?lifecycle", "PUT /bucket?encryption", "GET /bucket?encryption",
    "PUT /bucket?website", "GET /bucket?object-lock", "PUT /bucket?replication", "PUT /bucket/key?retention",
    "GET /bucket/key?legal-hold", "PUT /bucket?publicAccessBlock", "PUT /bucket?notification",
    "PUT /bucket?ownershipControls", "PUT /bucket?logging", "GET /bucket/key?torrent", "PUT /bucket?accelerate",
  ])
  func operations(line: String) async throws {
    let store = try await TestStore.withBucket()
    try await store.put("key", [1])
    #expect(try await store.run(line, document: "<x/>").isNotImplemented)
  }

  @Test func bucketCreationAsksForNothingElse() async throws {
    let store = try await TestStore()
    #expect(try await store.run("PUT /bucket", [("x-amz-bucket-object-lock-enabled", "true")]).isNotImplemented)
    #expect(try await store.run("PUT /bucket", [("x-amz-object-ownership", "ObjectWriter")]).isNotImplemented)
    #expect(
      try await store.run("PUT /bucket", [("x-amz-acl", "public-read")]).code == .invalidBucketAclWithObjectOwnership)
    #expect(try await store.run("HEAD /bucket").code == .noSuchBucket)
    #expect(try await store.run("PUT /bucket", [("x-amz-object-ownership", "BucketOwnerEnforced")]).status == 200)
  }
}
