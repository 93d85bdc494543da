import KerberosNames
import S3Model
import Testing

@testable import Settings

struct KerberosSettingsTests {
  private func errors(_ yaml: String) -> [String] {
    do throws(SettingsErrors) {
      _ = try GatewaySettings(yaml: yaml, environment: [:])
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  private static let least = "keytab_file: /k, principals: [HTTP/a.example.com@EXAMPLE.COM]"

  @Test func readsProviders() throws {
    let settings = try GatewaySettings(
      yaml: #"""
        kerberos:
          least: {keytab_file: /k, principals: [HTTP/a.example.com@EXAMPLE.COM]}
          full:
            keytab_file: http.keytab
            principals: [HTTP/b.example.com@EXAMPLE.COM, HTTP/b@OTHER]
            realms: [EXAMPLE.COM, OTHER]
            rules: [DEFAULT, "RULE:[2:$1](robot)s/o/0/g"]
            ignore_case: true
            channel_binding: required
            roles: [reader, "arn:aws:iam::000000000000:role/team/writer"]
            groups: [S-1-5-32-544]
            s3: true
        """#, environment: [:])
    let least = settings.kerberos[0]
    #expect(least.name == "least" && least.keytabFile.path == "/k")
    #expect(least.realms == ["EXAMPLE.COM"])
    #expect(least.rules == nil && !least.ignoresCase && !least.isForS3 && least.channelBinding == .checked)
    let full = settings.kerberos[1]
    #expect(full.services.map(\.text) == ["HTTP/b.example.com@EXAMPLE.COM", "HTTP/b@OTHER"])
    #expect(full.realms == ["EXAMPLE.COM", "OTHER"])
    #expect(full.rules?.count == 2)
    #expect(full.roles.count == 2 && full.groups == ["S-1-5-32-544"])
    #expect(full.ignoresCase && full.isForS3 && full.channelBinding == .required)
  }

  @Test func largeTicketsFitIntoHeads() throws {
    #expect(try GatewaySettings(yaml: "{}", environment: [:]).limits.headBytesMax == 16_384)
    let kerberos = "kerberos: {main: {\(Self.least)}}\n"
    #expect(try GatewaySettings(yaml: kerberos, environment: [:]).limits.headBytesMax == 65_536)
    let explicit = try GatewaySettings(yaml: kerberos + "limits: {head_bytes_max: 100KiB}", environment: [:])
    #expect(explicit.limits.headBytesMax == 102_400)
  }

  @Test(arguments: [
    ("{}", ["keytab_file", "principals"]),
    ("{keytab_file: /k, principals: [alice@R]}", ["principals[0]"]),
    ("{keytab_file: /k, principals: [HTTP/a]}", ["principals[0]"]),
    ("{keytab_file: /k, principals: []}", ["principals"]),
    ("{\(least), realms: []}", ["realms"]),
    ("{\(least), realms: [\"\"]}", ["realms[0]"]),
    ("{\(least), rules: [\"RULE:[1:$2]\"]}", ["rules[0]"]),
    ("{\(least), rules: [\"RULE:[1:$1](*)\"]}", ["rules[0]"]),
    ("{\(least), channel_binding: no}", ["channel_binding"]),
    ("{\(least), s3: maybe}", ["s3"]),
    ("{\(least), s3: true}", ["roles"]),
    ("{\(least), roles: [a/b]}", ["roles[0]"]),
    ("{\(least), groups: [admins]}", ["groups[0]"]),
    ("{\(least), keytab: /k}", ["keytab"]),
  ])
  func refuses(provider: String, expected: [String]) {
    let found = errors("kerberos: {main: \(provider)}")
    #expect(found.count == expected.count, "\(found)")
    for text in expected { #expect(found.contains { $0.contains(text) }, "\(found)") }
  }

  @Test func oneServiceIsOneProviders() {
    let found = errors("kerberos: {one: {\(Self.least)}, two: {\(Self.least)}}")
    #expect(found.count == 1 && found[0].contains("`one`"), "\(found)")
    #expect(errors("kerberos: {one: {\(Self.least)}}").isEmpty)
  }
}
