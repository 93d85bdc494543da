import Authorization
import S3Model
import S3Wire

/// What the gateway keeps for buckets itself, whatever store they are in: policies, and what limits them.
struct BucketRules: Sendable {
  /// Policies as they were put, byte by byte.
  var policies: [String: [UInt8]] = [:]
  var accessBlocks: [String: PublicAccessBlock] = [:]

  /// Whether anything is kept for a bucket.
  func contain(_ bucket: String) -> Bool { policies[bucket] != nil || accessBlocks[bucket] != nil }
}

/// The rules on disk.
struct BucketRuleFolders: Sendable {
  let policies: BucketRuleFolder
  let accessBlocks: BucketRuleFolder

  /// - Parameter data: the data folder.
  init(data: String) {
    policies = BucketRuleFolder(path: data + "/bucket-policies", suffix: ".json")
    accessBlocks = BucketRuleFolder(path: data + "/public-access-blocks", suffix: ".xml")
  }

  /// - Parameter unreadable: told of a block that cannot be read, for which everything is ruled out.
  func load(unreadable: (String, S3WireError) -> Void) throws(BucketRuleFolder.Failure) -> BucketRules {
    BucketRules(policies: try policies.load(), accessBlocks: try loadBlocks(unreadable: unreadable))
  }

  func loadBlocks(
    unreadable: (String, S3WireError) -> Void
  ) throws(BucketRuleFolder.Failure) -> [String: PublicAccessBlock] {
    var blocks: [String: PublicAccessBlock] = [:]
    for (bucket, document) in try accessBlocks.load() {
      do throws(S3WireError) {
        blocks[bucket] = try PublicAccessBlock(document: document)
      } catch {
        unreadable(bucket, error)
        blocks[bucket] = .everything
      }
    }
    return blocks
  }
}

extension AuthorizationSnapshot {
  /// Puts in force what is kept for a bucket.
  /// - Returns: why its policy cannot be read. It might deny, so nobody but root gets in until it is mended.
  mutating func take(_ rules: BucketRules, of bucket: String) -> BucketPolicyDocument.Failure? {
    let block = rules.accessBlocks[bucket]
    accessBlocks[bucket] = block
    closedBuckets.remove(bucket)
    guard let document = rules.policies[bucket] else {
      bucketPolicies[bucket] = nil
      return nil
    }
    do throws(BucketPolicyDocument.Failure) {
      let policy = try BucketPolicyDocument(document, bucket: bucket)
      bucketPolicies[bucket] = .policy(policy.policy)
      if policy.isPublic, block?.restrictsPublicBuckets == true { closedBuckets.insert(bucket) }
      return nil
    } catch {
      bucketPolicies[bucket] = .unusable
      return error
    }
  }
}
