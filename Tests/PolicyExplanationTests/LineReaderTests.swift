import Glibc
import Testing

@testable import PolicyExplanation

@Suite struct LineReaderTests {
  private func read(_ bytes: [UInt8]) throws -> (lines: [String], torn: [String], overlong: Int) {
    var template = Array("/tmp/martlet-lines.XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    defer { close(descriptor) }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    var written = 0
    while written < bytes.count {
      written += bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written) }
    }
    var lines: [String] = []
    var torn: [String] = []
    var overlong = 0
    try LineReader(path).forEachLine { line in
      switch line {
      case .line(let bytes): lines.append(String(decoding: bytes, as: UTF8.self))
      case .torn(let bytes): torn.append(String(decoding: bytes, as: UTF8.self))
      case .overlong: overlong += 1
      }
    }
    return (lines, torn, overlong)
  }

  @Test func linesAndTornEnd() throws {
    let found = try read(Array("one\n\nthree\nfo".utf8))
    #expect(found.lines == ["one", "", "three"] && found.torn == ["fo"])
    #expect(try read([]).lines.isEmpty)
    #expect(try read(Array("x\n".utf8)).torn.isEmpty)
  }

  @Test func linesAcrossChunks() throws {
    let text = (0..<100_000).map { "line \($0)\n" }.joined()
    let found = try read(Array(text.utf8))
    #expect(found.lines.count == 100_000 && found.lines.last == "line 99999" && found.torn.isEmpty)
  }

  @Test func overlongLinesAreSkipped() throws {
    let found = try read(
      Array("a\n".utf8) + [UInt8](repeating: 0x61, count: LineReader.lineBytesMax * 2) + Array("\nb\n".utf8))
    #expect(found.lines == ["a", "b"] && found.overlong == 1)
  }

  @Test func progressText() {
    let text = ReplayProgress.text(bytes: 50_000_000, of: 100_000_000, after: .seconds(10))
    #expect(text == "[###############...............] 50%  50.0 MB, 5.0 MB/s  ETA 0:10")
    #expect(ReplayProgress.text(bytes: 5_000_000, of: 0, after: .seconds(1)) == "5.0 MB, 5.0 MB/s")
  }
}
