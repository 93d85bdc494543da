import IAMPolicy
import JSON
import S3Model
import Testing

@testable import Audit

@Suite struct AuditLineWriterTests {
  private func record() -> AuditRecord {
    AuditRecord(
      timeMilliseconds: 1_767_225_599_007, requestID: 0x0123_4567_89AB_CDEF, remoteAddress: "192.0.2.1", service: .s3,
      snapshotRevision: 7)
  }

  private func line(_ record: AuditRecord) -> String {
    var writer = AuditLineWriter()
    var bytes: [UInt8] = []
    writer.append(record, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func aFullRecord() throws {
    let account = try #require(AccountID("123456789012"))
    let policy = try CompiledPolicy(
      parsing: """
        {"Version": "2012-10-17", "Statement": [
          {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::photos/*"}
        ]}
        """, name: "readers", kind: .identity)
    var record = record()
    record.tlsVersion = "1.3"
    record.principal = Principal(.user(arn: ARN.user("alice", account: account), account))
    record.accessKeyID = "AKIAEXAMPLE"
    record.sessionName = "nightly"
    record.operation = "GetObject"
    record.accesses = [Access(.getObject, bucket: "photos", key: "a/b", versionID: "v1")]
    record.bucket = "photos"
    record.key = "a/b"
    record.versionID = "v1"
    record.outcome = .allowed
    let decision = PolicyEvaluator.decide(
      PolicyRequest(
        principal: try #require(record.principal), action: .s3(.getObject), resource: "arn:aws:s3:::photos/a/b",
        resourceAccount: account), PolicyLayers(identity: [policy]), EmptyContext())
    record.statement = decision.statement
    record.status = 404
    record.errorCode = .noSuchKey
    record.cause = "store said NoSuchKey"
    record.backend = "ceph"
    record.bytesOut = 1024
    record.totalMicroseconds = 1234
    record.upstreamMicroseconds = 999
    record.userAgent = "aws-cli/2"
    record.isPresigned = true
    #expect(
      line(record) == """
        {"time":"2025-12-31T23:59:59.007Z","request_id":"0123456789ABCDEF","remote":"192.0.2.1","tls":"1.3",\
        "principal":{"type":"user","arn":"arn:aws:iam::123456789012:user/alice","access_key_id":"AKIAEXAMPLE",\
        "session":"nightly"},"service":"s3","operation":"GetObject","actions":["s3:GetObject"],"bucket":"photos",\
        "key":"a/b","version_id":"v1","decision":"allowed","statement":{"policy":"readers","layer":"identity",\
        "sid":"Read","index":0},"revision":7,"status":404,"error":"NoSuchKey","cause":"store said NoSuchKey",\
        "backend":"ceph","bytes_in":0,"bytes_out":1024,"total_us":1234,"upstream_us":999,"user_agent":"aws-cli/2",\
        "presigned":true}

        """)
  }

  @Test func aRecordOfNothing() {
    #expect(
      line(record()) == """
        {"time":"2025-12-31T23:59:59.007Z","request_id":"0123456789ABCDEF","remote":"192.0.2.1",\
        "principal":{"type":"unidentified"},"service":"s3","decision":"none","revision":7,"status":0,"bytes_in":0,\
        "bytes_out":0,"total_us":0,"presigned":false}

        """)
  }

