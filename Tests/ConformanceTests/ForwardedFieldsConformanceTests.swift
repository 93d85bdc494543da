import Foundation
import HTTPWire
import S3Model
import Testing

@testable import S3Backend

/// `s3-actions/operations.json`: what goes on to a store is exactly what AWS documents for the operation.
@Suite struct ForwardedFieldsConformanceTests {
  /// Documented headers that stay behind.
  private static let heldBack: [String: String] = [
    "content-length": "every request is framed anew",
    "content-type: multipart/form-data": "the gateway turns forms into PutObject",
    "x-amz-meta-*": "forwardsMetadata",
    "x-amz-mfa": "a credential of the client's",
    "x-amz-source-expected-bucket-owner": "the gateway's account is not the store's; checked before",
  ]
  private static let notForwarded: [String: String] = [
    "PostObject": "the gateway turns forms into PutObject",
    "WriteGetObjectResponse": "refused: a store behind a gateway calls no Lambda",
  ]
  /// Headers of every operation, or of every body, that the list leaves out.
  private static let beside: Set<FieldName> = [.xAmzRequestPayer]
  private static let besideBodies: Set<String> = ["PutObject", "UploadPart", "PutObjectAnnotation"]

  @Test func fields() throws {
    guard let rows = try ConformanceFolder.cases("s3-actions/operations.json") else { return }
    var report = SuiteReport("s3-actions/forwarded-fields")
    for row in rows {
      let name = try #require(row["operation"] as? String)
      guard Self.notForwarded[name] == nil else {
        report.skipped += 1
        continue
      }
      let operation = try #require(S3Operation.allCases.first { "\($0.name)" == name })
      let listed = ["headers_required", "headers_optional"].flatMap { row[$0] as? [String] ?? [] }
        .map { $0.lowercased() }
      var expected = Self.beside
      if Self.besideBodies.contains(name) { expected.insert(.contentMd5) }
      for header in listed where Self.heldBack[header] == nil {
        expected.insert(try #require(FieldName.allCases.first { "\($0.name)" == header }, "\(header)"))
      }
      let actual = Set(FieldName.allCases.filter { operation.forwardedFields.contains($0) })
      if actual == expected, operation.forwardsMetadata == listed.contains("x-amz-meta-*") {
        report.passed += 1
      } else {
        report.failed.append(name)
        Issue.record("\(name): \(actual.symmetricDifference(expected))")
      }
    }
    report.printLine()
    #expect(report.failed.isEmpty && report.passed > 0)
  }
}
