import Foundation
import HTTPWire
import S3Model
import S3Wire
import Testing

/// `s3-actions/operations.json`: every row's request is recognized and needs the row's IAM actions.
@Suite struct S3OperationsConformanceTests {
  /// Old names of requests that are recognized under their new name.
  static let successors = [
    "GetBucketLifecycle": "GetBucketLifecycleConfiguration",
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
  ]

  /// Conditions that the head alone does not tell, and where they are decided instead.
  static let decidedElsewhere: [String: String] = [
    "object missing: 404 rather than 403": "the gateway asks for it when the store says that there is no such key",
    "tagging directive COPY and the source has tags": "S3Request.accessesIfSourceIsTagged",
    "entry in the body carries VersionId": "DeleteObjectsRequest.accesses",
    "always, on the replication role": "the role is the store's own and is not granted by this gateway",
    "form field acl": "PostObjectForm", "form field tagging": "PostObjectForm",
  ]

  @Test func operations() throws {
    guard let rows = try ConformanceFolder.cases("s3-actions/operations.json") else { return }
    var report = SuiteReport("s3-actions/operations")
    for row in rows {
      let name = try #require(row["operation"] as? String)
      let operation = try #require(S3Operation.allCases.first { "\($0.name)" == name })
      #expect("\(operation.method.name)" == Row(row).method, "\(name)")
      for problem in try problems(Row(row)) {
        report.failed.append(name)
        Issue.record("\(name): \(problem)")
      }
      if report.failed.last != name { report.passed += 1 }
    }
    report.printLine()
    #expect(report.failed.isEmpty && report.passed > 0)
  }

  /// What one row says, with the trigger of a condition added where one is asked for.
  private struct Row {
    let json: [String: Any]
    init(_ json: [String: Any]) { self.json = json }

    func strings(_ name: String) -> [String] { json[name] as? [String] ?? [] }
    var name: String { json["operation"] as? String ?? "" }
    var method: String { json["method"] as? String ?? "" }
    var path: String { json["path"] as? String ?? "" }
    var actions: [String] { strings("actions") }
    var conditions: [[String: String]] { json["conditional_actions"] as? [[String: String]] ?? [] }
  }

  private func problems(_ row: Row) throws -> [String] {
    var problems: [String] = []
    let expected = Self.successors[row.name] ?? row.name
    let sourceActions = row.conditions.filter { $0["when"] == "always, on the source object" }.compactMap {
      $0["action"]
    }
    // Once as small as the row allows, once with every optional parameter that is not a condition of its own.
    for isFull in [false, true] {
      let optional = isFull ? row.strings("query_optional").filter { $0 != "versionId" } : []
      let outcome = recognize(row, query: optional, headers: [])
      if row.actions.isEmpty, expected != "OptionsObject" {
        // An operation that no s3 action covers is recognized, and refused as not implemented.
        let isShared = row.name == "ListDirectoryBuckets" && !isFull
        if !isShared, outcome != .unsupported(expected) { problems.append("\(outcome), not unsupported") }
        continue
      }
      let wanted = row.name == "DeleteObjects" || row.name == "PostObject" ? [] : row.actions + sourceActions
      if outcome != .recognized(expected, Set(wanted)) { problems.append("\(outcome), not \(expected) \(wanted)") }
    }
    for condition in row.conditions {
      let when = try #require(condition["when"])
      let action = try #require(condition["action"])
      if Self.decidedElsewhere[when] != nil || when == "always, on the source object" { continue }
      guard row.name != "DeleteObjects" else { continue }
      guard let (query, headers) = trigger(when) else {
        problems.append("nothing known about the condition `\(when)`")
        continue
      }
      for header in headers {
        let outcome = recognize(row, query: query, headers: [header].filter { !$0.isEmpty })
        guard case .recognized(expected, let found) = outcome else {
          problems.append("\(when): \(outcome)")
          continue
        }
        let added = action.components(separatedBy: " and ").map { $0.components(separatedBy: " ")[0] }
        if !Set(added).isSubset(of: found) { problems.append("\(when): \(found) lacks \(added)") }
        if action.contains("instead"), !found.isDisjoint(with: row.actions) {
          problems.append("\(when): \(found) still has \(row.actions)")
        }
      }
    }
    return problems
  }

  /// Query parameters and alternative headers that make a condition true.
  private func trigger(_ when: String) -> (query: [String], headers: [String])? {
    switch when {
    case "query versionId present": (["versionId"], [""])
    case "header x-amz-acl or x-amz-grant-*":
      (
        [],
        [
          "x-amz-acl: private", "x-amz-grant-read: id=1", "x-amz-grant-full-control: id=1",
          "x-amz-grant-read-acp: id=1",
          "x-amz-grant-write-acp: id=1",
        ]
      )
    case "header x-amz-tagging": ([], ["x-amz-tagging: a=b"])
    case "header x-amz-object-lock-mode or x-amz-object-lock-retain-until-date":
      ([], ["x-amz-object-lock-mode: GOVERNANCE", "x-amz-object-lock-retain-until-date: 2030-01-01T00:00:00Z"])
    case "header x-amz-object-lock-legal-hold": ([], ["x-amz-object-lock-legal-hold: ON"])
    case "header x-amz-bypass-governance-retention: true": ([], ["x-amz-bypass-governance-retention: true"])
    case "header x-amz-bucket-object-lock-enabled: true": ([], ["x-amz-bucket-object-lock-enabled: true"])
    case "header x-amz-object-ownership": ([], ["x-amz-object-ownership: BucketOwnerPreferred"])
    case "x-amz-copy-source carries versionId": ([], ["x-amz-copy-source: /source/key?versionId=v"])
    default: nil
    }
  }

