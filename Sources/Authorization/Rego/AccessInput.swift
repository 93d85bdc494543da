import IAMPolicy
import Rego
import S3Model

/// The input document of one access, made as it is read.
final class AccessInput<Facts: RequestFacts>: LazyInput {
  private let access: Access
  private let caller: Caller
  private let account: AccountID
  private let now: PolicyDate
  private let facts: Facts
  private let shape: RegoInputShape
  /// The decision has read the object's tags, and they are not here.
  private(set) var waitsForTags = false
  private(set) var lacksTags = false
  /// The decision has read a condition key that the request has a value for, and it cannot be had.
  private(set) var lacksCondition = false
  /// The object's tags are not part of it.
  var leavesOutTags = false

  init(_ access: Access, _ caller: Caller, account: AccountID, now: PolicyDate, _ facts: Facts, _ shape: RegoInputShape)
  {
    self.access = access
    self.caller = caller
    self.account = account
    self.now = now
    self.facts = facts
    self.shape = shape
  }

  func value(field: Int) -> Value {
    if let field = InputField(rawValue: field) { return value(field) }
    return condition(InputField.conditionKeys[field - InputField.allCases.count].key)
  }

  func document() -> Value {
    switch shape {
    case .martlet: martletDocument()
    case .minio: minioDocument()
    case .rgw: rgwDocument()
    }
  }

  private func martletDocument() -> Value {
    var root = ValueObjectBuilder()
    var parts: [Value: ValueObjectBuilder] = [:]
    for field in InputField.allCases {
      let value = value(field)
      if value.isUndefined { continue }
      let path = field.path
      if path.count == 1 {
        root[.string(path[0])] = value
      } else {
        parts[.string(path[0]), default: ValueObjectBuilder()][.string(path[1])] = value
      }
    }
    for (name, part) in parts { root[name] = .object(ValueObject(part)) }
    return .object(ValueObject(root))
  }

  // MARK: Fields

  private func value(_ field: InputField) -> Value {
    if let name = field.conditionKey {
      if field == .sessionMFAAge || field == .sessionProvider || field == .sessionSourceIdentity,
        caller.session == nil, caller.secondFactor == nil
      {
        return .undefined
      }
      return condition(ConditionKey(name))
    }
    switch field {
    case .service: return service
    case .operation: return facts.fact(.operation)
    case .action: return Value(text: access.action.name)
    case .resource: return Value(text: access.resource)
    case .account: return Value(text: account.bytes)
    case .bucket: return access.bucket.map { .string(Text($0)) } ?? .undefined
    case .objectKey: return access.key.map { Value(text: $0) } ?? .undefined
    case .objectVersionID: return access.versionID.map { Value(text: $0) } ?? .undefined
    case .objectTags: return objectTags
    case .principalType: return principalType
    case .principalRole: return roleName
    case .principalGroups:
      return caller.groups.isEmpty ? .undefined : .array(ValueArray(caller.groups.map { Value(text: $0) }))
    case .principalTags:
      return caller.tags.isEmpty ? .undefined : Value(members: caller.tags.map { ($0.key, Value(text: $0.value)) })
    case .sessionIssuedAt:
      return caller.session.map { .integer($0.issued.milliseconds / 1000) } ?? .undefined
    case .sessionMFA:
      if caller.secondFactor != nil { return true }
      return caller.session.map { .boolean($0.secondFactor != nil) } ?? .undefined
    case .sessionClaims: return claims
    case .requestID: return facts.fact(.requestID)
    case .requestMethod: return facts.fact(.method)
    case .requestPath: return facts.fact(.path)
    case .requestContentLength: return facts.fact(.contentLength)
    case .s3Tags: return isSTS ? .undefined : facts.fact(.requestTags)
    case .stsRoleARN: return facts.fact(.roleARN)
    case .stsTags: return isSTS ? facts.fact(.requestTags) : .undefined
    case .conditions: return conditions
    default: return .undefined
    }
  }

  private var isSTS: Bool { if case .sts = access.action { true } else { false } }

  private var service: Value {
    switch access.action {
    case .s3: "s3"
    case .sts: "sts"
    case .iam: "iam"
    }
  }

  private var objectTags: Value {
    if leavesOutTags { return .undefined }
    switch facts.objectTags {
    case .none: return .undefined
    case .notFetched:
      if access.key != nil { waitsForTags = true }
      return .undefined
    case .unavailable:
      if access.key != nil { lacksTags = true }
      return .undefined
    case .tags(let tags): return Value(members: tags.map { ($0.key, Value(text: $0.value)) })
    }
  }

  private var principalType: Value {
    switch caller.principal.kind {
    case .anonymous: "anonymous"
    case .root: "root"
    case .user: "user"
    case .role: "role"
    case .roleSession: "role-session"
    case .federatedUser: "federated-user"
    case .federatedIdentity: "federated-identity"
    case .service: "service"
    case .federated: "federated"
    }
  }

  private var roleName: Value {
    switch caller.principal.kind {
    case .roleSession(_, let role, _), .role(let role, _):
      return .string(Text(bytes: Array(role.bytes.split(separator: UInt8(ascii: "/")).last ?? [])))
    default: return .undefined
    }
  }

  private var claims: Value {
    guard let claims = caller.session?.claims, !claims.isEmpty else { return .undefined }
    return Value(
      members:
        claims.map { claim in
          (
            claim.name,
            claim.values.count == 1
              ? Value(text: claim.values[0]) : .array(ValueArray(claim.values.map { Value(text: $0) }))
          )
        })
  }

