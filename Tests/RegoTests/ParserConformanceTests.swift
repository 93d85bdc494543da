import Rego
import Testing

@Suite struct ParserConformanceTests {
  /// The name of a file stands where its text should.
  static let noModules: Set<String> = ["policy.rego"]

  @Test func everyModuleParses() throws {
    var passed = 0
    var failed: [String] = []
    for entry in try ConformanceModules.all() where !Self.noModules.contains(entry.text) {
      let source = Source(name: "test.rego", text: entry.text)
      var messages: [String] = []
      var parsed = false
      for version in ConformanceModules.versions(entry) where !parsed {
        do throws(RegoErrors) {
          _ = try RegoParser.parseModule(source, version: version)
          parsed = true
        } catch {
          messages.append(error.render(sources: [source]))
        }
      }
      if parsed || entry.expectsError {
        passed += 1
      } else {
        failed.append(entry.name + "\n" + messages.joined(separator: "\n"))
      }
    }
    print("rego modules parsed: \(passed) passed, \(failed.count) failed, \(Self.noModules.count) skipped")
    for failure in failed { Issue.record("\(failure)") }
  }

  @Test func everyQueryParses() throws {
    for entry in try ConformanceModules.all() {
      guard let query = entry.query else { continue }
      let source = Source(name: "", text: query)
      do throws(RegoErrors) {
        let body = try RegoParser.parseQuery(source)
        #expect(!body.isEmpty)
      } catch {
        if !entry.expectsError { Issue.record("\(entry.name)\n\(error.render(sources: [source]))") }
      }
    }
  }
}