  @Test func severalAccesses() throws {
    var record = record()
    record.accesses = [
      Access(.deleteObject, bucket: "b", key: "1"), Access(.deleteObject, bucket: "b", key: "2"),
      Access(.deleteObjectVersion, bucket: "b", key: "3", versionID: "v"),
    ]
    record.deniedAccesses = [Access(.deleteObject, bucket: "b", key: "2")]
    let text = line(record)
    #expect(text.contains(#""actions":["s3:DeleteObject","s3:DeleteObjectVersion"]"#))
    #expect(
      text.contains(
        #""resources":["arn:aws:s3:::b/1","arn:aws:s3:::b/2","arn:aws:s3:::b/3"],"denied":["arn:aws:s3:::b/2"]"#))

    record.accesses = (0..<1500).map { Access(.deleteObject, bucket: "b", key: ByteString("\($0)")) }
    record.deniedAccesses = []
    let object = try #require(try JSONValue(parsing: line(record)).object)
    #expect(object["resources"]?.array?.count == 1001)
    #expect(object["resources_omitted"]?.integer == 499)
  }

  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (1_709_251_199_500, "2024-02-29T23:59:59.500Z"),
    (-1, "1969-12-31T23:59:59.999Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    (.max, "9999-12-31T23:59:59.999Z"), (.min, "0000-01-01T00:00:00.000Z"),
  ])
  func times(milliseconds: Int64, expected: String) {
    var record = record()
    record.timeMilliseconds = milliseconds
    #expect(line(record).hasPrefix(#"{"time":"\#(expected)""#))
  }

  /// Whatever a client sends stays one line of strict JSON, and valid text comes back as it was.
  @Test(arguments: [
    "plain", "quote\"backslash\\", "line\nbreak\r\t", "\u{1}\u{1F}\u{7F}", "é e\u{301} 日本 🐦", "\u{85}\u{9B}2J",
    "a\u{2028}b\u{2029}", "\u{202E}", "</script>", "\u{10FFFF}", "\u{FEFF}",
  ])
  func textSurvives(text: String) throws {
    var record = record()
    record.key = ByteString(text)
    record.userAgent = ByteString(text)
    record.cause = text
    let written = line(record)
    #expect(written.utf8.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    #expect(!written.unicodeScalars.contains { (0x80..<0xA0).contains($0.value) || $0.value == 0x2028 })
    let object = try #require(try JSONValue(parsing: written).object)
    for name in ["key", "user_agent", "cause"] {
      #expect(object[name]?.string?.utf8.elementsEqual(text.utf8) == true)
    }
  }

  @Test(
    arguments: [
      ([0xFF], "\u{FFFD}"), ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"), ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
      ([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"), ([0xE2, 0x82], "\u{FFFD}\u{FFFD}"),
      ([0x61, 0xE9, 0x62], "a\u{FFFD}b"), ([0xF5, 0x22], "\u{FFFD}\""), ([0x80], "\u{FFFD}"), ([0x00], "\u{FFFD}"),
      ([0xE0, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
    ] as [([UInt8], String)])
  func bytesThatAreNoText(bytes: [UInt8], expected: String) throws {
    var record = record()
    record.key = ByteString(bytes)
    let object = try #require(try JSONValue(parsing: line(record)).object)
    #expect(object["key"]?.string == expected)
  }

  /// All of the bytes, in all pairs: never a line break, never invalid JSON.
  @Test func everyPairOfBytesIsSafe() throws {
    for first in UInt8.min...UInt8.max {
      var record = record()
      record.key = ByteString((0...255).flatMap { [first, UInt8($0)] })
      let written = line(record)
      #expect(written.utf8.count { $0 == 0x0A } == 1)
      #expect(throws: Never.self) { try JSONValue(parsing: written) }
    }
  }

  @Test func whatClientsSendIsBounded() throws {
    var record = record()
    record.userAgent = ByteString(String(repeating: "é", count: 10_000))
    record.cause = String(repeating: "x", count: 10_000)
    record.key = ByteString(String(repeating: "k", count: 100_000))
    let written = line(record)
    #expect(written.utf8.count < 8192)
    let object = try #require(try JSONValue(parsing: written).object)
    #expect(object["user_agent"]?.string == String(repeating: "é", count: 128))
    #expect(object["cause"]?.string?.utf8.count == 512)
  }
}

private struct EmptyContext: ConditionContext {
  func value(for key: ConditionKey) -> ConditionValue { .absent }
}
