import IAMPolicy
import JSON
import S3Model

/// A bucket policy as PutBucketPolicy takes it: compiled, about its own bucket only.
struct BucketPolicyDocument {
  let policy: CompiledPolicy
  /// Whether it lets everyone in, as GetBucketPolicyStatus says.
  /// Source: Amazon S3 User Guide, "The meaning of 'public'": a policy is public unless proven otherwise, and only
  /// conditions on fixed values of certain keys prove it.
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

  private static let limitingKeys: Set<String> = [
    "aws:sourceip", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount",
    "aws:userid", "aws:principalorgid", "s3:dataaccesspointarn", "s3:dataaccesspointaccount",
  ]
  /// None of these holds when the key is absent.
  private static let limitingOperators: Set<String> = [
    "stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress",
  ]
  /// Wider networks are everyone's.
  private static let prefixBitsMin = 8

  private static func isLimit(_ conditions: JSONObject) -> Bool {
    conditions.members.contains { condition in
      guard limitingOperators.contains(condition.name.lowercased()), let keys = condition.value.object else {
        return false
      }
      return keys.members.contains { key in
        let values = key.value.array ?? [key.value]
        return limitingKeys.contains(key.name.lowercased()) && values.allSatisfy(isFixed)
      }
    }
  }

  private static func isFixed(_ value: JSONValue) -> Bool {
    guard let text = value.string, !text.utf8.contains(where: { $0 == 0x2A || $0 == 0x3F || $0 == 0x24 }) else {
      return false
    }
    guard let slash = text.lastIndex(of: "/"), let bits = Int(text[text.index(after: slash)...]) else { return true }
    return bits >= prefixBitsMin
  }

  private static func letsEveryoneIn(_ statement: JSONObject?) -> Bool {
    guard let statement, statement["Effect"]?.string == "Allow" else { return false }
    if let conditions = statement["Condition"]?.object, isLimit(conditions) { return false }
    guard let principal = statement["Principal"] else { return statement["NotPrincipal"] != nil }
    if principal.string == "*" { return true }
    let accounts = principal.object?["AWS"].map { $0.array ?? [$0] } ?? []
    return accounts.contains { $0.string == "*" }
  }
}
