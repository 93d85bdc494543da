import Authorization
public import IAMPolicy
import JSON
import Rego
public import S3Model

/// One audit line, read back: who asked for what, and what was decided.
public struct RecordedRequest {
  public enum Outcome: Sendable { case undecided, allowed, denied }

  /// Why a line is no record.
  public enum Fault: Error, Sendable, Equatable {
    case json(String)
    /// A member is missing or of another type.
    case member(String)
  }

  public let time: PolicyDate
  public let requestID: String
  public let service: String
  public let operation: String
  public let principalType: String
  public let principalARN: String
  public let outcome: Outcome
  /// The rule or statement that decided, in words.
  public let decidedBy: String
  public let accesses: [Access]
  /// Resources among ``accesses`` that were denied while others were allowed.
  public let denied: [ByteString]
  /// The request was allowed; what was denied is to know that the key is missing.
  public let hidesMissingKey: Bool
  public let facts: RecordedFacts
  let principalID: ByteString?
  let session: SessionDescription?
  /// What the line does not say and every decision needs.
  let lacks: String?

  public init(line: UnsafeRawBufferPointer) throws(Fault) {
    let root: RecordedValue
    do throws(JSONError) {
      let limits = JSONLimits(bytesMax: 64 << 20)
      root = RecordedValue(try Value(json: line, options: .init(limits: limits)))
    } catch {
      throw .json("\(error)")
    }
    guard let timeText = root["time"].text, let time = PolicyDate(parsing: timeText.bytes) else {
      throw .member("time")
    }
    guard let id = root["request_id"].string else { throw .member("request_id") }
    guard let service = root["service"].string else { throw .member("service") }
    guard let type = root["principal"]["type"].string else { throw .member("principal") }
    switch root["decision"].string {
    case "none": outcome = .undecided
    case "allowed": outcome = .allowed
    case "denied": outcome = .denied
    default: throw .member("decision")
    }
    self.time = time
    requestID = id
    self.service = service
    operation = root["operation"].string ?? ""
    principalType = type
    principalARN = root["principal"]["arn"].string ?? type
    principalID = root["principal"]["id"].text
    accesses = try Self.accesses(root)
    denied = root["denied"].texts
    hidesMissingKey = root["facts"]["hides_missing_key"].boolean ?? false
    decidedBy = Self.deciding(root)
    session = try root["session"].isThere ? Self.session(root["session"]) : nil
    facts = RecordedFacts(root)
    if root["resources_omitted"].isThere {
      lacks = "all of its resources"
    } else if root["session"]["policy_cut"].boolean == true {
      lacks = "the whole session policy"
    } else if principalID == nil, type != "anonymous", type != "unidentified" {
      lacks = "the principal's id"
    } else if session == nil, type == "role_session" || type == "federated_user" {
      lacks = "the session"
    } else if !root["facts"].isThere, outcome != .undecided {
      lacks = service == "s3" ? "what conditions read" : "the parameters of \(service) actions"
    } else {
      lacks = nil
    }
  }

  private static func accesses(_ root: RecordedValue) throws(Fault) -> [Access] {
    var actions: [Action] = []
    for name in root["actions"].texts {
      guard let action = Action(name: name.bytes) else { throw .member("actions") }
      actions.append(action)
    }
    guard let first = actions.first else { return [] }
    let bucket = root["bucket"].string
    guard root["resources"].isThere else {
      if let resource = root["resource"].text { return [access(first, resource, nil)] }
      guard let bucket else { throw .member("bucket") }
      guard let key = root["key"].text else {
        return [Access(action: first, resource: Access.arn(bucket: bucket), bucket: bucket)]
      }
      return [
        Access(
          action: first, resource: Access.arn(bucket: bucket, key: key), bucket: bucket, key: key,
          versionID: root["version_id"].text)
      ]
    }
    let resources = root["resources"].texts
    let counts = root["action_counts"].isThere ? root["action_counts"].integers.map { Int($0) } : [resources.count]
    guard counts.count == actions.count, counts.allSatisfy({ $0 >= 0 && $0 <= resources.count }),
      root["resources_omitted"].isThere || counts.reduce(0, +) == resources.count
    else { throw .member("action_counts") }
    let versions = root["versions"].elements
    let repeated = zip(actions, counts).flatMap { Array(repeating: $0, count: $1) }
    return zip(repeated, resources).enumerated().map { index, pair in
      access(pair.0, pair.1, versions.indices.contains(index) ? versions[index].text : nil)
    }
  }

