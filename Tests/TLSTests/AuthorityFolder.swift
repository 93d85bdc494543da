import Foundation
import Testing

/// Authorities, clients' certificates and revocation lists, all made by `openssl`.
final class AuthorityFolder {
  let folder = try? TemporaryFolder()

  func path(_ name: String) throws -> String { try #require(folder).path(name) }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  @discardableResult
  func openssl(_ arguments: String...) async throws -> ToolResult {
    let result = try await run("openssl", arguments)
    try #require(result.status == 0, "\(arguments): \(result.errors)")
    return result
  }

  /// Makes `NAME.key`, `NAME.pem` and what `openssl ca` keeps.
  func makeAuthority(_ name: String, subject: String = "/O=Test/CN=Authority") async throws {
    let base = try path(name)
    try Data().write(to: URL(fileURLWithPath: base + ".index"))
    try Data("01\n".utf8).write(to: URL(fileURLWithPath: base + ".crlnumber"))
    let configuration = """
      [req]
      distinguished_name = dn
      [dn]
      [ca]
      default_ca = this
      [this]
      database = \(base).index
      crlnumber = \(base).crlnumber
      certificate = \(base).pem
      private_key = \(base).key
      default_md = sha256
      default_crl_days = 7
      [v3_ca]
      basicConstraints = critical, CA:true
      keyUsage = critical, keyCertSign, cRLSign
      subjectKeyIdentifier = hash
      """
    try Data(configuration.utf8).write(to: URL(fileURLWithPath: base + ".cnf"))
    try await openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", base + ".key",
      "-out", base + ".pem", "-subj", subject, "-days", "30", "-config", base + ".cnf", "-extensions", "v3_ca")
  }

  /// A certificate of an authority, `NAME.pem`, and its key; nil signs it with its own key.
  func makeClient(
    _ name: String, by authority: String?, subject: String, names: String? = nil, usage: String? = "clientAuth",
    key: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], days: String = "5", isAuthority: Bool = false
  ) async throws {
    let base = try path(name)
    var text = """
      [req]
      distinguished_name = dn
      [dn]
      [v3]
      basicConstraints = critical, CA:\(isAuthority)
      keyUsage = critical, digitalSignature\(isAuthority ? ", keyCertSign" : "")
      subjectKeyIdentifier = hash

      """
    if authority != nil { text += "authorityKeyIdentifier = keyid\n" }
    if let usage { text += "extendedKeyUsage = \(usage)\n" }
    if let names { text += "subjectAltName = \(names)\n" }
    try Data(text.utf8).write(to: URL(fileURLWithPath: base + ".cnf"))
    let made = try await run(
      "openssl",
      ["req", "-new", "-newkey"] + key + [
        "-nodes", "-keyout", base + ".key", "-out", base + ".csr", "-subj", subject, "-config", base + ".cnf", "-utf8",
      ])
    try #require(made.status == 0, "\(made.errors)")
    var arguments = ["x509", "-req", "-in", base + ".csr", "-out", base + ".pem", "-days", days, "-sha256"]
    arguments += ["-extfile", base + ".cnf", "-extensions", "v3"]
    if let authority {
      arguments += ["-CA", try path(authority) + ".pem", "-CAkey", try path(authority) + ".key", "-CAcreateserial"]
    } else {
      arguments += ["-signkey", base + ".key"]
    }
    let signed = try await run("openssl", arguments)
    try #require(signed.status == 0, "\(signed.errors)")
    try await openssl("x509", "-in", base + ".pem", "-outform", "DER", "-out", base + ".der")
  }

  func revoke(_ name: String, by authority: String) async throws {
    try await openssl("ca", "-config", path(authority) + ".cnf", "-revoke", path(name) + ".pem")
  }

  /// Makes `AUTHORITY.crl`.
  func makeList(_ authority: String, seconds: String = "86400") async throws {
    try await openssl(
      "ca", "-config", path(authority) + ".cnf", "-gencrl", "-crlsec", seconds, "-out", path(authority) + ".crl")
  }
}
