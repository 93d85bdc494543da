import Gateway
import JWT
import Kerberos
import KerberosNames
import LDAPClient
import Logging
import NIOPosix
import OIDCClient
import Settings
import Synchronization

/// Makes the identity providers that settings declare; a reload keeps those that stay as they are, with their keys.
final class FederationLoader: Sendable {
  private struct Made: Sendable {
    let description: String
    let provider: OIDCProvider
    let refreshing: Task<Void, Never>
  }

  private let log: Logger
  private let made = Mutex<[String: Made]>([:])
  private struct MadeDirectory: Sendable {
    let description: String
    let provider: LDAPProvider
    let directory: LDAPDirectory
  }

  private let madeDirectories = Mutex<[String: MadeDirectory]>([:])
  private let backoff = LoginBackoff()
  private let stored: StoredOpenIDProviders
  /// Made when the first provider needs them, and kept.
  private let threads = Mutex<KerberosThreads?>(nil)

  init(log: Logger) {
    self.log = log
    stored = StoredOpenIDProviders { settings in
      OIDCProvider(
        Self.configuration(settings), group: MultiThreadedEventLoopGroup.singleton, readFile: { _ in nil }, log: log)
    }
  }

  func federation(_ settings: GatewaySettings) -> Federation {
    made.withLock { made in
      var kept: [String: Made] = [:]
      for openID in settings.openID {
        let description = "\(openID)"
        if let known = made[openID.name], known.description == description {
          kept[openID.name] = known
          continue
        }
        let provider = OIDCProvider(
          Self.configuration(openID), group: MultiThreadedEventLoopGroup.singleton,
          readFile: { [secret = openID.introspection?.clientSecretFile.path] path in
            // Others must not be able to read a client's secret; keys and projected tokens are where they are.
            Self.read(path, path == secret ? .secret : .any)
          }, log: log)
        kept[openID.name] = Made(
          description: description, provider: provider, refreshing: Task { await provider.keepFresh() })
      }
      for (name, old) in made where kept[name]?.provider !== old.provider { old.refreshing.cancel() }
      made = kept
      return Federation(
        settings.openID.compactMap { openID in kept[openID.name].map { (openID, $0.provider) } },
        kerberos: acceptors(settings),
        webhooks: settings.tokenWebhooks.map { webhook in
          TokenWebhook(
            webhook, accountID: settings.accountID, group: MultiThreadedEventLoopGroup.singleton,
            readSecret: { Self.read($0, .secret) }, log: log)
        },
        directories: directories(settings),
        certificates: settings.certificates.map {
          CertificateProvider(
            $0, accountID: settings.accountID, group: MultiThreadedEventLoopGroup.singleton, log: log)
        }, stored: stored, accountID: settings.accountID)
    }
  }

  /// Those that stay as they are keep their connections.
  private func directories(_ settings: GatewaySettings) -> [LDAPProvider] {
    madeDirectories.withLock { made in
      var kept: [String: MadeDirectory] = [:]
      for ldap in settings.ldap {
        let description = "\(settings.accountID) \(ldap)"
        if let known = made[ldap.name], known.description == description {
          kept[ldap.name] = known
          continue
        }
        if ldap.isPlain {
          log.warning(
            "passwords go to a directory in the clear: `plaintext` is set", metadata: ["provider": "\(ldap.name)"])
        }
        let directory = LDAPDirectory(Self.configuration(ldap)) { path in
          Self.read(path, .secret).map { Array($0.prefix { $0 != 0x0A && $0 != 0x0D }) }
        }
        kept[ldap.name] = MadeDirectory(
          description: description,
          provider: LDAPProvider(ldap, directory, accountID: settings.accountID, backoff: backoff, log: log),
          directory: directory)
      }
      for (name, old) in made where kept[name]?.directory !== old.directory { old.directory.shutdown() }
      made = kept
      return settings.ldap.compactMap { kept[$0.name]?.provider }
    }
  }

