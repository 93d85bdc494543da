public import Authorization
import Glibc

/// The bucket policies and public access blocks that a gateway keeps in its data folder, for deciding outside of it.
public enum StoredBucketRules {
  /// Puts in force what is kept, as a start does. Changes nothing on disk.
  /// - Parameter data: the data folder; one without rules has none.
  /// - Returns: what could not be read, a line each; such a bucket's policy denies everyone but root.
  public static func add(to snapshot: inout AuthorizationSnapshot, data: String) throws -> [String] {
    let folders = BucketRuleFolders(data: data)
    var rules = BucketRules()
    var faults: [String] = []
    if isFolder(folders.policies.path) { rules.policies = try folders.policies.load() }
    if isFolder(folders.accessBlocks.path) {
      rules.accessBlocks = try folders.loadBlocks { bucket, error in
        faults.append("the public access block of `\(bucket)` cannot be read: \(error)")
      }
    }
    for bucket in Set(rules.policies.keys).union(rules.accessBlocks.keys).sorted() {
      if let fault = snapshot.take(rules, of: bucket) {
        faults.append("the policy of `\(bucket)` cannot be read: \(fault)")
      }
    }
    return faults
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
