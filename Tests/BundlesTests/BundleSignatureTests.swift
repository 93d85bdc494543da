import Cryptography
import Foundation
import JWT
import Rego
import Testing

@testable import Bundles

@Suite struct BundleSignatureTests {
  private static let secret = Array("0123456789abcdef0123456789abcdef".utf8)
  private static let module = ("/m.rego", "package a\nx := data.a.n")
  private static let data = ("/data.json", #"{ "a": {"z": "<>&\u2028", "n": 1.50} }"#)

  private static func keys() throws -> [BundleKey] {
    [try BundleKey(id: "ci", algorithm: .hs256, bytes: secret)]
  }

  private static func digest(_ text: String) -> String {
    DigestAlgorithm.sha256.digest(of: Array(text.utf8)).map { byte in
      let digits = String(byte, radix: 16)
      return digits.utf8.count == 1 ? "0" + digits : digits
    }.joined()
  }

  private static func listed(_ name: String, _ text: String, algorithm: String = "SHA-256") -> String {
    #"{"name": "\#(name)", "hash": "\#(digest(text))", "algorithm": "\#(algorithm)"}"#
  }

  /// As OPA hashes it: members in order, numbers as written, no white space.
  private static let files = [
    listed("m.rego", module.1), listed("data.json", "{\"a\":{\"n\":1.50,\"z\":\"<>&\\u2028\"}}"),
  ]

  private static func signature(
    _ files: [String], header: String = #"{"alg": "HS256", "kid": "ci"}"#, rest: String = "",
    key: JSONWebKey? = nil, algorithm: JWSAlgorithm = .hs256
  ) throws -> (String, String) {
    let payload = #"{"files": [\#(files.joined(separator: ", "))]\#(rest)}"#
    let key = key ?? JSONWebKey(.symmetric(HMACKey(secret)))
    let token = try CompactJWS.sign(header: Array(header.utf8), payload: Array(payload.utf8), with: key, algorithm)
    return ("/.signatures.json", #"{"signatures": ["\#(String(decoding: token, as: UTF8.self))"]}"#)
  }

  private static func load(
    _ files: [(String, String)], keys: [BundleKey]? = nil, scope: String = ""
  ) throws -> BundleContent {
    try BundleArchive("b.tar.gz", verification: .keys(try keys ?? Self.keys(), scope: scope)).load(
      ArchiveFixture.archive(files))
  }

  private static func isRefused(
    _ files: [(String, String)], keys: [BundleKey]? = nil, scope: String = "",
    _ location: SourceLocation = #_sourceLocation
  ) {
    do {
      _ = try load(files, keys: keys, scope: scope)
      Issue.record("taken", sourceLocation: location)
    } catch BundleError.signature {
    } catch {
      Issue.record(error, sourceLocation: location)
    }
  }

  typealias SourceLocation = Testing.SourceLocation

  @Test func takesWhatIsSigned() throws {
    let content = try Self.load([Self.module, Self.data, Self.signature(Self.files)])
    #expect(content.modules.map(\.name) == ["m.rego"])
    // The key may stand in the claims, as it did before.
    let claimed = try Self.signature(Self.files, header: #"{"alg": "HS256"}"#, rest: #", "keyid": "ci", "iat": 1"#)
    _ = try Self.load([Self.module, Self.data, claimed])
    // White space of JSON is not signed.
    let spaced = (Self.data.0, Self.data.1 + "\n\n")
    _ = try Self.load([Self.module, spaced, Self.signature(Self.files)])
  }

  @Test func refusesWhatIsNotSignedOrNotAsSigned() throws {
    let good = try Self.signature(Self.files)
    Self.isRefused([Self.module, Self.data])
    Self.isRefused([("/m.rego", "package a\nx := 2"), Self.data, good])
    Self.isRefused([Self.module, ("/data.json", #"{"a": {"z": "<>&\u2028", "n": 1.5}}"#), good])
    Self.isRefused([Self.module, Self.data, ("/more.rego", "package b"), good])
    Self.isRefused([Self.module, Self.data, ("/.manifest", "{}"), good])
    Self.isRefused([Self.module, Self.data, ("/sub/.signatures.json", "{}"), good])
    Self.isRefused([Self.module, good])
    let more = try Self.signature(Self.files + [Self.listed("README.md", "text")])
    Self.isRefused([Self.module, Self.data, more])
    _ = try Self.load([Self.module, Self.data, ("/README.md", "text"), more])
    Self.isRefused([Self.module, Self.data, try Self.signature(Self.files + [Self.files[0]])])
    Self.isRefused([Self.module, Self.data, try Self.signature([])])
    let weak = [Self.listed("m.rego", Self.module.1, algorithm: "MD5"), Self.files[1]]
    Self.isRefused([Self.module, Self.data, try Self.signature(weak)])
  }

  @Test func refusesOtherTokens() throws {
    let files = [Self.module, Self.data]
    let stranger = JSONWebKey(.symmetric(HMACKey(Array("another0123456789abcdef0123456789".utf8))))
    Self.isRefused(files + [try Self.signature(Self.files, key: stranger)])
    Self.isRefused(files + [try Self.signature(Self.files, header: #"{"alg": "HS256", "kid": "other"}"#)])
    Self.isRefused(files + [try Self.signature(Self.files, header: #"{"alg": "HS256"}"#)])
    Self.isRefused(files + [try Self.signature(Self.files, header: #"{"alg": "none", "kid": "ci"}"#)])
    Self.isRefused(files + [try Self.signature(Self.files, header: #"{"alg": "HS256", "kid": "ci", "crit": ["x"]}"#)])
    Self.isRefused(
      files + [try Self.signature(Self.files, header: #"{"alg": "HS512", "kid": "ci"}"#, algorithm: .hs512)])
    let good = try Self.signature(Self.files).1
    let token = good.dropFirst(#"{"signatures": [""#.utf8.count).dropLast(3)
    for text in [
      "{}", #"{"signatures": []}"#, #"{"signatures": ["\#(token)", "\#(token)"]}"#, #"{"signatures": ["a.b"]}"#,
      #"{"plugin": "custom", "signatures": ["\#(token)"]}"#, #"{"signatures": ["\#(token)A"]}"#,
    ] { Self.isRefused(files + [(".signatures.json", text)]) }
  }

  @Test func holdsScopes() throws {
    let scoped = try Self.signature(Self.files, rest: #", "scope": "write""#)
    let files = [Self.module, Self.data]
    _ = try Self.load(files + [scoped], scope: "write")
    Self.isRefused(files + [scoped])
    Self.isRefused(files + [scoped], scope: "read")
    Self.isRefused(files + [try Self.signature(Self.files)], scope: "write")
  }

  /// As OPA has it: who signs expects it to be verified.
  @Test func refusesSignedBundlesWithoutKeys() throws {
    let signed = [Self.module, Self.data, try Self.signature(Self.files)]
    Self.isRefused(signed, keys: [])
    #expect(try Self.load([Self.module, Self.data], keys: []).modules.count == 1)
    #expect(try BundleArchive("b").load(ArchiveFixture.archive(signed)).modules.count == 1)
  }

  @Test(arguments: [
    (JWSAlgorithm.es256, "EC -pkeyopt ec_paramgen_curve:P-256"), (.rs256, "RSA -pkeyopt rsa_keygen_bits:2048"),
    (.ps384, "RSA -pkeyopt rsa_keygen_bits:2048"),
  ])
  func verifiesWithPublicKeys(_ algorithm: JWSAlgorithm, _ generated: String) throws {
    let pem = try Self.openssl("genpkey -algorithm \(generated)", [])
    let publicPEM = try Self.openssl("pkey -pubout", pem)
    let key = JSONWebKey(.privateKey(try PrivateKey(pem: pem)))
    let header = #"{"alg": "\#(algorithm.rawValue)", "kid": "ci"}"#
    let signed = try Self.signature(Self.files, header: header, key: key, algorithm: algorithm)
    let files = [Self.module, Self.data, signed]
    let known = try BundleKey(id: "ci", algorithm: algorithm, bytes: publicPEM)
    _ = try Self.load(files, keys: [known])
    let other = try Self.openssl("pkey -pubout", Self.openssl("genpkey -algorithm \(generated)", []))
    Self.isRefused(files, keys: [try BundleKey(id: "ci", algorithm: algorithm, bytes: other)])
    // A public key is no secret: who takes it for one signs nothing.
    let forged = try Self.signature(Self.files, key: JSONWebKey(.symmetric(HMACKey(publicPEM))))
    Self.isRefused([Self.module, Self.data, forged], keys: [known])
    #expect(throws: BundleError.self) { try BundleKey(id: "ci", algorithm: algorithm, bytes: pem) }
    #expect(throws: BundleError.self) { try BundleKey(id: "ci", algorithm: .edDSA, bytes: publicPEM) }
  }

  @Test func refusesShortSecrets() {
    #expect(throws: BundleError.self) { try BundleKey(id: "a", algorithm: .hs256, bytes: Array("secret".utf8)) }
    #expect(throws: BundleError.self) { try BundleKey(id: "a", algorithm: .rs256, bytes: Self.secret) }
  }

  @Test func verifiesFoldersToo() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "signed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let verification = BundleVerification.keys(try Self.keys(), scope: "")
    for (name, text) in [Self.module, Self.data, try Self.signature(Self.files)] {
      try Data(text.utf8).write(to: folder.appending(path: String(name.dropFirst())))
    }
    #expect(try BundleFolder(folder.path, verification: verification).load().modules.count == 1)
    func sign(_ files: [String]) throws {
      try Data(try Self.signature(files).1.utf8).write(to: folder.appending(path: ".signatures.json"))
    }
    // Who signs a folder signs files too that are not read.
    try sign(Self.files + [Self.listed("README.md", "text")])
    #expect(try BundleFolder(folder.path, verification: verification).load().modules.count == 1)
    for missing in ["gone.rego", "sub/data.json", ".manifest"] {
      try sign(Self.files + [Self.listed(missing, "{}")])
      #expect(throws: BundleError.self) { try BundleFolder(folder.path, verification: verification).load() }
    }
    try sign(Self.files)
    #expect(try BundleFolder(folder.path, verification: verification).load().modules.count == 1)
    try Data("package b".utf8).write(to: folder.appending(path: "more.rego"))
    #expect(throws: BundleError.self) { try BundleFolder(folder.path, verification: verification).load() }
  }

  private static func openssl(_ arguments: String, _ input: [UInt8]) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments.split(separator: " ").map { String($0) }
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = FileHandle.nullDevice
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input))
    try stdin.fileHandleForWriting.close()
    let output = [UInt8](try stdout.fileHandleForReading.readToEnd() ?? Data())
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return output
  }
}
