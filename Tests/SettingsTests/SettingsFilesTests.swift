import GatewayTesting
import Glibc
import Testing

@testable import Settings

@Suite struct SettingsFilesTests {
  private func errors(_ path: String, _ environment: [String: String] = [:]) -> [String] {
    do throws(SettingsErrors) {
      _ = try SettingsLoader(path: path, environment: environment).load()
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  @Test func filesOfAFolderAreJoined() throws {
    let folder = try TemporaryFolder()
    try folder.write("10-base.yaml", "limits: {head_bytes_max: 1KiB}\nbackends: {a: {type: file, path: x}}")
    try folder.write(
      "20-more.yml", "limits: {field_count_max: 9}\nbackends: {b: {type: file, path: y}}\ndefault_backend: b")
    try folder.write("notes.txt", "not: [yaml")
    try folder.write(".hidden.yaml", "not: [yaml")
    let settings = try SettingsLoader(path: folder.path, environment: [:]).load()
    #expect(settings.limits.headBytesMax == 1024)
    #expect(settings.limits.fieldCountMax == 9)
    #expect(settings.backends.map(\.name) == ["a", "b"])
    #expect(settings.defaultBackend == "b")

    try folder.write("30-again.yaml", "limits: {head_bytes_max: 1KiB}")
    let found = errors(folder.path)
    #expect(found.count == 1)
    #expect(
      found[0].contains(
        "30-again.yaml:1:26: `limits.head_bytes_max`: set twice; first at \(folder.path)/10-base.yaml:1:26"))
  }

  @Test func missingAndBrokenFilesAreReported() throws {
    let folder = try TemporaryFolder()
    #expect(errors("\(folder.path)/none.yaml").first?.contains("no such file") == true)
    try folder.write("a.yaml", "a: [")
    try folder.write("b.yaml", "b: [")
    #expect(errors(folder.path).count == 2)
  }

  private func secretErrors(_ folder: TemporaryFolder, _ text: String, mode: mode_t) throws -> [String] {
    try folder.write("secret", text, mode: mode)
    return errors(
      try folder.write("m.yaml", "identities: {users: {u: {access_keys: [{id: AKID, secret_file: secret}]}}}"))
  }

  @Test func secretFilesAreForTheirOwnerOnly() throws {
    let folder = try TemporaryFolder()
    for mode: mode_t in [0o600, 0o400] {
      #expect(try secretErrors(folder, "0123456789abcdef\n", mode: mode).isEmpty)
    }
    for mode: mode_t in [0o640, 0o604, 0o620, 0o644, 0o666, 0o601] {
      let found = try secretErrors(folder, "0123456789abcdef\n", mode: mode)
      #expect(found.first?.contains("(mode 0\(String(mode, radix: 8))); make it 0600") == true, "\(found)")
    }
    #expect(try secretErrors(folder, "\n", mode: 0o600).first?.contains("empty") == true)
    let short = try secretErrors(folder, "hush\n", mode: 0o600)
    #expect(short.first?.contains("expected at least 16 bytes") == true)
    #expect(!short.joined().contains("hush"))
  }

  @Test func secretsLoseOneLineBreakAndNothingElse() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("s", " key with blanks \r\n")
    let source = SecretSource.file(FileReference(path: path, origin: SettingsOrigin(keyPath: "k")))
    #expect(try source.load() == Secret(" key with blanks ".utf8))
  }

