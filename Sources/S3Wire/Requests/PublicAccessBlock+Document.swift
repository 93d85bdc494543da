import HTTPWire
public import S3Model

/// As PutPublicAccessBlock and GetPublicAccessBlock carry it.
extension PublicAccessBlock {
  public init(document: [UInt8]) throws(S3WireError) {
    self = try RequestDocument.read(document) { reader throws(XMLFault) in
      var block = PublicAccessBlock()
      try reader.enter("PublicAccessBlockConfiguration")
      while try reader.nextChild() {
        if reader.isElement("BlockPublicAcls") {
          block.refusesPublicACLs = try Self.flag(&reader)
        } else if reader.isElement("IgnorePublicAcls") {
          block.ignoresPublicACLs = try Self.flag(&reader)
        } else if reader.isElement("BlockPublicPolicy") {
          block.refusesPublicPolicies = try Self.flag(&reader)
        } else if reader.isElement("RestrictPublicBuckets") {
          block.restrictsPublicBuckets = try Self.flag(&reader)
        } else {
          throw .unexpectedElement
        }
      }
      return block
    }
  }

  /// AWS's examples write `TRUE`, its clients `true`.
  private static func flag(_ reader: inout XMLReader) throws(XMLFault) -> Bool {
    switch String(decoding: try reader.text(), as: UTF8.self) {
    case "true", "TRUE", "True": true
    case "false", "FALSE", "False": false
    default: throw .unexpectedText
    }
  }

  public var document: [UInt8] {
    var writer = XMLWriter(reserving: 384)
    writer.open("PublicAccessBlockConfiguration", namespace: XMLWriter.s3Namespace)
    writer.element("BlockPublicAcls", refusesPublicACLs)
    writer.element("IgnorePublicAcls", ignoresPublicACLs)
    writer.element("BlockPublicPolicy", refusesPublicPolicies)
    writer.element("RestrictPublicBuckets", restrictsPublicBuckets)
    writer.close("PublicAccessBlockConfiguration")
    return writer.bytes
  }
}

extension S3Request {
  /// Whether the request sets an ACL that lets everyone in, or every user of any account.
  /// - Parameter document: the request's, collected.
  /// Source: Amazon S3 User Guide, "The meaning of 'public'", access control lists.
  public func setsPublicACL(document: [UInt8]) throws(S3WireError) -> Bool {
    for canned: StaticString in ["public-read", "public-read-write", "authenticated-read"]
    where header(.xAmzAcl, equals: canned) {
      return true
    }
    for name in [
      FieldName.xAmzGrantFullControl, .xAmzGrantRead, .xAmzGrantReadAcp, .xAmzGrantWrite, .xAmzGrantWriteAcp,
    ] {
      if let grants = header(name), Self.namesEveryone(grants.text) { return true }
    }
    guard operation == .putBucketAcl || operation == .putObjectAcl, !document.isEmpty else { return false }
    return try AccessControlPolicy(document: document).grants.contains { grant in
      if case .group(let uri) = grant.grantee { Self.namesEveryone(uri) } else { false }
    }
  }

  /// `…/groups/global/AllUsers` and `…/groups/global/AuthenticatedUsers`.
  private static func namesEveryone(_ text: String) -> Bool { text.contains("groups/global/") }
}
