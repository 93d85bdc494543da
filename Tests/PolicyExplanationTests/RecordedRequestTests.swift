import Authorization
import GatewayTesting
import IAMPolicy
import Rego
import S3Model
import Testing

@testable import Audit
@testable import PolicyExplanation

/// Records as the audit log writes them, read back.
@Suite struct RecordedRequestTests {
  private func record() -> AuditRecord {
    var record = AuditRecord(
      timeMilliseconds: 1_769_860_800_123, requestID: 1, remoteAddress: "192.0.2.1", service: .s3, snapshotRevision: 7)
    record.tlsVersion = "1.3"
    record.principal = .anonymous
    record.principalID = "anonymous"
    record.outcome = .allowed
    return record
  }

  private func readBack(_ record: AuditRecord) throws -> RecordedRequest {
    var writer = AuditLineWriter()
    var bytes: [UInt8] = []
    writer.append(record, to: &bytes)
    #expect(bytes.count { $0 == 0x0A } == 1)
    return try bytes.dropLast().withUnsafeBytes { try RecordedRequest(line: $0) }
  }

  @Test func accesses() throws {
    let lists: [[Access]] = [
      [Access(.getObject, bucket: "b", key: "a b/ü", versionID: "v")], [Access(.listBucket, bucket: "b")],
      [Access(service: .listAllMyBuckets)],
      [Access(.getObject, bucket: "source", key: "k"), Access(.putObject, bucket: "b", key: "a b/ü")],
      [
        Access(.deleteObject, bucket: "b", key: "1"), Access(.deleteObject, bucket: "b", key: "2"),
        Access(.deleteObjectVersion, bucket: "b", key: "1", versionID: "v"),
        Access(.bypassGovernanceRetention, bucket: "b", key: "1", versionID: "v"),
        Access(.deleteObject, bucket: "b", key: "3"),
      ],
    ]
    for accesses in lists {
      var record = record()
      record.accesses = accesses
      record.bucket = accesses.last?.bucket
      record.key = accesses.last?.key
      record.versionID = accesses.last?.versionID
      #expect(try readBack(record).accesses == accesses)
    }
    // The request has a key and what it needs is the bucket's.
    var record = record()
    record.accesses = [Access(.listBucketMultipartUploads, bucket: "b")]
    record.bucket = "b"
    record.key = "k"
    #expect(try readBack(record).accesses == record.accesses)
  }

  @Test func facts() throws {
    var facts = AuditFacts(method: "PUT")
    facts.path = "/b/a%20b"
    facts.query = [QueryItem(.prefix, "p\"q")]
    facts.contentLength = 12
    facts.authentication = "REST-HEADER"
    facts.signatureAgeMilliseconds = 17
    facts.referer = "https://example.com/page?token=secret"
    facts.conditions = [
      (.xAmzAcl, .text("private")), (.maxKeys, .integer(5)), (.objectCreationOperation, .boolean(true)),
      (.objectLockMode, .unavailable),
    ]
    facts.requestTags = .tags([ObjectTag(key: "k", value: "v")])
    facts.objectTags = .unavailable
    var record = record()
    record.facts = facts
    record.accesses = [Access(.putObject, bucket: "b", key: "a b")]
    record.bucket = "b"
    record.key = "a b"
    record.userAgent = ByteString(String(repeating: "x", count: 300))
    let request = try readBack(record)
    let stated = request.facts.make(account: .zero, region: "us-east-1")
    _ = request.facts.narrow(stated, to: request.accesses[0])
    func text(_ key: ConditionKey) -> String { ConditionText.text(stated.value(for: key)) }
    #expect(text(ConditionKey(.xAmzAcl)) == "\"private\"")
    #expect(text(ConditionKey(.maxKeys)) == "5")
    #expect(text(ConditionKey(.objectCreationOperation)) == "true")
    #expect(text(ConditionKey(.objectLockMode)) == "not available")
    #expect(text(ConditionKey(.s3(.requestObjectTag), parameter: "K")) == "\"v\"")
    #expect(text(ConditionKey(.s3(.existingObjectTag), parameter: "k")) == "not available")
    #expect(text(ConditionKey(.s3(.bucketTag), parameter: "k")) == "not available")
    #expect(text(ConditionKey(.sourceIP)) == "192.0.2.1")
    #expect(text(ConditionKey(.secureTransport)) == "true")
    #expect(text(ConditionKey(.signatureAge)) == "17")
    #expect(text(ConditionKey(.signatureVersion)) == "\"AWS4-HMAC-SHA256\"")
    #expect(text(ConditionKey(.requestedRegion)) == "\"us-east-1\"")
    #expect(text(ConditionKey(.xAmzStorageClass)) == "absent")
    #expect(stated.fact(.path) == "/b/a%20b" && stated.fact(.contentLength) == 12)
    #expect(stated.lacks.isEmpty)
    // Whatever was cut is asked for in vain.
    #expect(text(ConditionKey(.userAgent)) == "absent" && text(ConditionKey(.referer)) == "absent")
    #expect(stated.lacks == ["the whole user agent", "the whole Referer"])
  }

  @Test func noQueryOfTheReferer() throws {
    var record = record()
    var facts = AuditFacts(method: "GET")
    facts.referer = "https://example.com/page?token=secret"
    record.facts = facts
    var writer = AuditLineWriter()
    var bytes: [UInt8] = []
    writer.append(record, to: &bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("https://example.com/page") && !text.contains("secret"))
  }

  @Test func session() throws {
    var builder = try AuthorizationSnapshotBuilder(account: .zero)
    let trust = #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#
    try builder.add(role: "worker", uniqueID: "AROAWORKER", trustPolicy: Array(trust.utf8), policies: ["readwrite"])
    let policy = #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#
    let caller = try builder.snapshot.caller(
      for: SessionDescription(
        kind: .assumedRole(roleID: "AROAWORKER"), principalID: "", name: "night", policy: ByteString(policy),
        tags: [PrincipalTag(key: "team", value: "red")],
        facts: CallerSession(
          issued: PolicyDate(milliseconds: 1000), secondFactor: PolicyDate(seconds: 2), sourceIdentity: "me",
          claims: [(name: "idp:sub", values: ["1"]), (name: "idp:groups", values: ["a", "b"])])))
    var record = record()
    record.principal = caller.principal
    record.principalID = caller.userID
    record.sessionCaller = caller
    record.accesses = [Access(.putObject, bucket: "b", key: "k")]
    record.bucket = "b"
    record.key = "k"
    record.facts = AuditFacts(method: "PUT")
    let request = try readBack(record)
    let found = try request.caller(in: builder.snapshot)
    #expect(found.principal == caller.principal && found.userID == caller.userID && found.tags == caller.tags)
    #expect(found.session?.secondFactor == caller.session?.secondFactor && found.session?.sourceIdentity == "me")
    #expect(found.session?.claims.map(\.values) == [["1"], ["a", "b"]])
    // The session policy came along: writing was recorded as allowed and is denied.
    let world = PolicyWorld(snapshot: builder.snapshot, rules: [], region: "us-east-1")
    guard case .decided(let decisions) = request.decide(in: world, nil) else { return #expect(Bool(false)) }
    #expect(decisions.map(\.isAllowed) == [false])
    let empty = PolicyWorld(snapshot: try AuthorizationSnapshotBuilder(account: .zero).snapshot, rules: [], region: "r")
    guard case .undecidable(let lacks) = request.decide(in: empty, nil) else { return #expect(Bool(false)) }
    #expect(lacks.contains("role"))
  }
}