  @Test func certificateFilesAreLookedAt() throws {
    let folder = try TemporaryFolder()
    let yaml = """
      tls: {certificates: [{certificate_file: c.pem, key_file: k.pem}]}
      certificates: {machines: {ca_file: none.pem}}
      """
    let path = try folder.write("m.yaml", yaml)
    try folder.write("c.pem", "-----BEGIN CERTIFICATE-----\n", mode: 0o644)
    try folder.write("k.pem", "-----BEGIN PRIVATE KEY-----\n", mode: 0o644)
    let found = errors(path)
    #expect(found.count == 2, "\(found)")
    #expect(found.contains { $0.contains("`tls.certificates[0].key_file`") && $0.contains("make it 0600") })
    #expect(found.contains { $0.contains("`certificates.machines.ca_file`") && $0.contains("no such file") })

    try folder.write("k.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    try folder.write("none.pem", "text")
    #expect(errors(path).contains { $0.contains("encrypted keys cannot be used") })
    try folder.write("k.pem", "-----BEGIN EC PRIVATE KEY-----\n")
    try folder.write("none.pem", "-----BEGIN CERTIFICATE-----\n")
    #expect(errors(path).isEmpty)
  }

  @Test func clientCertificatesOfStoresAreLookedAt() throws {
    let folder = try TemporaryFolder()
    let store = "{type: s3, endpoint: 'https://s', access_key: ABCDEFGHIJKLMNOP, secret_key: s, path_style: true"
    let path = try folder.write(
      "m.yaml", "backends: {a: \(store), client_certificate_file: c.pem, client_key_file: k.pem}}")
    try folder.write("c.pem", "-----BEGIN CERTIFICATE-----\n", mode: 0o644)
    try folder.write("k.pem", "-----BEGIN PRIVATE KEY-----\n", mode: 0o644)
    let found = errors(path)
    #expect(
      found.count == 1 && found[0].contains("`backends.a.client_key_file`") && found[0].contains("make it 0600"),
      "\(found)")
    try folder.write("k.pem", "-----BEGIN PRIVATE KEY-----\n", mode: 0o600)
    #expect(errors(path).isEmpty)
    for (half, other) in [
      ("client_certificate_file: c.pem", "client_key_file"), ("client_key_file: k.pem", "client_certificate_file"),
    ] {
      try folder.write("m.yaml", "backends: {a: \(store), \(half)}}")
      #expect(errors(path).contains { $0.contains("`backends.a.\(other)`") })
    }
    try folder.write(
      "m.yaml",
      "backends: {a: \(store), client_certificate_file: c.pem, client_key_file: k.pem}}"
        .replacing("https://", with: "http://"))
    #expect(errors(path).contains { $0.contains("`backends.a.endpoint`") })
  }

  @Test(arguments: [
    ("users: {u: {policies: [readwrite, none]}}", "`identities.users.u.policies[1]`", "there is no policy `none`"),
    ("groups: {g: {policies: [none]}}", "`identities.groups.g.policies[0]`", "there is no policy `none`"),
    ("users: {u: {permissions_boundary: x}}", "`identities.users.u.permissions_boundary`", "there is no policy `x`"),
    (
      "policies: {readwrite: {Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}}",
      "`identities.policies.readwrite`", "a policy of that name is always there"
    ),
    ("policies: {p: {file: none.json}}", "`identities.policies.p.file`", "no such file"),
    ("policies: {p: {file: p.json}}", "`identities.policies.p`", "`Statement[0].Effect`: must be `Allow` or `Deny`"),
    ("policies: {p: {Version: 2012-10-17}}", "`identities.policies.p`", "`Statement` is missing"),
    (
      "users: {u: {inline_policies: {p: {Statement: {Effect: Allow, Action: x, Resource: '*'}}}}}",
      "`identities.users.u.inline_policies.p`", "`Statement.Action`: must be `*` or have the form `service:action`"
    ),
    (
      "roles: {r: {trust_policy: {Statement: {Effect: Allow, Action: sts:AssumeRole, Resource: '*'}}}}",
      "`identities.roles.r.trust_policy`", "`Principal` is missing"
    ),
  ])
  func policiesAreCompiled(yaml: String, key: String, reason: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("p.json", #"{"Statement": [{"Effect": "allow", "Action": "s3:*", "Resource": "*"}]}"#)
    let found = errors(try folder.write("m.yaml", "identities: {\(yaml)}"))
    #expect(found.count == 1)
    #expect(found.first?.contains(key) == true, "\(found)")
    #expect(found.first?.contains(reason) == true, "\(found)")
  }

  @Test func createdFilesAreNewWholeAndPrivate() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/root.json"
    umask(0)
    try RegularFile.create(path, Array("one".utf8))
    #expect(folder.mode("root.json") == 0o600)
    #expect(throws: FileFault.exists) { try RegularFile.create(path, Array("two".utf8)) }
    #expect(try RegularFile.read(path, bytesMax: 3, protection: .secret) == Array("one".utf8))
    #expect(throws: FileFault.tooLarge(bytesMax: 2)) { try RegularFile.read(path, bytesMax: 2) }
    #expect(throws: FileFault.notRegular) { try RegularFile.read(folder.path, bytesMax: 2) }
    #expect(try RegularFile.names(inFolder: folder.path) == ["root.json"])
  }
}
