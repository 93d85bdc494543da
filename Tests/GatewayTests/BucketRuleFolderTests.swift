import GatewayTesting
import Testing

@testable import Gateway

#if canImport(Glibc)
import Glibc
#endif

@Suite struct BucketRuleFolderTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private var policies: BucketRuleFolder { BucketRuleFolder(path: folder.path + "/bucket-policies", suffix: ".json") }

  @Test func makesItsFolderAndKeepsPolicies() throws {
    #expect(try policies.load().isEmpty)
    try policies.write(Array("one".utf8), bucket: "a")
    try policies.write(Array("two".utf8), bucket: "b.json")
    try policies.write([], bucket: "empty")
    #expect(try policies.load() == ["a": Array("one".utf8), "b.json": Array("two".utf8), "empty": []])
    try policies.write(Array("three".utf8), bucket: "a")
    try policies.remove(bucket: "b.json")
    try policies.remove(bucket: "was-never-there")
    #expect(try policies.load() == ["a": Array("three".utf8), "empty": []])
  }

  @Test func isForItsOwnerOnly() throws {
    _ = try policies.load()
    try policies.write([1], bucket: "a")
    #expect(folder.mode("bucket-policies") == 0o700)
    #expect(folder.mode("bucket-policies/a.json") == 0o600)
  }

  /// A crash between writing and renaming leaves a file that is no policy, and the old policy whole.
  @Test func leftoversOfACrashAreNoPolicies() throws {
    _ = try policies.load()
    try policies.write(Array("old".utf8), bucket: "a")
    try folder.write("bucket-policies/.a.4711.tmp", "half of the n")
    try folder.write("bucket-policies/.hidden.json", "x")
    try folder.write("bucket-policies/notes.txt", "x")
    #expect(try policies.load() == ["a": Array("old".utf8)])
    // A leftover of this very process id is written over.
    try folder.write("bucket-policies/.a.\(getpid()).tmp", String(repeating: "x", count: 100))
    try policies.write(Array("new".utf8), bucket: "a")
    #expect(try policies.load() == ["a": Array("new".utf8)])
    #expect(folder.names("bucket-policies") == [".a.4711.tmp", ".hidden.json", "a.json", "notes.txt"])
  }

  @Test func aFailedWriteChangesNothing() throws {
    _ = try policies.load()
    try policies.write(Array("old".utf8), bucket: "a")
    // Renaming a file onto a folder fails, after everything before has worked.
    try folder.makeFolder("bucket-policies/b.json")
    #expect(throws: BucketRuleFolder.Failure.self) { try policies.write([1], bucket: "b") }
    // A name that is too long fails at opening.
    let long = String(repeating: "x", count: 255)
    #expect(throws: BucketRuleFolder.Failure.self) { try policies.write([1], bucket: long) }
    #expect(folder.names("bucket-policies") == ["a.json", "b.json"])
  }

  /// What stands where a policy should and cannot be read must not look like no policy.
  @Test(arguments: ["folder", "link", "dangling", "fifo", "large"])
  func whatCannotBeReadFails(_ kind: String) throws {
    _ = try policies.load()
    try policies.write([1], bucket: "good")
    let name = "bucket-policies/odd.json"
    switch kind {
    case "folder": try folder.makeFolder(name)
    case "link":
      try folder.write("outside", "{}")
      try folder.link(name, to: folder.path + "/outside")
    case "dangling": try folder.link(name, to: "/nowhere")
    case "fifo": #expect(mkfifo(folder.path + "/" + name, 0o600) == 0)
    default: try folder.write(name, String(repeating: " ", count: (1 << 20) + 1))
    }
    #expect(throws: BucketRuleFolder.Failure.self) { try policies.load() }
    try folder.remove(name)
    #expect(try policies.load() == ["good": [1]])
  }

  @Test func aFileInPlaceOfTheFolderFails() throws {
    try folder.write("bucket-policies", "x")
    #expect(throws: BucketRuleFolder.Failure.self) { try policies.load() }
    #expect(throws: BucketRuleFolder.Failure.self) { try policies.write([1], bucket: "a") }
  }
}
