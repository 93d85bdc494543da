import S3Model

/// Rules over a request's session tags that no single parameter shows.
///
/// Source: IAM User Guide, "Pass session tags in AWS STS".
enum SessionTagInput {
  /// Marks the transitive tags.
  /// - Throws: `duplicateTagKeys` where keys differ at most in case, `reservedTagKey` for `aws:…`,
  ///   `transitiveKeyWithoutTag`.
  static func check(_ tags: inout [SessionTag], _ transitiveKeys: [ByteString]) throws(STSError) {
    var indexes: [String: Int] = [:]
    for index in tags.indices {
      let key = folded(tags[index].key)
      guard indexes.updateValue(index, forKey: key) == nil else { throw .duplicateTagKeys }
      guard !key.hasPrefix("aws:") else { throw .reservedTagKey }
    }
    for key in transitiveKeys {
      guard let index = indexes[folded(key)] else { throw .transitiveKeyWithoutTag }
      tags[index].isTransitive = true
    }
  }

  /// Tag keys are compared without regard to case.
  static func folded(_ key: ByteString) -> String { key.text.lowercased() }

  /// Tags of a session made through another: the other's transitive tags stay, and none may be set anew.
  /// - Throws: `transitiveTagConflict`.
  static func inherited(_ parent: [SessionTag], adding tags: [SessionTag]) throws(STSError) -> [SessionTag] {
    let kept = parent.filter(\.isTransitive)
    let keys = Set(kept.map { folded($0.key) })
    guard !tags.contains(where: { keys.contains(folded($0.key)) }) else { throw .transitiveTagConflict }
    return kept + tags
  }
}
