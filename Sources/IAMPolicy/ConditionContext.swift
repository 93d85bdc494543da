public import S3Model

/// What a request knows about one condition key.
///
/// Numbers, times, flags and addresses are handed over as they are, so that the usual comparisons need no text.
public enum ConditionValue: Sendable {
  case absent
  case text(ByteString)
  /// A key with several values, such as `aws:TagKeys`; an empty list counts as absent.
  case texts([ByteString])
  case boolean(Bool)
  case integer(Int64)
  case date(PolicyDate)
  case address(IPAddress)
  /// The value exists but could not be had, as when fetching an object's tags failed: an error, which denies.
  case unavailable
}

/// Where conditions and policy variables read the request from.
///
/// Values are asked for lazily: only the keys that an applicable statement reads, at the moment it reads them.
public protocol ConditionContext {
  /// - Parameter key: names are already resolved, so an implementation is one `switch` over `key.name`.
  func value(for key: ConditionKey) -> ConditionValue
}
