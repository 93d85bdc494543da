import IAMPolicy
import Identity
import IdentityStore
import S3Model
import S3Wire

extension XMLWriter {
  /// A list in the form of the query protocol: `<name><member>…</member>…</name>`.
  mutating func list<Items: Sequence>(
    _ name: StaticString, _ items: Items, _ write: (Items.Element, inout XMLWriter) -> Void
  ) {
    open(name)
    for item in items {
      open("member")
      write(item, &self)
      close("member")
    }
    close(name)
  }

  mutating func texts(_ name: StaticString, _ items: some Sequence<ByteString>) {
    open(name)
    for item in items { element("member", item) }
    close(name)
  }

  /// ISO 8601, in UTC.
  mutating func date(_ name: StaticString, _ seconds: Int64) { element(name, PolicyDate(seconds: seconds).bytes) }

  mutating func optionalDate(_ name: StaticString, _ seconds: Int64?) { if let seconds { date(name, seconds) } }

  mutating func tags(_ tags: [IdentityTag], evenIfEmpty: Bool = false) {
    if tags.isEmpty && !evenIfEmpty { return }
    list("Tags", tags) { tag, writer in
      writer.element("Key", tag.key)
      writer.element("Value", tag.value)
    }
  }

  mutating func boundary(_ arn: ByteString?) {
    guard let arn else { return }
    open("PermissionsBoundary")
    element("PermissionsBoundaryType", "PermissionsBoundaryPolicy" as StaticString)
    element("PermissionsBoundaryArn", arn)
    close("PermissionsBoundary")
  }

  /// A policy document, as AWS gives it: percent-encoded (RFC 3986).
  mutating func document(_ name: StaticString, _ document: ByteString) {
    element(name, Self.percentEncoded(document))
  }

  private static func percentEncoded(_ text: ByteString) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    var output: [UInt8] = []
    output.reserveCapacity(text.count * 2)
    for byte in text.bytes {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: output.append(byte)
      default: output += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return output
  }

  mutating func page(_ page: IAMPage) {
    element("IsTruncated", page.marker != nil)
    optional("Marker", page.marker)
  }
}

extension XMLWriter {
  /// The members of AWS's structures. - Parameter isWhole: lists leave tags and boundaries out.
  mutating func user(_ user: UserRecord, _ scope: IAMScope, isWhole: Bool = true) {
    element("Path", user.path)
    element("UserName", user.name)
    element("UserId", user.uniqueID)
    element("Arn", scope.arn(user))
    date("CreateDate", user.created)
    optionalDate("PasswordLastUsed", user.passwordLastUsed)
    guard isWhole else { return }
    boundary(user.boundary)
    tags(user.tags)
  }

  mutating func group(_ group: GroupRecord, _ scope: IAMScope) {
    element("Path", group.path)
    element("GroupName", group.name)
    element("GroupId", group.uniqueID)
    element("Arn", scope.arn(group))
    date("CreateDate", group.created)
  }

  mutating func role(_ role: RoleRecord, _ scope: IAMScope, isWhole: Bool = true) {
    element("Path", role.path)
    element("RoleName", role.name)
    element("RoleId", role.uniqueID)
    element("Arn", scope.arn(role))
    date("CreateDate", role.created)
    document("AssumeRolePolicyDocument", role.trustPolicy)
    optional("Description", role.description)
    element("MaxSessionDuration", role.sessionSecondsMax)
    guard isWhole else { return }
    boundary(role.boundary)
    tags(role.tags)
  }

  mutating func policy(_ policy: AnyPolicy, _ scope: IAMScope, isWhole: Bool = true) {
    let arn = policy.arn(scope.table)
    element("PolicyName", policy.name)
    let uses = scope.table.attachments(ofPolicy: arn).count
    let boundaries = scope.table.boundaryUses(ofPolicy: arn).count
    func counts(_ writer: inout XMLWriter) {
      writer.element("AttachmentCount", uses)
      writer.element("PermissionsBoundaryUsageCount", boundaries)
      writer.element("IsAttachable", true)
    }
    switch policy {
    case .own(let entry):
      let record = entry.record
      element("PolicyId", record.uniqueID)
      element("Arn", arn)
      element("Path", record.path)
      element("DefaultVersionId", "v\(record.defaultVersion)")
      counts(&self)
      if isWhole { optional("Description", record.description) }
      date("CreateDate", record.created)
      date("UpdateDate", record.updated)
      if isWhole { tags(record.tags) }
    case .canned(let canned):
      element("PolicyId", canned.policyID)
      element("Arn", arn)
      element("Path", "/" as StaticString)
      element("DefaultVersionId", "v1" as StaticString)
      counts(&self)
      date("CreateDate", 0)
      date("UpdateDate", 0)
    }
  }

  mutating func attached(_ arns: some Sequence<ByteString>) {
    list("AttachedPolicies", arns) { arn, writer in writer.attachedPolicy(arn) }
  }

  mutating func attachedPolicy(_ arn: ByteString) {
    element("PolicyName", ByteString(arn.bytes[((arn.bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]))
    element("PolicyArn", arn)
  }
}
