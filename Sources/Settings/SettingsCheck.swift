import Authorization
import IAMPolicy

/// Looks at what settings refer to: that files are there, may be used and hold what they should, and that names name
/// something. Reads files, changes nothing, and finds all errors in one run.
public enum SettingsCheck {
  public static func run(_ settings: GatewaySettings) -> [SettingsError] {
    var check = Run()
    check.certificates(settings.tls)
    for backend in settings.backends {
      guard case .s3(let store) = backend.kind else { continue }
      check.secret(store.secretKey, bytesMin: 1)
      if let file = store.caFile { check.pem(file, ["CERTIFICATE"]) }
      if let certificate = store.clientCertificate { check.pair(certificate) }
    }
    if let opa = settings.authorization.opa { check.server(opa.server) }
    if !settings.authorization.bundleURLs.isEmpty { check.server(settings.authorization.bundleServer.server) }
    for provider in settings.kerberos { check.keytab(provider.keytabFile) }
    for provider in settings.certificates {
      for file in [provider.caFile, provider.intermediatesFile].compactMap({ $0 }) { check.pem(file, ["CERTIFICATE"]) }
    }
    for directory in settings.ldap { check.directory(directory) }
    check.identities(settings.identities)
    return check.errors
  }

  /// Limit on one certificate or key file, in bytes.
  private static let pemBytesMax = 1 << 20

  private struct Run {
    var errors: [SettingsError] = []

    mutating func certificates(_ tls: TLSSettings) {
      for certificate in tls.certificates { pair(certificate) }
      if let module = tls.fipsModule, !RegularFile.exists(module.path) {
        errors.append(SettingsError(.file(path: module.path, fault: .missing), at: module.origin))
      }
    }

    mutating func server(_ server: RemoteServerSettings) {
      if let file = server.caFile { pem(file, ["CERTIFICATE"]) }
      if let certificate = server.clientCertificate { pair(certificate) }
      do throws(SettingsError) { _ = try server.loadToken() } catch { errors.append(error) }
    }

    mutating func pair(_ certificate: CertificateSettings) {
      pem(certificate.certificateFile, ["CERTIFICATE"])
      pem(certificate.keyFile, ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"], protection: .secret)
    }

    /// Whether the file holds a PEM block of one of the given kinds (RFC 7468). Whether OpenSSL likes it is for the
    /// TLS module to say.
    mutating func pem(_ file: FileReference, _ labels: [String], protection: RegularFile.Protection = .any) {
      do throws(SettingsError) {
        let bytes = try file.read(bytesMax: SettingsCheck.pemBytesMax, protection: protection)
        let text = String(decoding: bytes, as: UTF8.self)
        guard !labels.contains(where: { text.contains("-----BEGIN \($0)-----") }) else { return }
        let isEncrypted = text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        let reason = isEncrypted ? "encrypted keys cannot be used" : "holds no PEM `\(labels[0])`"
        throw SettingsError(.file(path: file.path, fault: .malformed(reason: reason)), at: file.origin)
      } catch {
        errors.append(error)
      }
    }

    /// Version 2 of the format is the only one in use; the keys themselves are for the Kerberos library to read.
    mutating func keytab(_ file: FileReference) {
      do throws(SettingsError) {
        let bytes = try file.read(bytesMax: SettingsCheck.pemBytesMax, protection: .secret)
        guard !bytes.starts(with: [5, 2]) else { return }
        throw SettingsError(.file(path: file.path, fault: .malformed(reason: "is no keytab")), at: file.origin)
      } catch {
        errors.append(error)
      }
    }

    mutating func directory(_ directory: LDAPSettings) {
      if let file = directory.caFile { pem(file, ["CERTIFICATE"]) }
      switch directory.account {
      case nil: break
      case .password(_, let file): secret(.file(file), bytesMin: 1)
      case .kerberos(_, let file): keytab(file)
      }
    }

    mutating func secret(_ source: SecretSource, bytesMin: Int) {
      do throws(SettingsError) {
        let secret = try source.load()
        guard secret.count < bytesMin else { return }
        throw SettingsError(.malformedSecret(expected: "at least \(bytesMin) bytes"), at: source.origin)
      } catch {
        errors.append(error)
      }
    }

    mutating func identities(_ identities: IdentitySettings) {
      for key in identities.users.flatMap(\.accessKeys) {
        secret(key.secret, bytesMin: AccessKeySettings.secretBytesMin)
      }
      references(identities)
      for policy in identities.policies { document(policy.source, policy.name, .identity) }
      for user in identities.users { inline(user.inlinePolicies) }
      for group in identities.groups { inline(group.inlinePolicies) }
      for role in identities.roles {
        document(role.trustPolicy, role.name, .trust)
        inline(role.inlinePolicies)
      }
    }

    private mutating func references(_ identities: IdentitySettings) {
      var known = Set(CannedPolicy.allCases.map(\.name))
      for policy in identities.policies {
        if known.contains(policy.name) {
          let problem = SettingsProblem.reserved(found: policy.name, meaning: "a policy of that name is always there")
          errors.append(SettingsError(problem, at: policy.source.origin))
        }
      }
      known.formUnion(identities.policies.map(\.name))
      var used = identities.groups.flatMap(\.policies) + identities.users.flatMap(\.policies)
      used += identities.roles.flatMap(\.policies)
      used += identities.users.compactMap(\.permissionsBoundary) + identities.roles.compactMap(\.permissionsBoundary)
      for reference in used where !known.contains(reference.name) {
        errors.append(SettingsError(.unknownReference(kind: "policy", name: reference.name), at: reference.origin))
      }
    }

    private mutating func inline(_ policies: [PolicySettings]) {
      for policy in policies { document(policy.source, policy.name, .identity) }
    }

    private mutating func document(_ source: PolicySource, _ name: String, _ kind: PolicyKind) {
      do throws(SettingsError) {
        _ = try source.compile(name: name, kind: kind)
      } catch {
        errors.append(error)
      }
    }
  }
}
