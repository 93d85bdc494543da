import Gateway
import JWT
import Kerberos
import KerberosNames
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
  /// Made when the first provider needs them, and kept.
  private let threads = Mutex<KerberosThreads?>(nil)

  init(log: Logger) { self.log = log }

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
        accountID: settings.accountID)
    }
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
