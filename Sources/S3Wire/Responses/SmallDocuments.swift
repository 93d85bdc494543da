/// Answers of one element.
public enum SmallDocuments {
  /// The answer to GetBucketLocation; us-east-1 is spelled as nothing.
  public static func location(region: String) -> [UInt8] {
    var writer = XMLWriter(reserving: 160)
    writer.open("LocationConstraint", namespace: XMLWriter.s3Namespace)
    if region != "us-east-1" { writer.text(region.utf8) }
    writer.close("LocationConstraint")
    return writer.bytes
  }

  /// The answer to GetBucketPolicyStatus.
  public static func policyStatus(isPublic: Bool) -> [UInt8] {
    var writer = XMLWriter(reserving: 160)
    writer.open("PolicyStatus", namespace: XMLWriter.s3Namespace)
    writer.element("IsPublic", isPublic)
    writer.close("PolicyStatus")
    return writer.bytes
  }

  /// The answer to a POST upload that asked for status 201.
  public static func postResponse(location: [UInt8], bucket: String, key: [UInt8], etag: [UInt8]) -> [UInt8] {
    var writer = XMLWriter(reserving: 384)
    writer.open("PostResponse")
    writer.element("Location", location)
    writer.element("Bucket", bucket)
    writer.element("Key", key)
    writer.element("ETag", [0x22] + etag + [0x22])
    writer.close("PostResponse")
    return writer.bytes
  }
}