  private static func configuration(_ ldap: LDAPSettings) -> LDAPConfiguration {
    let servers: LDAPConfiguration.Servers =
      switch ldap.servers {
      case .list(let list): .list(list)
      case .domain(let domain): .domain(domain, isPlain: ldap.isPlain)
      }
    var configuration = LDAPConfiguration(
      servers: servers,
      people: LDAPConfiguration.People(
        bases: ldap.userBases, scope: ldap.userScope == .one ? .one : .subtree, filter: ldap.userFilter,
        nameAttribute: ldap.usernameAttribute, attributes: ldap.attributes))
    configuration.certificateAuthorityFile = ldap.caFile?.path
    switch ldap.account {
    case nil: break
    case .password(let name, let file):
      configuration.account = .password(name: name, file: file.path)
    case .kerberos(let principal, let keytab):
      configuration.account = .kerberos(principal: principal, keytab: Assembly.absolute(keytab.path))
    }
    if !ldap.groupBases.isEmpty {
      configuration.groups = LDAPConfiguration.Groups(
        bases: ldap.groupBases, scope: ldap.groupScope == .one ? .one : .subtree, filter: ldap.groupFilter,
        depthMax: ldap.groupDepth, nameAttribute: ldap.groupNameAttribute, countMax: ldap.groupsMax)
    }
    configuration.timeout = ldap.timeout
    return configuration
  }

  private func acceptors(_ settings: GatewaySettings) -> [(KerberosSettings, KerberosAcceptor)] {
    if settings.kerberos.isEmpty { return [] }
    let threads = self.threads.withLock { threads in
      let kept = threads ?? KerberosThreads()
      threads = kept
      return kept
    }
    return settings.kerberos.compactMap { provider in
      let rules: NameRules
      do throws(KerberosNameError) {
        rules = try NameRules(realms: provider.realms, rules: provider.rules, ignoresCase: provider.ignoresCase)
      } catch {
        // Settings are checked: this is not reached, and nobody comes in by it.
        log.error("a Kerberos provider is left out", metadata: ["provider": "\(provider.name)", "error": "\(error)"])
        return nil
      }
      let acceptor = KerberosAcceptor(
        KerberosConfiguration(
          keytab: Assembly.absolute(provider.keytabFile.path),
          // One for all: no token is new to any of them once it was seen.
          replayCache: Assembly.absolute(settings.data) + "/kerberos.replay", services: provider.services,
          rules: rules, requiresBinding: provider.channelBinding == .required),
        threads: threads)
      Task.detached { [log] in
        for missing in acceptor.missingKeys() {
          log.warning(
            "a service has no key", metadata: ["service": "\(missing.service)", "reason": "\(missing.reason)"])
        }
      }
      return (provider, acceptor)
    }
  }

  func shutdown() {
    stored.shutdown()
    for made in madeDirectories.withLock({ Array($0.values) }) { made.directory.shutdown() }
    threads.withLock { $0?.shutdown() }
    for made in made.withLock({ Array($0.values) }) { made.refreshing.cancel() }
  }

  private static func configuration(_ openID: OpenIDSettings) -> OIDCProviderConfiguration {
    let keys: OIDCProviderConfiguration.KeySource =
      switch openID.keys {
      case .discovery: .discovery
      case .url(let url): .url(url)
      case .file(let file): .file(file.path)
      }
    var configuration = OIDCProviderConfiguration(
      name: openID.name, issuer: openID.issuer, audiences: openID.audiences, keys: keys)
    configuration.authorizedParties = openID.authorizedParties
    configuration.types = openID.tokenTypes
    if let names = openID.algorithms { configuration.algorithms = Set(names.compactMap { JWSAlgorithm(name: $0) }) }
    configuration.skew = openID.skew
    configuration.certificateAuthorityFile = openID.caFile?.path
    configuration.bearerTokenFile = openID.bearerTokenFile?.path
    configuration.refreshInterval = openID.refreshInterval
    configuration.timeout = openID.timeout
    configuration.usesUserinfo = openID.usesUserinfo
    if let introspection = openID.introspection {
      configuration.introspection = OIDCProviderConfiguration.Introspection(
        url: introspection.url, clientID: introspection.clientID, secretFile: introspection.clientSecretFile.path,
        authentication: introspection.authentication == .basic ? .basic : .post,
        isForAll: introspection.tokens == .all)
      configuration.answerAgeMax = introspection.cache
    }
    return configuration
  }

  private static func read(_ path: String, _ protection: RegularFile.Protection) -> [UInt8]? {
    do throws(FileFault) {
      return try RegularFile.read(path, bytesMax: 512 << 10, protection: protection)
    } catch {
      return nil
    }
  }
}