  /// Of an ARN: an object's, a bucket's, or another.
  public static func access(_ action: Action, _ resource: ByteString, _ version: ByteString?) -> Access {
    let prefix = Array("arn:aws:s3:::".utf8)
    guard case .s3 = action, resource.bytes.starts(with: prefix) else {
      return Access(action: action, resource: resource)
    }
    let rest = resource.bytes.dropFirst(prefix.count)
    if rest.elementsEqual([UInt8(ascii: "*")]) || rest.isEmpty { return Access(action: action, resource: resource) }
    guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
      return Access(action: action, resource: resource, bucket: String(decoding: rest, as: UTF8.self))
    }
    return Access(
      action: action, resource: resource, bucket: String(decoding: rest[..<slash], as: UTF8.self),
      key: ByteString(rest[(slash + 1)...]), versionID: version)
  }

  private static func deciding(_ root: RecordedValue) -> String {
    let rule = root["rule"]
    if let path = rule["path"].string {
      return "\(path) (\(rule["file"].string ?? ""):\(rule["line"].integer ?? 0))"
    }
    let statement = root["statement"]
    guard let policy = statement["policy"].string else { return "no statement" }
    let sid = statement["sid"].string ?? "Statement[\(statement["index"].integer ?? 0)]"
    return "\(policy).\(sid) (\(statement["layer"].string ?? ""))"
  }

  private static func session(_ value: RecordedValue) throws(Fault) -> SessionDescription {
    guard let kindName = value["kind"].string, let principal = value["principal_id"].text,
      let issued = value["issued_ms"].integer
    else { throw .member("session") }
    let kind: SessionDescription.Kind
    switch kindName {
    case "assumed_role":
      guard let role = value["role_id"].text else { throw .member("session.role_id") }
      kind = .assumedRole(roleID: role)
    case "federated_user": kind = .federatedUser
    case "federated_identity": kind = .federatedIdentity
    case "user_session": kind = .userSession
    default: throw .member("session.kind")
    }
    return SessionDescription(
      kind: kind, principalID: principal, name: value["name"].text ?? "", policy: value["policy"].text,
      policyARNs: value["policy_arns"].texts,
      tags: (value["tags"].pairs ?? []).map { PrincipalTag(key: $0.0, value: $0.1) },
      facts: CallerSession(
        issued: PolicyDate(milliseconds: issued),
        secondFactor: value["mfa_ms"].integer.map { PolicyDate(milliseconds: $0) },
        federatedProvider: value["provider"].text, sourceIdentity: value["source_identity"].text,
        claims: value["claims"].elements.compactMap { claim in
          let parts = claim.elements
          guard parts.count == 2, let name = parts[0].text else { return nil }
          return (name: name, values: parts[1].texts)
        }), subject: subject(value, issued))
  }

  private static func subject(_ value: RecordedValue, _ issued: Int64) -> FederatedSubject? {
    guard let provider = value["provider_id"].text, let subject = value["subject"].text else { return nil }
    return FederatedSubject(
      providerID: provider, subject: subject, subjectID: value["subject_id"].text,
      vouchedMilliseconds: value["vouched_ms"].integer ?? issued)
  }

  /// Who it would be now.
  /// - Throws: what is missing to say that.
  func caller(in snapshot: AuthorizationSnapshot) throws(Missing) -> Caller {
    if let session {
      do throws(SessionFault) {
        return try snapshot.caller(for: session)
      } catch {
        switch error {
        case .unknownPrincipal: throw Missing("the principal, which is not declared any more")
        case .unknownRole: throw Missing("the role, which is not declared any more")
        case .unknownProvider: throw Missing("the identity provider, which is not declared any more")
        case .identityGone, .identityStale: throw Missing("what the identity provider says now")
        case .unknownPolicy(let arn): throw Missing("the session's policy \(arn)")
        case .policy: throw Missing("a session policy that can be read")
        }
      }
    }
    switch principalType {
    case "anonymous": return .anonymous
    case "root": return snapshot.root
    case "user":
      guard let principalID, let user = snapshot.user(id: principalID) else {
        throw Missing("the principal, which is not declared any more")
      }
      return user
    default: throw Missing("who asked")
    }
  }

  /// What keeps a request from being decided, in words behind "lacks".
  struct Missing: Error {
    let what: String
    init(_ what: String) { self.what = what }
  }
}
