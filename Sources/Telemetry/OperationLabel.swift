public import S3Model

/// What a request was, as a metric label: from closed sets only, never from what a client sent.
public enum OperationLabel: Hashable, Sendable {
  case s3(S3Operation)
  case sts(STSAction)
  case iam
  /// Not recognized, or refused before it could be.
  case unknown

  static let count = 2 + S3Operation.allCases.count + STSAction.allCases.count

  @inline(__always)
  var index: Int {
    switch self {
    case .unknown: 0
    case .iam: 1
    case .s3(let operation): 2 + Int(operation.rawValue)
    case .sts(let action): 2 + S3Operation.allCases.count + Int(action.rawValue)
    }
  }

  static let all: [OperationLabel] =
    [.unknown, .iam] + S3Operation.allCases.map(OperationLabel.s3) + STSAction.allCases.map(OperationLabel.sts)

  var service: ServiceLabel {
    switch self {
    case .s3: .s3
    case .sts: .sts
    case .iam: .iam
    case .unknown: .unknown
    }
  }

  /// Such as `GetObject` or `AssumeRole`.
  var name: String {
    switch self {
    case .unknown: "unknown"
    case .iam: "iam"
    case .s3(let operation): "\(operation.name)"
    // Policies write `sts:AssumeRole`; the service has a label of its own here.
    case .sts(let action): "\(action.name)".split(separator: ":").last.map(String.init) ?? "unknown"
    }
  }
}

/// The service of a request.
enum ServiceLabel: UInt8, CaseIterable, Sendable {
  case s3, sts, iam, unknown

  var name: StaticString {
    switch self {
    case .s3: "s3"
    case .sts: "sts"
    case .iam: "iam"
    case .unknown: "unknown"
    }
  }
}

/// Why a request was refused.
public enum RefusalLabel: UInt8, CaseIterable, Hashable, Sendable {
  /// A statement denies.
  case explicitDeny
  /// No statement allows.
  case notAllowed
  /// No credentials where some are needed.
  case unsigned
  case unknownAccessKey
  case inactiveAccessKey
  case badSignature
  /// Presigned URL, form or session past its time.
  case expired
  /// The request's time is too far from the clock.
  case clockSkew
  case badSessionToken
  /// Not valid HTTP, or not a valid request of the service.
  case malformed
  /// A limit of connections, requests or sizes.
  case overLimit
  /// Audit lines cannot be written.
  case auditFull

  var name: StaticString {
    switch self {
    case .explicitDeny: "explicit_deny"
    case .notAllowed: "not_allowed"
    case .unsigned: "unsigned"
    case .unknownAccessKey: "unknown_access_key"
    case .inactiveAccessKey: "inactive_access_key"
    case .badSignature: "bad_signature"
    case .expired: "expired"
    case .clockSkew: "clock_skew"
    case .badSessionToken: "bad_session_token"
    case .malformed: "malformed"
    case .overLimit: "over_limit"
    case .auditFull: "audit_full"
    }
  }
}

/// How a backend failed.
public enum UpstreamErrorLabel: UInt8, CaseIterable, Hashable, Sendable {
  case unavailable
  case timedOut
  case credentialsRefused
  case malformedResponse
  case brokeOff
  case storageFailed

  var name: StaticString {
    switch self {
    case .unavailable: "unavailable"
    case .timedOut: "timed_out"
    case .credentialsRefused: "credentials_refused"
    case .malformedResponse: "malformed_response"
    case .brokeOff: "broke_off"
    case .storageFailed: "storage_failed"
    }
  }
}

/// Why a policy server gave no decision.
public enum PolicyServerErrorLabel: UInt8, CaseIterable, Hashable, Sendable {
  case unavailable
  case timedOut
  /// Another than 200.
  case status
  case malformed

  var name: StaticString {
    switch self {
    case .unavailable: "unavailable"
    case .timedOut: "timed_out"
    case .status: "status"
    case .malformed: "malformed"
    }
  }
}
