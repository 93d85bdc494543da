import Authorization
import IAMPolicy
import S3Model

/// Appends one record as one JSON line. Bytes in, bytes out; one per event loop, for what it keeps between lines.
struct AuditLineWriter: ~Copyable {
  static let userAgentBytesMax = 256
  static let causeBytesMax = 512
  /// Longest value of any other text. Keys and ARNs are shorter: a key has at most 1024 bytes.
  static let textBytesMax = 4096
  /// Resources and denied resources listed in one line. DeleteObjects has at most 1000 keys.
  static let resourcesMax = 1001
  /// Tags of one line.
  static let tagsMax = 64

  private var second = Int64.min
  /// `2026-01-31T12:00:00`
  private var secondText: [UInt8] = []
  /// The line under construction, its memory kept from line to line.
  private var line = JSONLine()
  private var sessions = AuditSessions()

  mutating func append(_ record: borrowing AuditRecord, to lines: inout [UInt8]) {
    line.removeAll()
    write(record)
    lines.append(contentsOf: line.bytes)
  }

  private mutating func write(_ record: borrowing AuditRecord) {
    line.append(literal: "{\"time\":\"")
    appendTime(record.timeMilliseconds)
    line.append(literal: "\",\"request_id\":\"")
    line.append(hexDigitsOf: record.requestID)
    line.append(literal: "\"")
    line.append(member: ",\"remote\":", record.remoteAddress)
    if let version = record.tlsVersion { line.append(member: ",\"tls\":", version) }
    appendPrincipal(record)
    line.append(member: ",\"service\":", Self.name(record.service))
    if let operation = record.operation { line.append(member: ",\"operation\":", operation) }
    appendAccesses(record)
    if let facts = record.facts { line.append(facts) }
    appendDecision(record)
    line.append(member: ",\"revision\":", number: record.snapshotRevision)
    line.append(member: ",\"status\":", number: UInt64(record.status))
    if let code = record.errorCode { line.append(member: ",\"error\":", code.name) }
    if let cause = record.cause { line.append(member: ",\"cause\":", cause, bytesMax: Self.causeBytesMax) }
    if let backend = record.backend { line.append(member: ",\"backend\":", backend) }
    line.append(member: ",\"bytes_in\":", number: record.bytesIn)
    line.append(member: ",\"bytes_out\":", number: record.bytesOut)
    line.append(member: ",\"total_us\":", number: record.totalMicroseconds)
    if let time = record.upstreamMicroseconds { line.append(member: ",\"upstream_us\":", number: time) }
    if let agent = record.userAgent { line.append(member: ",\"user_agent\":", agent, bytesMax: Self.userAgentBytesMax) }
    line.append(literal: record.isPresigned ? ",\"presigned\":true}\n" : ",\"presigned\":false}\n")
  }

  private mutating func appendPrincipal(_ record: borrowing AuditRecord) {
    line.append(literal: ",\"principal\":{\"type\":\"")
    line.append(literal: Self.type(record.principal))
    line.append(literal: "\"")
    if let arn = record.principal?.callerARN { line.append(member: ",\"arn\":", arn) }
    if let id = record.accessKeyID { line.append(member: ",\"access_key_id\":", id) }
    if let id = record.principalID { line.append(member: ",\"id\":", id) }
    if let name = record.sessionName { line.append(member: ",\"session\":", name) }
    line.append(literal: "}")
    if let caller = record.sessionCaller { sessions.append(caller, to: &line) }
  }

  private mutating func appendAccesses(_ record: borrowing AuditRecord) {
    let accesses = record.accesses
    if let first = accesses.first {
      line.append(literal: ",\"actions\":[\"")
      line.append(literal: first.action.name)
      // Accesses of a kind stand together, so comparing with the one before leaves few repetitions, if any.
      var last = first.action
      for access in accesses.dropFirst() where access.action != last {
        line.append(literal: "\",\"")
        line.append(literal: access.action.name)
        last = access.action
      }
      line.append(literal: "\"]")
      appendPairing(accesses, record)
    }
    if let bucket = record.bucket { line.append(member: ",\"bucket\":", bucket) }
    if let key = record.key { line.append(member: ",\"key\":", key) }
    if let version = record.versionID { line.append(member: ",\"version_id\":", version) }
    if accesses.count > 1 { appendResources(",\"resources\":[", accesses) }
    if !record.deniedAccesses.isEmpty { appendResources(",\"denied\":[", record.deniedAccesses) }
  }

  /// What leads from actions and resources back to accesses, where that is not plain: how many resources each action
  /// has in turn, and their versions; or the one resource, where it is not the request's bucket or object.
  private mutating func appendPairing(_ accesses: [Access], _ record: borrowing AuditRecord) {
    let first = accesses[0]
    if accesses.count == 1 {
      if first.bucket != record.bucket || first.key != record.key || first.bucket == nil {
        line.append(member: ",\"resource\":", first.resource)
      }
      return
    }
    if accesses.contains(where: { $0.action != first.action }) {
      var count: UInt64 = 0
      var last = first.action
      line.append(literal: ",\"action_counts\":[")
      for access in accesses {
        if access.action != last {
          line.append(decimal: count)
          line.append(0x2C)
          count = 0
          last = access.action
        }
        count += 1
      }
      line.append(decimal: count)
      line.append(literal: "]")
    }
    if accesses.contains(where: { $0.versionID != nil }) {
      for (index, access) in accesses.prefix(Self.resourcesMax).enumerated() {
        line.append(literal: index == 0 ? ",\"versions\":[" : ",")
        if let version = access.versionID { line.append(member: "", version) } else { line.append(literal: "null") }
      }
      line.append(literal: "]")
    }
  }