  private var conditions: Value {
    var builder = ValueObjectBuilder()
    for (name, key) in InputField.conditionKeys {
      let value = condition(key)
      if !value.isUndefined { builder[.string(name)] = value }
    }
    for tag in caller.tags { builder[.string(Text("aws:PrincipalTag/\(tag.key.text)"))] = Value(text: tag.value) }
    return .object(ValueObject(builder))
  }

  private func condition(_ key: ConditionKey) -> Value {
    switch DecisionContext(caller: caller, now: now, request: facts).value(for: key) {
    case .absent: return .undefined
    case .unavailable:
      lacksCondition = true
      return .undefined
    case .text(let text): return Value(text: text)
    case .texts(let texts): return texts.isEmpty ? .undefined : .array(ValueArray(texts.map { Value(text: $0) }))
    case .boolean(let flag): return .boolean(flag)
    case .integer(let number): return .integer(number)
    case .date(let date): return Value(text: date.bytes)
    case .address(let address): return .string(Text(address.description))
    }
  }

  // MARK: Other shapes

  /// Source: minio/pkg policy/args.go and the OPA page of MinIO's documentation.
  private func minioDocument() -> Value {
    var conditions = ValueObjectBuilder()
    for (name, key) in InputField.conditionKeys {
      // MinIO tells no more than heads say: what cannot be told is none of its conditions.
      if case .unavailable = DecisionContext(caller: caller, now: now, request: facts).value(for: key) { continue }
      let value = condition(key)
      guard !value.isUndefined, let short = name.string.split(separator: ":").last else { continue }
      let text: Value
      switch value {
      case .string: text = [value]
      case .array: text = value
      default: text = [.string(value.jsonText)]
      }
      conditions[.string(Text(Self.minioName(String(short))))] = text
    }
    if let version = access.versionID { conditions["versionid"] = [Value(text: version)] }
    var document = ValueObjectBuilder()
    let accessKey = facts.fact(.accessKeyID)
    document["account"] = accessKey.isUndefined ? "" : accessKey
    document["groups"] = caller.groups.isEmpty ? .null : .array(ValueArray(caller.groups.map { Value(text: $0) }))
    document["action"] = Value(text: access.action.name)
    document["bucket"] = .string(Text(access.bucket ?? ""))
    document["object"] = access.key.map { Value(text: $0) } ?? ""
    document["conditions"] = .object(ValueObject(conditions))
    document["owner"] = .boolean(caller.isRoot)
    document["claims"] = claims.isUndefined ? .object(.empty) : claims
    document["denyOnly"] = false
    return .object(ValueObject(document))
  }

  /// MinIO has headers in Go's spelling (`X-Amz-Acl`), those of object lock without the prefix.
  private static func minioName(_ name: String) -> String {
    let lower = name.lowercased()
    let isLock = lower.hasPrefix("object-lock-") && lower != "object-lock-remaining-retention-days"
    guard lower.hasPrefix("x-amz-") || isLock else { return name }
    return lower.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
  }

  /// Source: Ceph documentation, "Open Policy Agent Integration"; rgw_opa.cc.
  private func rgwDocument() -> Value {
    var document = ValueObjectBuilder()
    func text(_ fact: RequestFact) -> Value {
      let value = facts.fact(fact)
      return value.isUndefined ? "" : value
    }
    var decoded: [UInt8] = [0x2F]
    if let bucket = access.bucket { decoded += bucket.utf8 + (access.key.map { [0x2F] + $0.bytes } ?? []) }
    document["method"] = text(.method)
    // Both name what the access is about, whether the bucket stands in the path or in the host.
    document["relative_uri"] = .string(Text(bytes: Self.percentEncoded(decoded)))
    document["decoded_uri"] = .string(Text(bytes: decoded))
    document["params"] = text(.query)
    document["request_uri_aws4"] = text(.path)
    document["object_name"] = access.key.map { Value(text: $0) } ?? ""
    document["subuser"] = ""
    let name = value(.principalName)
    var user: [(Value, Value)] = [
      ("user_id", name.isUndefined ? value(.principalID) : name), ("display_name", name.isUndefined ? "" : name),
      ("email", ""), ("suspended", 0),
    ]
    // RGW tells of it where it is so, as a string.
    if caller.isRoot { user.append(("admin", "true")) }
    document["user_info"] = .object(ValueObject(user))
    // Buckets belong to the account, whose root user has its number as an id.
    document["bucket_info"] = .object(
      ValueObject([
        ("bucket", .object(ValueObject([("name", .string(Text(access.bucket ?? ""))), ("tenant", "")]))),
        ("owner", Value(text: account.bytes)),
      ]))
    return .object(ValueObject(document))
  }

  /// Unreserved characters of RFC 3986 and slashes as they are.
  private static func percentEncoded(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return bytes.flatMap { byte -> [UInt8] in
      let isPlain =
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-._~/".utf8.contains(byte)
      return isPlain ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
}

extension Value {
  fileprivate init(text: ByteString) { self = .string(Text(bytes: text.bytes)) }
  fileprivate init(text: StaticString) {
    self = text.withUTF8Buffer { .string(Text(UnsafeRawBufferPointer($0))) }
  }

  /// Of two with one name the first counts, as it does for conditions.
  fileprivate init(members: [(ByteString, Value)]) {
    self = .object(ValueObject(members.reversed().map { (Value(text: $0.0), $0.1) }))
  }
}
