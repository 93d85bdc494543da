import Foundation
import IAMPolicy
import S3Model
import STS
import Testing

/// The documents, read by AWS's own parser where botocore is installed.
@Suite struct ResponseXMLTests {
  static let anything = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#

  /// Every document that is compared, under the operation that answers it.
  private static func documents() throws -> [(operation: String, status: Int, xml: [UInt8])] {
    let service = try World.service(
      trust: World.allow(#"["sts:AssumeRole","sts:SetSourceIdentity"]"#, to: World.wholeAccount))
    let alice = Who.alice(anything)
    let role = [("Action", "AssumeRole"), ("RoleArn", World.roleARN.text), ("RoleSessionName", "nightly")]
    let answers: [(String, STSResponse)] = [
      ("AssumeRole", try service.run(role, as: alice)),
      (
        "AssumeRole",
        try service.run(
          role + [
            ("SourceIdentity", "alice@corp"), ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
          ], as: alice)
      ),
      ("GetSessionToken", try service.run([("Action", "GetSessionToken")], as: alice)),
      ("GetCallerIdentity", try service.run([("Action", "GetCallerIdentity")], as: alice)),
      ("GetFederationToken", try service.run([("Action", "GetFederationToken"), ("Name", "bob")], as: alice)),
      (
        "GetAccessKeyInfo",
        try service.run([("Action", "GetAccessKeyInfo"), ("AccessKeyId", "AKIAALICEALICEALICE1")], as: alice)
      ),
    ]
    var documents = answers.map { (operation: $0.0, status: 200, xml: $0.1.xml(requestID: "request-1")) }
    for bad in ["a<b>&\"'c", "tab\tnull\u{0}bell\u{7}", "ünï\u{FFFF}\u{1F600}"] {
      let error = try #require(
        refusal { try service.run(role.dropLast() + [("RoleSessionName", bad)], as: alice) })
      documents.append(
        (operation: "AssumeRole", status: Int(error.answer.status), xml: error.answer.xml(requestID: "request-1")))
    }
    return documents
  }

  @Test func exactDocuments() throws {
    let identity = STSResponse.getCallerIdentity(
      userID: "AIDAALICE", account: World.account, arn: "arn:aws:iam::000000000000:user/a+b")
    #expect(
      String(decoding: identity.xml(requestID: "r&1"), as: UTF8.self) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>\
        <Arn>arn:aws:iam::000000000000:user/a+b</Arn><UserId>AIDAALICE</UserId><Account>000000000000</Account>\
        </GetCallerIdentityResult><ResponseMetadata><RequestId>r&amp;1</RequestId></ResponseMetadata>\
        </GetCallerIdentityResponse>
        """)
    let denied = STSError.accessDenied(
      STSDenial(
        callerARN: World.aliceARN, action: .assumeRole, resource: World.roleARN, reason: "for the audit record only"))
    #expect(
      String(decoding: denied.answer.xml(requestID: "r1"), as: UTF8.self) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>\
        <Code>AccessDenied</Code><Message>User: arn:aws:iam::000000000000:user/alice is not authorized to perform: \
        sts:AssumeRole on resource: arn:aws:iam::000000000000:role/team/reader</Message></Error>\
        <RequestId>r1</RequestId></ErrorResponse>
        """)
    #expect(String(decoding: STSError.internalFailure.answer.xml(requestID: "r"), as: UTF8.self).contains("Receiver"))
  }

  @Test func expiredTokensAreForbiddenHere() {
    #expect(STSError.expiredToken.answer.status == 403)
    #expect(STSError.invalidToken.answer.status == 403)
    #expect(STSError.internalFailure.answer.status == 500)
    #expect(STSError.missingAction.answer.status == 400)
  }

