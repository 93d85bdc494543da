public import S3Model

/// The role in the body of PutBucketReplication, which the caller must be allowed to pass on.
public enum ReplicationRole {
  /// `iam:PassRole` on the role of a `<ReplicationConfiguration>`.
  public static func access(document: [UInt8]) throws(S3WireError) -> Access {
    let role = try RequestDocument.read(document) { reader throws(XMLFault) in
      var role: [UInt8]?
      try reader.enter("ReplicationConfiguration")
      while try reader.nextChild() {
        if reader.isElement("Role") {
          guard role == nil else { throw .unexpectedElement }
          role = try reader.text()
        } else {
          try reader.skip()
        }
      }
      guard let role, !role.isEmpty else { throw .missingElement }
      return role
    }
    return Access(action: .iam(.passRole), resource: ByteString(role))
  }
}
