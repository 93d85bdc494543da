import Testing

@testable import FileBackend

@Suite struct KeyPathTests {
  static let hostile: [String] = [
    ".", "..", "/", "//", "a", "a/", "a//", "a//b", "a/b", "a/./b", "a/../b", "../../etc/passwd", "/etc/passwd",
    "o_a", "d_a/o_b", "t_a", "l_" + String(repeating: "x", count: 128), "A", "caf\u{E9}", "cafe\u{301}", "a\u{1}b",
    "new\nline", "\\", "%2F", "a b", " ", "~", "tmp", "settings", String(repeating: "x", count: 127),
    String(repeating: "x", count: 128), String(repeating: "x", count: 129), String(repeating: "x", count: 256),
    String(repeating: "x", count: 128) + "/", String(repeating: "x", count: 128) + "/y",
    String(repeating: "x", count: 1024), String(repeating: "/", count: 1024), String(repeating: "a/", count: 512),
    String(repeating: "\u{1F6E1}", count: 256),
  ]

  @Test func keysNeverCollideNorLeaveTheirFolder() {
    var seen: [[UInt8]: String] = [:]
    let root = FilePath("/store/buckets/b/keys")
    for key in Self.hostile {
      let location = KeyLocation(Array(key.utf8), root: root)
      let path = location.object.terminated
      #expect(seen.updateValue(key, forKey: path) == nil, "\(key) shares a path")
      #expect(location.object.count < 4096)
      let names = path.dropFirst(root.count).dropLast().split(separator: 0x2F)
      for name in names {
        #expect(name.count <= 255)
        #expect(![[0x2E], [0x2E, 0x2E]].contains(Array(name)))
      }
      // No name is lost: an empty segment has one too.
      #expect(names.count == location.folders.count)
      #expect(location.folder.prefix + location.entry == Array(key.utf8))
    }
  }

  @Test func entriesAndFileNamesMatch() {
    for key in Self.hostile {
      for entry in KeyPath.entries(of: Array(key.utf8)) {
        let name = KeyPath.fileName(of: entry)
        #expect(name.withUnsafeBufferPointer { KeyPath.entry(of: $0) } == entry)
      }
    }
    for foreign in ["", "o", "x_a", "t_a", "lost+found", "o_" + String(repeating: "x", count: 128), "l_x"] {
      #expect(Array(foreign.utf8).withUnsafeBufferPointer { KeyPath.entry(of: $0) } == nil)
    }
  }
}
