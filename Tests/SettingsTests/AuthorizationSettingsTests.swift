import Foundation
import GatewayTesting
import S3Model
import Testing

@testable import Settings

@Suite struct AuthorizationSettingsTests {
  private static func read(
    _ yaml: String, environment: [String: String] = [:]
  ) throws(SettingsErrors) -> AuthorizationSettings {
    try GatewaySettings(yaml: "authorization: {\(yaml)}", environment: environment).authorization
  }

  @Test func namesBundles() throws {
    #expect(try Self.read("").policies == [])
    #expect(try Self.read("policies: /a").policies == ["/a"])
    #expect(try Self.read("policies: [/a.tar.gz, b]").policies == ["/a.tar.gz", "b"])
    let variable = ["MARTLET_AUTHORIZATION_POLICIES": "/a.tar.gz"]
    #expect(try Self.read("policies: b", environment: variable).policies == ["/a.tar.gz"])
    for yaml in [#"policies: """#, "policies: {a: b}", "policies: [[a]]", #"policies: ["a\0"]"#] {
      #expect(throws: SettingsErrors.self) { try Self.read(yaml) }
    }
  }

  @Test func namesAPolicyServer() throws {
    #expect(try Self.read("").opa == nil)
    let opa = try #require(
      try Self.read("opa: {url: 'http://127.0.0.1:8181/v1/data/a', timeout: 300ms, object_tags: true}").opa)
    #expect(opa.url.target == "/v1/data/a" && opa.timeout == .milliseconds(300) && opa.objectTags)
    let variable = ["MARTLET_AUTHORIZATION_OPA_URL": "https://opa.example/"]
    #expect(try Self.read("", environment: variable).opa?.url.host == "opa.example")
    for yaml in [
      "url: 'http://opa.example'", "url: opa.example", "url: 'https://u@opa.example'", "timeout: 1s",
      "url: 'https://opa.example', client_key_file: /k", "url: 'https://opa.example', tiemout: 1s",
    ] {
      #expect(throws: SettingsErrors.self, "\(yaml)") { try Self.read("opa: {\(yaml)}") }
    }
    #expect(throws: SettingsErrors.self) { try Self.read("opa: {url: 'https://opa.example'}, policies: a") }
  }

  @Test func namesBundlesOnServers() throws {
    let settings = try Self.read(
      "policies: ['https://a.example/b.tar.gz', c], bundle_server: {poll_interval: 5s, archive_bytes_max: 1MiB}")
    #expect(settings.policies == ["https://a.example/b.tar.gz", "c"])
    #expect(settings.bundleURLs.map(\.target) == ["/b.tar.gz"])
    #expect(settings.bundleServer.pollInterval == .seconds(5) && settings.bundleServer.archiveBytesMax == 1 << 20)
    #expect(try Self.read("policies: 'http://127.0.0.1:1/b'").bundleURLs.count == 1)
    for yaml in ["policies: 'http://a.example/b'", "policies: ['https://']", "policies: 'https://u:p@a.example/b'"] {
      #expect(throws: SettingsErrors.self, "\(yaml)") { try Self.read(yaml) }
    }
  }

  @Test func namesBundleKeys() throws {
    let settings = try Self.read(
      "bundle_scope: write, bundle_keys: [{id: a, algorithm: HS256, key_file: /k}, {id: b, key_file: l.pem}]")
    #expect(settings.bundleKeys.map(\.id) == ["a", "b"])
    #expect(settings.bundleKeys.map(\.algorithm) == [.hs256, .rs256])
    #expect(settings.bundleKeys.map(\.file.path) == ["/k", "l.pem"])
    #expect(settings.bundleScope == "write")
    for yaml in [
      "{id: a}", "{key_file: k}", #"{id: "", key_file: k}"#, "{id: a, algorithm: none, key_file: k}",
      "{id: a, key_file: k}, {id: a, key_file: l}", "{id: a, key: secret, key_file: k}",
    ] {
      #expect(throws: SettingsErrors.self, "\(yaml)") { try Self.read("bundle_keys: [\(yaml)]") }
    }
  }

  @Test func keepsSecretsToTheirOwner() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "key-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data("0123456789abcdef0123456789abcdef\n".utf8).write(to: file)
    func key(_ algorithm: String) throws -> BundleKeySettings {
      try Self.read("bundle_keys: [{id: a, algorithm: \(algorithm), key_file: \(file.path)}]").bundleKeys[0]
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    #expect(try key("HS256").load().count == 32)
    #expect(try key("ES256").load().count == 33)
    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file.path)
    #expect(throws: SettingsError.self) { try key("HS256").load() }
    #expect(try key("ES256").load().count == 33)
  }
}
