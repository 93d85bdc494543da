import Authorization
import HTTPClient
import S3Model

/// What one exchange has asked the policy server: every access once.
struct PolicyInquiries {
  var answers: [Access: ExternalAnswer] = [:]
  /// On their way.
  var calls: [Access: HTTPCall] = [:]
}
