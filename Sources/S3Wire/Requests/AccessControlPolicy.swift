/// An access control list. The gateway decides by policies; it knows the one list that says nothing more:
/// the owner has full control.
public struct AccessControlPolicy: Hashable, Sendable {
  public enum Grantee: Hashable, Sendable {
    /// A canonical user id.
    case user(String)
    /// A predefined group's URI.
    case group(String)
    case email(String)
  }

  public struct Grant: Hashable, Sendable {
    public var grantee: Grantee
    /// `FULL_CONTROL`, `READ`, `WRITE`, `READ_ACP` or `WRITE_ACP`.
    public var permission: String

    public init(grantee: Grantee, permission: String) {
      self.grantee = grantee
      self.permission = permission
    }
  }

  public var ownerID: String
  public var ownerDisplayName: String?
  public var grants: [Grant]

  /// The list of a bucket or object whose owner alone has access.
  public init(ownerID: String, ownerDisplayName: String? = nil) {
    self.ownerID = ownerID
    self.ownerDisplayName = ownerDisplayName
    grants = [Grant(grantee: .user(ownerID), permission: "FULL_CONTROL")]
  }

  /// Whether the list grants nothing but full control to its owner.
  public var isOwnerFullControl: Bool {
    grants.allSatisfy { $0 == Grant(grantee: .user(ownerID), permission: "FULL_CONTROL") } && !grants.isEmpty
  }

  public init(document: [UInt8]) throws(S3WireError) {
    self = try RequestDocument.read(document) { reader throws(XMLFault) in
      var policy = AccessControlPolicy(ownerID: "")
      policy.grants = []
      try reader.enter("AccessControlPolicy")
      while try reader.nextChild() {
        if reader.isElement("Owner") {
          while try reader.nextChild() {
            if reader.isElement("ID") {
              policy.ownerID = String(decoding: try reader.text(), as: UTF8.self)
            } else if reader.isElement("DisplayName") {
              policy.ownerDisplayName = String(decoding: try reader.text(), as: UTF8.self)
            } else {
              throw .unexpectedElement
            }
          }
        } else if reader.isElement("AccessControlList") {
          while try reader.nextChild() {
            guard reader.isElement("Grant"), policy.grants.count < 100 else { throw .unexpectedElement }
            policy.grants.append(try Self.grant(&reader))
          }
        } else {
          throw .unexpectedElement
        }
      }
      return policy
    }
  }

  private static func grant(_ reader: inout XMLReader) throws(XMLFault) -> Grant {
    var grantee: Grantee?
    var permission: String?
    while try reader.nextChild() {
      if reader.isElement("Permission") {
        permission = String(decoding: try reader.text(), as: UTF8.self)
      } else if reader.isElement("Grantee") {
        while try reader.nextChild() {
          if reader.isElement("ID") {
            grantee = .user(String(decoding: try reader.text(), as: UTF8.self))
          } else if reader.isElement("URI") {
            grantee = .group(String(decoding: try reader.text(), as: UTF8.self))
          } else if reader.isElement("EmailAddress") {
            grantee = .email(String(decoding: try reader.text(), as: UTF8.self))
          } else {
            try reader.skip()
          }
        }
      } else {
        throw .unexpectedElement
      }
    }
    guard let grantee, let permission else { throw .missingElement }
    switch permission {
    case "FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP": break
    default: throw .unexpectedText
    }
    return Grant(grantee: grantee, permission: permission)
  }

  public var document: [UInt8] {
    var writer = XMLWriter()
    writer.open("AccessControlPolicy", namespace: XMLWriter.s3Namespace)
    writer.open("Owner")
    writer.element("ID", ownerID)
    writer.optional("DisplayName", ownerDisplayName)
    writer.close("Owner")
    writer.open("AccessControlList")
    for grant in grants {
      writer.open("Grant")
      switch grant.grantee {
      case .user(let id):
        writer.append(Self.grantee("CanonicalUser"))
        writer.element("ID", id)
        if id == ownerID { writer.optional("DisplayName", ownerDisplayName) }
      case .group(let uri):
        writer.append(Self.grantee("Group"))
        writer.element("URI", uri)
      case .email(let address):
        writer.append(Self.grantee("AmazonCustomerByEmail"))
        writer.element("EmailAddress", address)
      }
      writer.close("Grantee")
      writer.element("Permission", grant.permission)
      writer.close("Grant")
    }
    writer.close("AccessControlList")
    writer.close("AccessControlPolicy")
    return writer.bytes
  }

  private static func grantee(_ type: String) -> [UInt8] {
    Array("<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"\(type)\">".utf8)
  }
}
