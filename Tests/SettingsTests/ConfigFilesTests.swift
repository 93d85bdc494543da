import GatewayTesting
import Testing

@testable import Settings

@Suite struct ConfigFilesTests {
  @Test func theAnnotatedFileSaysTheDefaults() throws {
    let annotated = try SettingsLoader(path: ConfigFolder.path + "/martlet.yaml", environment: [:]).load()
    let defaults = try SettingsLoader(path: nil, environment: [:]).load()
    var left = ""
    var right = ""
    dump(annotated, to: &left)
    dump(defaults, to: &right)
    #expect(left == right)
  }

  /// Every key, whatever section, has its line in the annotated file, as a value or in a comment.
  @Test func theAnnotatedFileNamesEveryKey() throws {
    let bytes = try RegularFile.read(ConfigFolder.path + "/martlet.yaml", bytesMax: 1 << 20)
    let text = String(decoding: bytes, as: UTF8.self)
    let everything = """
      tls: {certificates: [{}]}
      backends: {f: {type: file}, s: {type: s3}}
      routes: [{}]
      identities: {users: {u: {access_keys: [{}]}}, groups: {g: {}}, roles: {r: {}}}
      """
    let root = try YAMLDocument.parse(everything) { .file(path: "x", line: $0, column: $1) }
    let decoder = SettingsDecoder(errors: [], environment: [:], overrides: [:])
    _ = SectionReader.read(decoder, path: "", node: root) { GatewaySettings($0) }
    let keys = Set(decoder.keyPathsRead.map { String($0.split(separator: ".").last ?? "") })
    #expect(keys.count > 60)
    let missing = keys.filter { !text.contains("\($0):") }
    #expect(missing.isEmpty)
  }

  @Test(arguments: ConfigFolder.examples)
  func examplesLoad(name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try RegularFile.read("\(ConfigFolder.path)/examples/\(name)", bytesMax: 1 << 20)
    // What an operator has to bring is put where the example says.
    var text = String(decoding: bytes, as: UTF8.self)
    for file in ["tls.crt", "tls.key"] { text = text.replacing("/etc/martlet/\(file)", with: file) }
    let path = try folder.write(name, text)
    try folder.write("tls.crt", "-----BEGIN CERTIFICATE-----\n")
    try folder.write("tls.key", "-----BEGIN PRIVATE KEY-----\n")
    for file in ["rgw-ca.pem", "ldap-ca.pem"] { try folder.write(file, "-----BEGIN CERTIFICATE-----\n") }
    try folder.write("krb5.keytab", "\u{5}\u{2}")
    for secret in ["rgw", "backup", "archive", "alice", "alice-old", "ldap"] {
      try folder.write("secrets/\(secret)", "a-secret-of-forty-characters-or-so-12345\n")
    }
    _ = try SettingsLoader(path: path, environment: [:]).load()
  }

  @Test func everyExampleIsTested() throws {
    #expect(try RegularFile.names(inFolder: ConfigFolder.path + "/examples") == ConfigFolder.examples)
  }
}