  private enum Outcome: Equatable {
    case recognized(String, Set<String>)
    case unsupported(String)
    case refused(S3WireError)
    case malformed
  }

  private func recognize(_ row: Row, query: [String], headers: [String]) -> Outcome {
    let literal = (row.json["query"] as? [String: String] ?? [:]).sorted { $0.key < $1.key }
      .map { $0.value.isEmpty ? $0.key : "\($0.key)=\($0.value)" }
    let parameters = literal + (row.strings("query_required") + query).map { "\($0)=\(value($0))" }
    let path = row.path.replacingOccurrences(of: "{Bucket}", with: "bucket")
      .replacingOccurrences(of: "{Key}", with: "some/key")
    let target = path + (parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&"))
    var lines = row.strings("headers_required").map { $0.contains(":") ? "\($0); boundary=b" : "\($0): \(value($0))" }
    for header in headers {
      let name = header.prefix { $0 != ":" }
      lines.removeAll { $0.hasPrefix("\(name):") }
      lines.append(header)
    }
    let text = "\(row.method) \(target) HTTP/1.1\r\nHost: localhost\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
    return outcome(Array(text.utf8))
  }

  private func outcome(_ bytes: [UInt8]) -> Outcome {
    var parser = RequestHeadParser(limits: HeadLimits())
    var head = RequestHead()
    let parsed = bytes.withUnsafeBytes { bytes in
      Result { () throws(HTTPParseError) in try parser.parse(bytes, into: &head) }
    }
    guard case .success(bytes.count) = parsed else { return .malformed }
    do throws(S3WireError) {
      let request = try S3RequestParser().parse(head)
      return .recognized("\(request.operation.name)", Set(request.accesses.map { "\($0.action.name)" }))
    } catch .unsupportedOperation(let operation) {
      return .unsupported("\(operation.name)")
    } catch {
      return .refused(error)
    }
  }

  private func value(_ name: String) -> String {
    switch name {
    case "partNumber", "max-keys", "max-parts", "max-uploads", "max-buckets", "part-number-marker": "1"
    case "encoding-type": "url"
    case "x-amz-copy-source": "/source/key"
    default: "x"
    }
  }
}

/// `s3-actions/service-authorization.json`: the action and condition key tables are AWS's, whole.
@Suite struct ServiceAuthorizationConformanceTests {
  @Test func reference() throws {
    guard let data = ConformanceFolder.contents("s3-actions/service-authorization.json") else { return }
    let reference = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: [String: Any]]])
    var report = SuiteReport("s3-actions/service-authorization")
    func check(_ name: String, _ isRight: Bool, _ what: String) {
      if isRight {
        report.passed += 1
      } else {
        report.failed.append(name)
        Issue.record("\(name): \(what)")
      }
    }
    for (service, tables) in reference {
      for (name, entry) in try #require(tables["actions"]) {
        let action = Action(name: Array(name.utf8))
        check(name, action.map { "\($0.name)" } == name, "no such action")
        guard service == "s3", case .s3(let action) = action, let entry = entry as? [String: Any] else { continue }
        let types = try #require(entry["resource_types"] as? [String: Any])
        check(name, action.resourceTypes == S3ResourceTypes(types.keys.map(resourceType)), "other resource types")
        check(name, level(action.accessLevel) == entry["access_level"] as? String, "other access level")
      }
    }
    for name in try #require(reference["s3"]?["condition_keys"]).keys where name.hasPrefix("s3:") {
      let base = name.prefix { $0 != "/" }
      let key = S3ConditionKey(name: Array(base.utf8))
      check(name, key.map { "\($0.name)" } == String(base), "no such condition key")
    }
    report.printLine()
    #expect(report.failed.isEmpty && report.passed > 0)
  }

  private func resourceType(_ name: String) -> S3ResourceTypes {
    switch name {
    case "accesspoint": .accessPoint
    case "accesspointobject": .accessPointObject
    case "bucket": .bucket
    case "object": .object
    case "job": .job
    case "storagelensconfiguration": .storageLensConfiguration
    case "storagelensgroup": .storageLensGroup
    case "objectlambdaaccesspoint": .objectLambdaAccessPoint
    case "multiregionaccesspoint": .multiRegionAccessPoint
    case "multiregionaccesspointrequestarn": .multiRegionAccessPointRequest
    case "accessgrantsinstance": .accessGrantsInstance
    case "accessgrantslocation": .accessGrantsLocation
    case "accessgrant": .accessGrant
    default: S3ResourceTypes(rawValue: 0x8000)
    }
  }

  private func level(_ level: AccessLevel) -> String {
    switch level {
    case .list: "List"
    case .read: "Read"
    case .tagging: "Tagging"
    case .write: "Write"
    case .permissionsManagement: "Permissions management"
    }
  }
}
