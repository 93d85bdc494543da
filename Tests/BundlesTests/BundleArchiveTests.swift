import Foundation
import Rego
import Testing

@testable import Bundles

@Suite struct BundleArchiveTests {
  typealias Entry = ArchiveFixture.Entry

  private static func load(_ bytes: [UInt8], limits: BundleLimits = BundleLimits()) throws(BundleError) -> BundleContent
  {
    try BundleArchive("bundle.tar.gz", limits: limits).load(bytes)
  }

  private static func fault(_ bytes: [UInt8], limits: BundleLimits = BundleLimits()) -> ArchiveFault? {
    do throws(BundleError) {
      _ = try load(bytes, limits: limits)
    } catch {
      if case .archive(_, let fault) = error { return fault }
    }
    return nil
  }

  @Test func readsWhatOPAWrites() throws {
    let content = try Self.load(
      ArchiveFixture.archive([
        ("/data.json", #"{"a": {"limit": 12345678901234567890123}}"#),
        ("/a/rules.rego", "package a\nx := data.a.limit"),
        ("/a/data.yaml", "names: [one]"),
        ("/.manifest", #"{"revision": "r7", "roots": ["a"], "metadata": {"by": "ci"}}"#),
        ("/README.md", "not read"),
      ]))
    #expect(content.modules.map(\.name) == ["a/rules.rego"])
    #expect(content.data == (try Value(json: #"{"a": {"limit": 12345678901234567890123, "names": ["one"]}}"#)))
    #expect(content.revision == "r7")
    #expect(content.manifest.metadata == (try Value(json: #"{"by": "ci"}"#)))
    #expect(try CompiledBundle(content).revision == "r7")
  }

  @Test(arguments: ["gnu", "ustar", "pax", "v7"]) func readsWhatTarWrites(_ format: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "archive-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    // v7 has room for 99 bytes; the others have ways for more.
    let deep = format == "v7" ? "deep" : String(repeating: "0123456789/", count: 15) + "deep"
    let root = folder.appending(path: "root")
    try FileManager.default.createDirectory(at: root.appending(path: deep), withIntermediateDirectories: true)
    try Data("package a".utf8).write(to: root.appending(path: "a.rego"))
    try Data("package b".utf8).write(to: root.appending(path: deep + "/b.rego"))
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/bin/tar")
    tar.arguments = ["-czf", folder.path + "/b.tar.gz", "--format", format, "-C", root.path, "."]
    try tar.run()
    tar.waitUntilExit()
    try #require(tar.terminationStatus == 0)
    let content = try BundleSource(folder.path + "/b.tar.gz").load()
    #expect(content.modules.map(\.name) == [deep + "/b.rego", "a.rego"].sorted())
    #expect(content.modules.contains { $0.text == Array("package b".utf8) })
  }

  @Test func readsNamesOfEveryForm() throws {
    let long = String(repeating: "n", count: 150)
    let tar = ArchiveFixture.tar([
      Entry(name: "pax_global_header", content: Array("11 comment=\n".utf8.prefix(0)), type: UInt8(ascii: "g")),
      Entry(name: "folder/", type: UInt8(ascii: "5")), Entry(name: "./", type: UInt8(ascii: "5")),
      Entry(name: "b.rego", content: Array("package b".utf8), prefix: "in/prefix"),
      .pax("path", "\(long)/c.rego"), .file("short.rego", "package c"),
      Entry(
        name: "././@LongLink", content: Array("\(long)/d.rego\u{0}".utf8), type: UInt8(ascii: "L"), magic: "ustar  "),
      Entry(name: "short.rego", content: Array("package d".utf8), magic: "ustar  "),
      Entry(name: "old.rego", content: Array("package e".utf8), type: 0, magic: ""),
    ])
    let content = try Self.load(ArchiveFixture.gzip(tar))
    #expect(content.modules.map(\.name) == ["in/prefix/b.rego", "\(long)/c.rego", "\(long)/d.rego", "old.rego"])
  }

  @Test func joinsStreams() throws {
    let tar = ArchiveFixture.tar([.file("a.rego", "package a")])
    let bytes = ArchiveFixture.gzip(Array(tar[..<700])) + ArchiveFixture.gzip(Array(tar[700...]))
    #expect(try Self.load(bytes).modules.count == 1)
  }

  @Test(arguments: [
    "../a.rego", "a/../../b.rego", "//etc/a.rego", "/../a.rego", "a//b.rego", "a/./b.rego", ".", "..", "/", "",
    "././a.rego",
  ])
  func refusesNamesThatLeaveTheBundle(_ name: String) throws {
    #expect(try Self.load(ArchiveFixture.archive([("in/a.rego", "package a")])).modules.count == 1)
    #expect(Self.fault(ArchiveFixture.archive([(name, "package a")])) == .badName(name))
    let renamed = ArchiveFixture.tar([.pax("path", name), .file("in/a.rego", "package a")])
    #expect(Self.fault(ArchiveFixture.gzip(renamed)) == (name.isEmpty ? .badExtendedHeader(offset: 0) : .badName(name)))
  }

  @Test(arguments: [UInt8(ascii: "1"), 0x32, 0x33, 0x34, 0x36, 0x37, UInt8(ascii: "S"), UInt8(ascii: "K"), 0xFF])
  func refusesAllButFilesAndFolders(_ type: UInt8) {
    let tar = ArchiveFixture.tar([Entry(name: "a.rego", type: type, linkName: "/etc/passwd")])
    #expect(Self.fault(ArchiveFixture.gzip(tar)) == .entryType(name: "a.rego", type: type))
  }

  @Test func refusesDoubles() {
    let twice = ArchiveFixture.archive([("a.rego", "package a"), ("/a.rego", "package b")])
    #expect(Self.fault(twice) == .duplicateName("/a.rego"))
  }

  @Test func refusesDamage() {
    let tar = ArchiveFixture.tar([.file("a.rego", "package a")])
    let good = ArchiveFixture.gzip(tar)
    #expect(Self.fault(good) == nil)
    #expect(Self.fault([]) == .notCompressed)
    #expect(Self.fault(tar) == .notCompressed)
    for count in 2..<good.count { #expect(Self.fault(Array(good[..<count])) == .truncated) }
    var flipped = good
    flipped[good.count - 6] ^= 1
    #expect(Self.fault(flipped) == .damagedStream)
    #expect(Self.fault(good + [0]) == .truncated)
    #expect(Self.fault(good + Array("garbage".utf8)) == .damagedStream)
    #expect(Self.fault(ArchiveFixture.gzip(Array(tar[..<520]))) == .truncated)
    #expect(Self.fault(ArchiveFixture.gzip(Array(tar[..<400]))) == .truncated)
    #expect(Self.fault(ArchiveFixture.gzip(tar + [1])) == .trailingBytes)
    var header = tar
    header[0] = UInt8(ascii: "b")
    #expect(Self.fault(ArchiveFixture.gzip(header)) == .badChecksum(offset: 0))
    for size in ["77777777777", "00000000bad", "-0000000001", "\u{7F}0000000001"] {
      #expect(Self.fault(ArchiveFixture.gzip(ArchiveFixture.tar([Entry(name: "a.rego", size: size)]))) != nil)
    }
    let sizes = ArchiveFixture.tar([.pax("size", "999999999999"), .file("a.rego", "package a")])
    #expect(Self.fault(ArchiveFixture.gzip(sizes)) == .truncated)
    #expect(Self.fault(ArchiveFixture.gzip(ArchiveFixture.tar([.pax("path", "a.rego")]))) == .truncated)
    for record in ["5 a=b", "99 a=b\n", "x a=b\n", "6 a=bb\n", "3 \n", "0 a=b\n", "999999999999999999999 a=b\n"] {
      let entry = Entry(name: "x", content: Array(record.utf8), type: UInt8(ascii: "x"))
      let bytes = ArchiveFixture.gzip(ArchiveFixture.tar([entry, .file("a.rego", "package a")]))
      #expect(Self.fault(bytes) == .badExtendedHeader(offset: 0), "\(record)")
    }
    let global = ArchiveFixture.tar([.pax("path", "b.rego", type: UInt8(ascii: "g")), .file("a.rego", "package a")])
    #expect(Self.fault(ArchiveFixture.gzip(global)) == .badExtendedHeader(offset: 0))
    let sparse = ArchiveFixture.tar([.pax("GNU.sparse.major", "1"), .file("a.rego", "package a")])
    #expect(Self.fault(ArchiveFixture.gzip(sparse)) == .badExtendedHeader(offset: 0))
  }

  @Test func keepsItsLimits() {
    var limits = BundleLimits()
    limits.bytesMax = 1 << 20
    let bomb = ArchiveFixture.gzip(
      ArchiveFixture.tar([Entry(name: "data.json", content: [UInt8](repeating: 0x20, count: 16 << 20))]))
    #expect(bomb.count < 1 << 16)
    #expect(Self.fault(bomb, limits: limits) == .tooLarge(bytesMax: 1 << 20))
    limits.filesMax = 3
    let many = ArchiveFixture.archive((1...4).map { ("\($0).rego", "package a") })
    #expect(Self.fault(many, limits: limits) == .tooManyFiles(countMax: 3))
    limits.filesMax = 4
    #expect(Self.fault(many, limits: limits) == nil)
    limits.depthMax = 2
    #expect(Self.fault(ArchiveFixture.archive([("a/b/c.rego", "package a")]), limits: limits) == nil)
    #expect(
      Self.fault(ArchiveFixture.archive([("a/b/c/d.rego", "package a")]), limits: limits) == .badName("a/b/c/d.rego"))
  }

  /// Whatever a byte becomes, the reader ends with an answer.
  @Test func survivesChangedBytes() {
    let tar = ArchiveFixture.tar([.pax("path", "b.rego"), .file("a.rego", "package a"), .file("data.json", "{}")])
    var outcomes = (good: 0, refused: 0)
    for index in stride(from: 0, to: tar.count - 1024, by: 1) {
      var changed = tar
      changed[index] ^= 0x55
      do throws(BundleError) {
        _ = try Self.load(ArchiveFixture.gzip(changed))
        outcomes.good += 1
      } catch {
        outcomes.refused += 1
      }
    }
    #expect(outcomes.refused > 1500)
  }
}