  private mutating func appendResources(_ opening: StaticString, _ accesses: [Access]) {
    line.append(literal: opening)
    for (index, access) in accesses.prefix(Self.resourcesMax).enumerated() {
      line.append(member: index == 0 ? "" : ",", access.resource)
    }
    line.append(literal: "]")
    if accesses.count > Self.resourcesMax {
      line.append(member: ",\"resources_omitted\":", number: UInt64(accesses.count - Self.resourcesMax))
    }
  }

  private mutating func appendDecision(_ record: borrowing AuditRecord) {
    switch record.outcome {
    case .undecided: line.append(literal: ",\"decision\":\"none\"")
    case .allowed: line.append(literal: ",\"decision\":\"allowed\"")
    case .denied: line.append(literal: ",\"decision\":\"denied\"")
    }
    if let rule = record.rule {
      line.append(member: ",\"rule\":{\"path\":", rule.path)
      if !rule.file.isEmpty {
        line.append(member: ",\"file\":", rule.file)
        line.append(member: ",\"line\":", number: UInt64(clamping: rule.line))
      }
      if let id = rule.decisionID { line.append(member: ",\"decision_id\":", id) }
      line.append(literal: "}")
    }
    if !record.tags.isEmpty {
      line.append(literal: ",\"tags\":[")
      for (index, tag) in record.tags.prefix(Self.tagsMax).enumerated() {
        line.append(member: index == 0 ? "{\"name\":" : ",{\"name\":", tag.name)
        line.append(member: ",\"value\":", tag.value)
        line.append(literal: "}")
      }
      line.append(literal: "]")
    }
    guard let statement = record.statement else { return }
    line.append(literal: ",\"statement\":{")
    line.append(member: "\"policy\":", statement.policy.name)
    line.append(member: ",\"layer\":", Self.name(statement.layer))
    if let sid = statement.statement.sid, !sid.isEmpty { line.append(member: ",\"sid\":", sid) }
    line.append(member: ",\"index\":", number: UInt64(clamping: statement.statement.index))
    line.append(literal: "}")
  }

  private static func name(_ service: AuditRecord.Service) -> StaticString {
    switch service {
    case .s3: "s3"
    case .sts: "sts"
    case .iam: "iam"
    case .other: "other"
    }
  }

  private static func name(_ layer: PolicyLayer) -> StaticString {
    switch layer {
    case .identity: "identity"
    case .resource: "resource"
    case .boundary: "boundary"
    case .session: "session"
    case .serviceAccount: "service-account"
    case .scp: "scp"
    case .rcp: "rcp"
    }
  }

  private static func type(_ principal: Principal?) -> StaticString {
    switch principal?.kind {
    case nil: "unidentified"
    case .anonymous: "anonymous"
    case .root: "root"
    case .user: "user"
    case .role: "role"
    case .roleSession: "role_session"
    case .federatedUser: "federated_user"
    case .federatedIdentity: "federated_identity"
    case .service: "service"
    case .federated: "federated"
    }
  }
}

// MARK: - Time

extension AuditLineWriter {
  /// RFC 3339, UTC, milliseconds: `2026-01-31T12:00:00.123Z`.
  private mutating func appendTime(_ milliseconds: Int64) {
    // Years 0 to 9999 have four digits; other times are no times of requests.
    let bounded = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
    var seconds = bounded / 1000
    var rest = bounded % 1000
    if rest < 0 {
      seconds -= 1
      rest += 1000
    }
    if seconds != second {
      second = seconds
      secondText = Self.text(ofSecond: seconds)
    }
    secondText.withUnsafeBytes { line.append(contentsOf: $0) }
    line.append(0x2E)
    line.append(0x30 + UInt8(rest / 100))
    line.append(0x30 + UInt8(rest / 10 % 10))
    line.append(0x30 + UInt8(rest % 10))
    line.append(0x5A)
  }

  /// Civil date from days since 1970, proleptic Gregorian, by eras of 400 years that start on 1 March.
  private static func text(ofSecond seconds: Int64) -> [UInt8] {
    var day = seconds / 86_400
    var time = seconds % 86_400
    if time < 0 {
      day -= 1
      time += 86_400
    }
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    var text: [UInt8] = []
    func append(_ number: Int64, _ width: Int, _ after: UInt8?) {
      var scale: Int64 = width == 4 ? 1000 : 10
      while scale > 0 {
        text.append(0x30 + UInt8(number / scale % 10))
        scale /= 10
      }
      if let after { text.append(after) }
    }
    append(year, 4, 0x2D)
    append(month, 2, 0x2D)
    append(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 2, 0x54)
    append(time / 3600, 2, 0x3A)
    append(time / 60 % 60, 2, 0x3A)
    append(time % 60, 2, nil)
    return text
  }
}
