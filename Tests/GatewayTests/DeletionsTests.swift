import Authorization
import IAMPolicy
import S3Model
import S3Wire
import Testing

@testable import Gateway

@Suite struct DeletionsTests {
  private static func access(_ key: String) -> Access { Access(.deleteObject, bucket: "bucket", key: ByteString(key)) }

  private static func decision(_ isAllowed: Bool) -> Decision {
    Decision(.policy(PolicyDecision(isAllowed ? .allowedAsRoot : .notAllowed(layer: .identity))), access: nil)
  }

  /// Three entries that need one, two and one access.
  private func deletions(_ decisions: [Bool]) -> Deletions {
    var deletions = Deletions(
      document: DeleteObjectsRequest(entries: ["a", "b", "c"].map { .init(key: $0) }, isQuiet: true),
      accesses: [[Self.access("a")], [Self.access("b"), Self.access("b2")], [Self.access("c")]])
    deletions.take(decisions.map(Self.decision))
    return deletions
  }

  @Test(
    arguments: [
      ([true, true, true], ["a", "b", "c"]), ([false, false, false], []), ([true, false, true], ["a", "c"]),
      ([false, true, false], ["b"]),
      // A decision that is missing allows nothing.
      ([true], ["a"]), ([], []),
    ] as [([Bool], [ByteString])])
  func onlyWhatIsAllowedWholeGoesOn(_ decisions: [Bool], _ keys: [ByteString]) {
    let deletions = deletions(decisions)
    #expect(deletions.allowedDocument.entries.map(\.key) == keys)
    #expect(deletions.allowedDocument.isQuiet)
    #expect(Set(deletions.denied.map(\.key)) == Set(["a", "b", "c"]).subtracting(keys))
    let denied = Set(deletions.deniedAccesses.compactMap(\.key))
    #expect(denied.isDisjoint(with: keys) && (denied.contains("b2") == !keys.contains("b")))
  }

  @Test func nothingIsAllowedBeforeItIsDecided() {
    let deletions = Deletions(
      document: DeleteObjectsRequest(entries: [.init(key: "a")]), accesses: [[Self.access("a")]])
    #expect(deletions.allowedDocument.entries.isEmpty)
  }

  @Test func anEntryThatNeedsNothingIsNotAllowed() {
    var deletions = Deletions(document: DeleteObjectsRequest(entries: [.init(key: "a")]), accesses: [[]])
    deletions.take([Self.decision(true)])
    #expect(deletions.allowedDocument.entries.isEmpty && deletions.denied.count == 1)
  }
}
