import IAMPolicy
import JSON
import S3Model

/// A bucket policy as PutBucketPolicy takes it: compiled, about its own bucket only.
struct BucketPolicyDocument {
  let policy: CompiledPolicy
  /// Whether it lets everyone in, as GetBucketPolicyStatus says.
  /// Source: Amazon S3 User Guide, "The meaning of 'public'". Any condition counts as a limit here, which errs toward
  /// not public only in what is reported, never in what is decided.
  let isPublic: Bool

  enum Failure: Error {
    case policy(PolicyError)
    case malformed
  }

  init(_ bytes: [UInt8], bucket: String) throws(Failure) {
    do throws(PolicyError) {
      policy = try CompiledPolicy(parsing: bytes, name: bucket, kind: .resource(bucket: ByteString(bucket)))
    } catch {
      throw .policy(error)
    }
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue(parsing: bytes)
    } catch {
      throw .malformed
    }
    let statements = root.object?["Statement"].map { $0.array ?? [$0] } ?? []
    isPublic = statements.contains { Self.letsEveryoneIn($0.object) }
  }

  private static func letsEveryoneIn(_ statement: JSONObject?) -> Bool {
    guard let statement, statement["Effect"]?.string == "Allow" else { return false }
    if let conditions = statement["Condition"]?.object, conditions.count > 0 { return false }
    guard let principal = statement["Principal"] else { return statement["NotPrincipal"] != nil }
    if principal.string == "*" { return true }
    let accounts = principal.object?["AWS"].map { $0.array ?? [$0] } ?? []
    return accounts.contains { $0.string == "*" }
  }
}
