import Foundation
import Testing

/// Every input of the corpus once, without the fuzzer: what broke a parser before does not break it again.
@Suite struct CorpusTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Corpus")

  private static func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
  }

  @Test func everyTargetHasACorpus() throws {
    #expect(try Self.names(in: Self.folder) == FuzzTarget.allCases.map(\.rawValue).sorted())
  }

  @Test(arguments: FuzzTarget.allCases) func keepsItsPromises(_ target: FuzzTarget) throws {
    let folder = Self.folder.appendingPathComponent(target.rawValue)
    let names = try Self.names(in: folder)
    #expect(!names.isEmpty)
    for name in names {
      let input = try Data(contentsOf: folder.appendingPathComponent(name))
      ReplayedInput.$name.withValue("\(target.rawValue)/\(name)") { target.run(Array(input)) }
    }
  }
}

private enum ReplayedInput {
  @TaskLocal static var name = ""
}

/// Holds a parser to what it promises beyond not trapping.
func expect(_ condition: Bool, _ promise: @autoclosure () -> String) {
  if !condition { Issue.record("\(ReplayedInput.name): broken promise: \(promise())") }
}
