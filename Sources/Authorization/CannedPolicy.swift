public import IAMPolicy
public import S3Model

/// The managed policies that are always there.
///
/// The first two have AWS's names and meaning, the others MinIO's.
public enum CannedPolicy: String, CaseIterable, Sendable {
  case administratorAccess = "AdministratorAccess"
  case readOnlyAccess = "ReadOnlyAccess"
  case readwrite, readonly, writeonly
  /// MinIO's administration of servers. The gateway has no such actions, so it allows nothing here.
  case diagnostics

  public var name: String { rawValue }

  /// The policy document, JSON.
  public var document: String {
    switch self {
    case .administratorAccess:
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
    case .readOnlyAccess:
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:DescribeJob","s3:Get*","s3:List*",\
      "iam:Generate*","iam:Get*","iam:List*","iam:Simulate*","sts:GetAccessKeyInfo","sts:GetCallerIdentity",\
      "sts:GetSessionToken"],"Resource":"*"}]}
      """
    case .readwrite:
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::*"]}]}"#
    case .readonly:
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetBucketLocation","s3:GetObject"],\
      "Resource":["arn:aws:s3:::*"]}]}
      """
    case .writeonly:
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:PutObject"],\
      "Resource":["arn:aws:s3:::*"]}]}
      """
    case .diagnostics:
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["admin:ServerTrace","admin:Profiling",\
      "admin:ConsoleLog","admin:ServerInfo","admin:TopLocksInfo","admin:OBDInfo","admin:BandwidthMonitor",\
      "admin:Prometheus"],"Resource":["arn:aws:s3:::*"]}]}
      """
    }
  }
}

extension CannedPolicy {
  /// As AWS names its own: `arn:aws:iam::aws:policy/Name`.
  public var arn: ByteString { ByteString("arn:aws:iam::aws:policy/\(name)") }

  public var compiled: CompiledPolicy { Self.all[arn] ?? .denial(name: name) }

  /// The canned policy of an ARN.
  public static func compiled(arn: ByteString) -> CompiledPolicy? { all[arn] }

  /// The canned policy of a name, exactly.
  public static func compiled(named name: ByteString) -> CompiledPolicy? {
    all[ByteString(Array("arn:aws:iam::aws:policy/".utf8) + name.bytes)]
  }

  private static let all: [ByteString: CompiledPolicy] = {
    var all: [ByteString: CompiledPolicy] = [:]
    for policy in allCases {
      do throws(PolicyError) {
        all[policy.arn] = try CompiledPolicy(parsing: policy.document, name: policy.name, kind: .identity)
      } catch {
        preconditionFailure("canned policy \(policy.name): \(error)")
      }
    }
    return all
  }()
}
