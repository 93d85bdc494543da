import NIOPosix
import S3Model
import SigV4
import Testing

@testable import QueryClient

@Suite struct QueryClientTests {
  @Test func readsResults() throws {
    let answer = """
      <?xml version="1.0"?><ListXResponse xmlns="urn:x"><ListXResult><Xs><member><Id>1 &amp; 2</Id></member></Xs>\
      <Empty/></ListXResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListXResponse>
      """
    let result = try QueryClient.result("ListX", status: 200, Array(answer.utf8))
    #expect(result["Xs"]?.list?.first?["Id"]?.text == "1 & 2")
    #expect(result["Empty"]?.list == [])
    let none = "<DeleteXResponse><ResponseMetadata/></DeleteXResponse>"
    #expect(try QueryClient.result("DeleteX", status: 200, Array(none.utf8)) == .structure([]))
  }

  @Test(
    arguments: [
      (
        403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no\u{9B}31m</Message></Error></ErrorResponse>",
        "AccessDenied: no31m"
      ),
      (400, "<Error><Code>InvalidAction</Code></Error>", "InvalidAction"),
      // Another action's answer, an error that says 200, half of an answer, a page of some proxy.
      (200, "<OtherResponse/>", "the answer (status 200) is not one of a query action"),
      (200, "<Error><Code>X</Code></Error>", "the answer (status 200) is not one of a query action"),
      (200, "<GetXResponse><GetXResult>", "the answer (status 200) is not one of a query action"),
      (502, "<html><body>bad <b>gateway</b></body></html>", "the answer (status 502) is not one of a query action"),
    ] as [(UInt16, String, String)])
  func refusesAllElse(_ status: UInt16, _ document: String, _ expected: String) {
    do throws(QueryClientError) {
      _ = try QueryClient.result("GetX", status: status, Array(document.utf8))
      Issue.record("taken: \(document)")
    } catch {
      #expect("\(error)" == expected)
    }
  }

  @Test func signsHostTypeAndToken() throws {
    let client = try QueryClient(
      HTTPURL("http://localhost:9000"),
      credentials: AWSCredentials(accessKeyID: "KEY", secretAccessKey: "hidden-secret", sessionToken: "TOKEN"),
      group: MultiThreadedEventLoopGroup.singleton)
    let fields = try client.signedFields(Array("Action=X".utf8), SigningDate(unixSeconds: 1_440_938_160))
    let authorization = try #require(fields.first { $0.name.lowercased() == "authorization" }?.value)
    #expect(
      authorization.hasPrefix(
        "AWS4-HMAC-SHA256 Credential=KEY/20150830/us-east-1/iam/aws4_request, "
          + "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature="))
    #expect(fields.contains { $0.name == "x-amz-security-token" && $0.value == "TOKEN" })
    #expect(!fields.contains { $0.value.contains("hidden-secret") })
    client.shutDown()
  }
}
