import IAMPolicy
import Testing

@testable import Gateway

@Suite struct BucketPolicyDocumentTests {
  private func document(_ statements: String..., bucket: String = "bucket") throws -> BucketPolicyDocument {
    let text = #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
    return try BucketPolicyDocument(Array(text.utf8), bucket: bucket)
  }

  private static func statement(
    _ effect: String, principal: String, more: String = ""
  ) -> String {
    #"{"Effect":"\#(effect)","Principal":\#(principal),"Action":"s3:GetObject","#
      + #""Resource":"arn:aws:s3:::bucket/*"\#(more)}"#
  }

  private static let alice = #"{"AWS":"arn:aws:iam::111122223333:user/alice"}"#

  @Test(arguments: [
    (statement("Allow", principal: #""*""#), true), (statement("Allow", principal: #"{"AWS":"*"}"#), true),
    (statement("Allow", principal: #"{"AWS":["111122223333","*"]}"#), true),
    (statement("Allow", principal: alice), false), (statement("Deny", principal: #""*""#), false),
    (
      statement(
        "Allow", principal: #""*""#, more: #","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#), false
    ),
    (statement("Allow", principal: #""*""#, more: #","Condition":{}"#), true),
  ])
  func saysWhoIsLetIn(_ statement: String, _ isPublic: Bool) throws {
    #expect(try document(statement).isPublic == isPublic)
    #expect(try document(Self.statement("Allow", principal: Self.alice), statement).isPublic == isPublic)
    let single = #"{"Version":"2012-10-17","Statement":\#(statement)}"#
    #expect(try BucketPolicyDocument(Array(single.utf8), bucket: "bucket").isPublic == isPublic)
  }

  @Test func isAboutItsOwnBucket() throws {
    let statement = Self.statement("Allow", principal: Self.alice)
    #expect(try document(statement).policy.statements.count == 1)
    #expect(throws: BucketPolicyDocument.Failure.self) { try document(statement, bucket: "another") }
  }

  @Test(arguments: ["", "{", "[]", "null", #"{"Statement":[]}"#, #"{"Version":"2012-10-17"}"#, "\u{FEFF}{}"])
  func refusesWhatIsNoPolicy(_ text: String) {
    #expect(throws: BucketPolicyDocument.Failure.self) { try BucketPolicyDocument(Array(text.utf8), bucket: "bucket") }
  }

  @Test func boundsItsSize() {
    let padded = #"{"Version":"2012-10-17","Statement":["# + Self.statement("Allow", principal: Self.alice) + "]}"
    let fits = padded + String(repeating: " ", count: 20 * 1024 - padded.utf8.count)
    #expect(throws: Never.self) { try BucketPolicyDocument(Array(fits.utf8), bucket: "bucket") }
    #expect(throws: BucketPolicyDocument.Failure.self) {
      try BucketPolicyDocument(Array((fits + " ").utf8), bucket: "bucket")
    }
  }
}
