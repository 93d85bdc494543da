import Cryptography
import GatewayTesting
import S3Model
import Settings
import Testing

@testable import Identity

@Suite struct KeyRingTests {
  private static let first = (0..<32).map { UInt8($0 * 37 % 251) ^ 0x5A }
  private static let second = (0..<32).map { UInt8($0 * 91 % 253) ^ 0xA5 }

  private static func entry(
    _ id: String, _ key: [UInt8], state: String = "seal", created: String = "1", extra: String = ""
  ) -> String {
    #"{"id":"\#(id)","created":\#(created),"state":"\#(state)","key":"\#(Base64.encode(key))"\#(extra)}"#
  }

  private static func ring(_ entries: String...) -> [UInt8] {
    Array(#"{"keys":[\#(entries.joined(separator: ","))]}"#.utf8)
  }

  @Test func makesOneAndKeepsIt() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/keyring.json"
    let made = try KeyRing.loadOrCreate(path: path, now: 1_700_000_000)
    #expect(folder.mode("keyring.json") == 0o600)
    #expect(made.entries.count == 1)
    #expect(made.sealing.createdSeconds == 1_700_000_000)
    let loaded = try KeyRing.loadOrCreate(path: path, now: 1_800_000_000)
    #expect(loaded.sealing.id == made.sealing.id)
    let label = Array("test".utf8)
    #expect(
      loaded.sealing.key.derivedBytes(salt: [], info: label, count: 32)
        == made.sealing.key.derivedBytes(salt: [], info: label, count: 32))

    let other = try KeyRing.loadOrCreate(path: folder.path + "/other.json", now: 1_700_000_000)
    #expect(other.sealing.id != made.sealing.id)
    #expect(
      other.sealing.key.derivedBytes(salt: [], info: label, count: 32)
        != made.sealing.key.derivedBytes(salt: [], info: label, count: 32))
  }

  @Test func theNewestSealsAndAllOpen() throws {
    let ring = try KeyRing(
      parsing: Self.ring(
        Self.entry("old", Self.first, created: "5"), Self.entry("next", Self.second, state: "open", created: "9")))
    #expect(ring.sealing.id == "old")
    #expect(ring.key("next") != nil)
    #expect(ring.key("none") == nil)

    let rotated = try KeyRing(
      parsing: Self.ring(Self.entry("old", Self.first, created: "5"), Self.entry("next", Self.second, created: "9")))
    #expect(rotated.sealing.id == "next")
  }

  @Test func refusesFilesOfOthers() throws {
    let folder = try TemporaryFolder()
    let text = String(decoding: Self.ring(Self.entry("a", Self.first)), as: UTF8.self)
    let path = try folder.write("ring.json", text, mode: 0o640)
    #expect(throws: IdentityError.file(path: path, .exposed(mode: 0o640))) { try KeyRing.load(path: path) }
    try folder.write("ring.json", text, mode: 0o600)
    #expect(try KeyRing.load(path: path).entries.count == 1)
    #expect(throws: IdentityError.file(path: path + "x", .missing)) { try KeyRing.load(path: path + "x") }
  }

  private static func bytes(_ value: (Int) -> Int) -> [UInt8] {
    (0..<32).map { UInt8(truncatingIfNeeded: value($0)) }
  }

  private static let weakKeys: [[UInt8]] = [
    bytes { _ in 0 }, bytes { _ in 255 }, bytes { $0 }, bytes { 255 - $0 }, bytes { $0 * 7 },
    bytes { $0 % 16 * 13 }, bytes { $0 % 15 * 16 },
    Array("changeme-changeme-changeme-12345".utf8), Array("Zx8kQ1vB7nM4pL2sD9fG6hJ3wE5rT0yU".utf8),
  ]

  @Test(arguments: weakKeys)
  func refusesWeakKeys(key: [UInt8]) {
    #expect(throws: KeyRingFault.weak("a")) { try KeyRing(parsing: Self.ring(Self.entry("a", key))) }
  }

  @Test func refusesWhatItDoesNotUnderstand() {
    let good = Self.entry("a", Self.first)
    let cases: [([UInt8], KeyRingFault)] = [
      (Self.ring(Self.entry("a", Array(Self.first.prefix(31)))), .wrongLength("a", bytes: 31)),
      (Self.ring(Self.entry("a", Array(Self.first.prefix(16)))), .wrongLength("a", bytes: 16)),
      (Self.ring(good, Self.entry("a", Self.second)), .duplicateID("a")),
      (Self.ring(good, Self.entry("b", Self.first)), .duplicateKey("b")),
      (Self.ring(Self.entry("a", Self.first, extra: #","note":1"#)), .unknownMember("note")),
      (Self.ring(Self.entry("a", Self.first, state: "open")), .nothingSeals),
      (Self.ring(), .nothingSeals),
      (Array(#"{"keys":[],"x":1}"#.utf8), .unknownMember("x")),
      (Array("[]".utf8), .malformed(reason: "must hold `keys`, a list")),
      (Array("{".utf8), .malformed(reason: "not valid JSON")),
    ]
    for (bytes, fault) in cases {
      #expect(throws: fault) { try KeyRing(parsing: bytes) }
    }
    for entry in [
      Self.entry("a b", Self.first), Self.entry("", Self.first), Self.entry("a", Self.first, state: "closed"),
      Self.entry("a", Self.first, created: "-1"), Self.entry("a", Self.first, created: "\"1\""), "1",
      #"{"id":"a","created":1,"state":"seal","key":"!"}"#,
    ] {
      #expect(throws: KeyRingFault.self) { try KeyRing(parsing: Self.ring(entry)) }
    }
  }

  @Test func nothingShowsTheKeys() throws {
    let ring = try KeyRing(parsing: Self.ring(Self.entry("a", Self.first)))
    var dumped = ""
    dump(ring, to: &dumped)
    let head = Self.first.prefix(4).map { "\($0)" }
    #expect(!dumped.contains(head.joined(separator: ", ")))
    #expect(!dumped.contains(Base64.encode(Self.first)))
    #expect(!"\(ring)".contains(Base64.encode(Self.first)))
  }
}
