import Audit
import Authorization
import HTTPWire
import NIOCore
import Rego
import S3Model
import STS
import SigV4
import Telemetry

/// The end of every exchange: one audit line, counters.
extension Exchange {
  /// Called once, when the response is written to its end, cut off, or nobody is left to write to.
  /// - Returns: when that was.
  @discardableResult
  func finish() -> NIODeadline {
    response.signOfLife?.cancel()
    response.signOfLife = nil
    cancelInquiries()
    let end = NIODeadline.now()
    let microseconds = UInt64(max(0, (end - start).nanoseconds / 1000))
    var record = AuditRecord(
      timeMilliseconds: now.milliseconds, requestID: requestID.value, remoteAddress: remoteText,
      service: auditService, snapshotRevision: snapshot.revision)
    record.tlsVersion = tlsVersion
    let isByToken = isIdentifiedByTicket || isIdentifiedByBearer
    if verified != nil || isByToken || (claim == nil && !negotiates && !bringsBearer && request != nil) {
      record.principal = caller.principal
      record.principalID = caller.userID
      if session != nil || isByToken { record.sessionCaller = caller }
    } else if let identity = ticket?.identity ?? webIdentity {
      // Somebody whom the provider knows, and nobody here.
      record.principal = Principal(.federated(provider: identity.providerARN))
      record.principalID = ByteString(identity.providerID.bytes + [UInt8(ascii: ":")] + identity.subject.bytes)
    }
    record.accessKeyID = claim?.accessKeyID
    record.sessionName = session?.token.sessionName ?? (isIdentifiedByBearer ? bearer?.sessionName : nil)
    record.operation = request?.operation.name ?? queryAction?.operation ?? iamAction?.operation
    if let request {
      record.accesses = request.accesses
      if !furtherAccesses.isEmpty { record.accesses += furtherAccesses }
      if decision != nil { record.facts = auditFacts(request) }
      record.bucket = request.bucket
      record.key = request.key
      record.versionID = request.versionID
      if request.operation == .deleteObjects { record.deniedAccesses = deletions.deniedAccesses }
    }
    if let queryAction {
      record.accesses = [decision?.access ?? Access(action: .sts(queryAction), resource: "*")]
    }
    if let iamAction { record.accesses = [decision?.access ?? Access(action: .iam(iamAction), resource: "*")] }
    if let decision {
      record.outcome = decision.isAllowed ? .allowed : .denied
      record.statement = decision.statement
      record.rule = decision.rule.map { AuditRecord.Rule(path: $0.path, file: $0.file, line: $0.line) }
      if case .rego = decision.outcome, let server = snapshot.policyServer {
        record.rule = AuditRecord.Rule(server: server.target, decisionID: decision.externalDecisionID?.string)
      }
      record.tags = obligations.auditTags.map { ($0.name, $0.value) }
    }
    record.status = response.status
    record.errorCode = response.errorCode
    record.cause = failure.map { "\($0)" }
    record.backend = backendName
    record.bytesIn = body.received
    record.bytesOut = response.bytesSent
    record.totalMicroseconds = microseconds
    record.upstreamMicroseconds = upstreamFirstByte.map { UInt64(max(0, $0.nanoseconds / 1000)) }
    record.userAgent = head.fields.first(.userAgent).map { range in head.fields.withBytes(range) { ByteString($0) } }
    record.isPresigned = verified?.isPresigned ?? false
    worker.audit.append(record)
    count(microseconds)
    return end
  }

  private func count(_ microseconds: UInt64) {
    let metrics = worker.metrics
    let label: OperationLabel
    switch service {
    case .s3: label = request.map { .s3($0.operation) } ?? .unknown
    case .sts: label = queryAction.map { .sts($0) } ?? .unknown
    case .iam: label = .iam
    }
    metrics.requestEnded(
      label, status: response.status, bytesIn: body.received, bytesOut: response.bytesSent, microseconds: microseconds)
    if let backendName, let first = upstreamFirstByte {
      metrics.upstreamResponded(backendName, microseconds: UInt64(max(0, first.nanoseconds / 1000)))
    }
    guard let failure else { return }
    if case .backend(let error) = failure, let backendName, let label = error.label {
      metrics.upstreamFailed(backendName, label)
    } else if let label = failure.label {
      metrics.requestRefused(label)
    }
  }

  private var auditService: AuditRecord.Service {
    switch service {
    case .s3: .s3
    case .sts: .sts
    case .iam: .iam
    }
  }

  /// The client's address as text: the connection's own unless a trusted proxy forwarded another.
  var remoteText: String {
    guard facts.trustsForwardedFor, head.fields.contains(.xForwardedFor), let address = sourceAddress else {
      return facts.remoteText
    }
    return address.description
  }
}
