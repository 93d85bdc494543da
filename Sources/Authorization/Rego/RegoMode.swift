/// How Rego and IAM decide together: the setting `authorization.rego`.
public enum RegoMode: String, CaseIterable, Sendable {
  /// IAM alone.
  case off
  /// IAM allows and Rego does not deny.
  case restrict
  /// IAM or Rego allows, IAM does not deny explicitly, Rego does not deny.
  case grant
  /// Rego's `allow` stands for the allows of identity and bucket policies.
  case decide
}

/// The form of the input document: the setting `authorization.input`.
public enum RegoInputShape: String, CaseIterable, Sendable {
  /// As `policies/README.md` describes it.
  case martlet
  /// As MinIO sends it to OPA.
  case minio
  /// As Ceph RGW sends it to OPA.
  case rgw
}