  @Test func botocoreReadsEveryDocument() throws {
    guard let parsed = try Self.parse(Self.documents()) else {
      print("botocore is not installed for python3: its parser is not run")
      return
    }
    #expect(parsed.count == 9)
    let results = parsed.map { $0 as? [String: Any] ?? [:] }
    for (index, result) in results.enumerated() {
      let metadata = result["ResponseMetadata"] as? [String: Any]
      #expect(metadata?["RequestId"] as? String == "request-1", "document \(index)")
    }
    let id = Fixture.seed().accessKeyID.text
    let arn = "arn:aws:sts::000000000000:assumed-role/reader/nightly"
    for index in [0, 1] {
      let user = results[index]["AssumedRoleUser"] as? [String: String]
      #expect(user == ["AssumedRoleId": "AROAREADER:nightly", "Arn": arn])
    }
    #expect(results[0]["PackedPolicySize"] == nil)
    #expect(results[0]["SourceIdentity"] == nil)
    #expect(((results[1]["PackedPolicySize"] as? Int) ?? 0) > 0)
    #expect(results[1]["SourceIdentity"] as? String == "alice@corp")
    let expirations = [0: "2026-01-01T01:00:00+00:00", 2: "2026-01-01T12:00:00+00:00", 4: "2026-01-01T12:00:00+00:00"]
    for (index, expiration) in expirations {
      let credentials = results[index]["Credentials"] as? [String: String] ?? [:]
      #expect(credentials["AccessKeyId"] == id)
      #expect(credentials["SecretAccessKey"]?.count == 40)
      #expect((credentials["SessionToken"]?.count ?? 0) > 100)
      #expect(credentials["Expiration"] == expiration)
    }
    #expect(results[3]["UserId"] as? String == "AIDAALICE")
    #expect(results[3]["Account"] as? String == "000000000000")
    #expect(results[3]["Arn"] as? String == World.aliceARN.text)
    let federated = results[4]["FederatedUser"] as? [String: String]
    #expect(
      federated == [
        "FederatedUserId": "000000000000:bob", "Arn": "arn:aws:sts::000000000000:federated-user/bob",
      ])
    #expect(results[5]["Account"] as? String == "000000000000")
    let told = ["'a<b>&\"'c'", "'tab\tnull\u{FFFD}bell\u{FFFD}'", "'ünï\u{FFFD}\u{1F600}'"]
    for (result, value) in zip(results[6...], told) {
      let error = result["Error"] as? [String: Any]
      #expect(error?["Code"] as? String == "ValidationError")
      #expect(error?["Type"] as? String == "Sender")
      let message = error?["Message"] as? String ?? ""
      #expect(message.contains("Value \(value) at 'roleSessionName'"), "\(message)")
    }
  }

  /// Runs botocore's parser over the documents; nil when python3 or botocore is not there.
  private static func parse(_ documents: [(operation: String, status: Int, xml: [UInt8])]) throws -> [Any]? {
    let input = try JSONSerialization.data(
      withJSONObject: documents.map {
        ["operation": $0.operation, "status": $0.status, "xml": Data($0.xml).base64EncodedString()] as [String: Any]
      })
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    // A file and not a pipe: writing to a process that has ended already would be a signal.
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString).json")
    try input.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let standardOutput = Pipe()
    process.standardInput = try FileHandle(forReadingFrom: file)
    process.standardOutput = standardOutput
    try process.run()
    let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    // 77: botocore is missing; 127: python3 is.
    if process.terminationStatus == 77 || process.terminationStatus == 127 { return nil }
    #expect(process.terminationStatus == 0)
    return try JSONSerialization.jsonObject(with: output) as? [Any]
  }

  private static let script = """
    import base64, json, sys
    documents = json.load(sys.stdin)
    try:
        import botocore.parsers, botocore.session
    except ImportError:
        sys.exit(77)
    model = botocore.session.get_session().get_service_model('sts')
    parser = botocore.parsers.QueryParser()
    results = []
    for document in documents:
        answer = {'body': base64.b64decode(document['xml']), 'headers': {}, 'status_code': document['status']}
        results.append(parser.parse(answer, model.operation_model(document['operation']).output_shape))
    json.dump(results, sys.stdout, default=lambda value: value.isoformat())
    """
}
