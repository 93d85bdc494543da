import Testing

@testable import Settings

@Suite struct IdentitySettingsTests {
  private func errors(_ identities: String) -> [String] {
    do throws(SettingsErrors) {
      _ = try GatewaySettings(yaml: "identities:\n" + identities)
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  private static let trust = "trust_policy: {Version: 2012-10-17, Statement: []}"
  private static let long64 = String(repeating: "n", count: 64)

  @Test func readsAll() throws {
    let settings = try GatewaySettings(
      yaml: """
        identities:
          policies:
            inline: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:*", Resource: "*", Condition: {Bool: {"a:b": true}, NumericLessThan: {"c:d": 5}}}]}
            text: ' {"Version": "2012-10-17", "Statement": []}'
            file: {file: p.json}
          groups: {g: {policies: [inline], path: /x/}}
          users:
            alice@example.com:
              groups: [g]
              access_keys: [{id: AKID, secret_file: s, status: inactive}]
              permissions_boundary: inline
              tags: {a: b, n: 1, e: }
            empty:
          roles:
            r: {\(Self.trust), max_session_duration: 12h}
        """, name: "d/f.yaml")
    let identities = settings.identities
    func json(_ index: Int) -> String {
      if case .inline(let bytes) = identities.policies[index].source.content {
        return String(decoding: bytes, as: UTF8.self)
      }
      return ""
    }
    #expect(
      json(0)
        == #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"a:b":"true"},"NumericLessThan":{"c:d":"5"}}}]}"#
    )
    #expect(json(1).hasPrefix(" {"))
    guard case .file(let reference) = identities.policies[2].source.content else {
      Issue.record("not a file")
      return
    }
    #expect(reference.path == "d/p.json")
    #expect(reference.origin.keyPath == "identities.policies.file.file")
    let alice = identities.users[0]
    #expect(alice.accessKeys[0].isActive == false)
    #expect(alice.permissionsBoundary?.name == "inline")
    #expect(alice.tags.map(\.value) == ["b", "1", ""])
    #expect(identities.users[1].path == "/")
    #expect(identities.groups[0].path == "/x/")
    #expect(identities.roles[0].maxSessionDuration == .seconds(43_200))
  }

  @Test func policyTextIsEscaped() throws {
    let settings = try GatewaySettings(yaml: #"identities: {policies: {p: {"a\"\\": "b\n\u0001é"}}}"#)
    guard case .inline(let bytes) = settings.identities.policies[0].source.content else { return }
    #expect(String(decoding: bytes, as: UTF8.self) == #"{"a\"\\":"b\u000a\u0001é"}"#)
  }

  @Test(arguments: [
    ("users: {\(long64)n: {}}", "expected 1 to 64 letters"),
    ("users: {\"a/b\": {}}", "expected 1 to 64 letters"),
    ("users: {\"\": {}}", "expected 1 to 64 letters"),
    ("users: {root: {}}", "`root` cannot be used"),
    ("users: {Alice: {}, alice: {}}", "`alice` is the same as user `Alice`"),
    ("groups: {A: {}, a: {}}", "is the same as group `A`"),
    ("roles: {A: {\(trust)}, a: {\(trust)}}", "is the same as role `A`"),
    ("policies: {A: \"{}\", a: \"{}\"}", "is the same as policy `A`"),
    ("users: {a: {path: x}}", "`identities.users.a.path`: expected a path"),
    ("users: {a: {path: /x}}", "`identities.users.a.path`: expected a path"),
    ("users: {a: {path: \"/x y/\"}}", "`identities.users.a.path`: expected a path"),
    ("users: {a: {groups: [none]}}", "there is no group `none`"),
    ("users: {a: {access_keys: [{id: AKID}]}}", "`identities.users.a.access_keys[0].secret_file`: required"),
    ("users: {a: {access_keys: [{secret_file: x}]}}", "`identities.users.a.access_keys[0].id`: required"),
    ("users: {a: {access_keys: [{id: a/b, secret_file: x}]}}", ".id`: expected 3 to 128 letters"),
    ("users: {a: {access_keys: [{id: ASIAXXX, secret_file: x}]}}", "names temporary keys"),
    ("users: {a: {access_keys: [{id: AKID, secret: short}]}}", "expected at least 16 bytes"),
    (
      "users: {a: {access_keys: [{id: AKID, secret_file: x}]}, b: {access_keys: [{id: akid, secret_file: x}]}}",
      "is the same as access key `AKID`"
    ),
    ("users: {a: {tags: {aws:x: y}}}", "tags are AWS's own"),
    ("users: {a: {tags: {x: y, X: z}}}", "`X` is the same as another tag"),
    ("users: {a: {passwd: x}}", "`identities.users.a.passwd`: there is no such key"),
    ("roles: {r: {}}", "`identities.roles.r.trust_policy`: required"),
    ("roles: {r: {\(trust), max_session_duration: 13h}}", "`13h` is not within 1h … 12h"),
    ("roles: {r: {\(trust), max_session_duration: 30m}}", "`30m` is not within 1h … 12h"),
    ("policies: {p: text}", "expected a policy as a mapping"),
    ("policies: {p: [a]}", "expected a mapping, found a list"),
    ("policies: {p: }", "`identities.policies.p`: required"),
    ("policies: {p: {file: x, Version: y}}", "`identities.policies.p.Version`: there is no such key"),
    ("policies: {p: {Version: }}", "`identities.policies.p.Version`: required"),
  ])
  func refuses(yaml: String, expected: String) {
    let found = errors("  " + yaml)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains(expected) == true, "\(found)")
  }

  @Test func longestNamesAreAccepted() {
    #expect(errors("  users: {\(Self.long64): {}}").isEmpty)
    #expect(errors("  users: {\"a+=,.@_-\": {access_keys: [{id: minio-user.1, secret: 0123456789abcdef}]}}").isEmpty)
  }
}
