public import JWT
public import Logging
public import NIOCore
import S3Model
import Synchronization

/// Verifies tokens of one provider with its newest keys.
///
/// Keys are fetched in the background and when a token names a key that nobody knows, the latter no more often than
/// ``OIDCProviderConfiguration/refreshIntervalMin``: strangers' tokens cannot make us hammer the provider. Keys once
/// fetched stay good through any outage of it, for rotation is the provider's word and silence is none.
public final class OIDCProvider: Sendable {
  private struct State {
    var verifier: TokenVerifier?
    var discovery: DiscoveryDocument?
    /// A fetch on its way; whoever needs keys waits for it together with the others.
    var fetch: Task<Result<Void, ProviderFault>, Never>?
    var lastAttempt: ContinuousClock.Instant?
    var lastSuccess: ContinuousClock.Instant?
    var lastFault: ProviderFault?
    var failures = 0
    /// What ``verifier`` was made of.
    var keyText: [UInt8] = []
  }

  public let configuration: OIDCProviderConfiguration
  let fetcher: DocumentFetcher
  private let log: Logger
  private let state = Mutex(State())
  private let keyGenerationCounter = Atomic<UInt64>(0)
  let answers: TokenAnswers

  /// - Parameters:
  ///   - group: where its connections live.
  ///   - readFile: a file's content, nil when it cannot be read.
  public init(
    _ configuration: OIDCProviderConfiguration, group: any EventLoopGroup,
    readFile: @escaping @Sendable (String) -> [UInt8]?, log: Logger
  ) {
    self.configuration = configuration
    fetcher = DocumentFetcher(configuration: configuration, group: group, readFile: readFile)
    self.log = log
    answers = TokenAnswers(ageMax: configuration.answerAgeMax)
  }

  /// Another one after the keys have changed: what was verified before is to be verified again.
  public var keyGeneration: UInt64 { keyGenerationCounter.load(ordering: .acquiring) }

  /// Whether there are keys, and how old they are; for metrics and readiness.
  public var keyAge: Duration? { state.withLock { $0.lastSuccess }.map { .now - $0 } }
  public var lastFault: ProviderFault? { state.withLock { $0.lastFault } }

  // MARK: Tokens

  /// Verifies a token: signature, issuer, audience, times, type.
  /// - Parameters:
  ///   - nonce: that the token must have; nil: not looked at.
  ///   - now: since 1970-01-01T00:00:00Z.
  /// - Throws: `token` when the token is to blame, `provider` when there are no keys.
  public func verify(
    _ token: [UInt8], nonce: String? = nil, now: Duration
  ) async throws(OIDCError) -> VerifiedClaims {
    let verified = try await signed(token)
    do throws(JWTError) {
      return try verified.claims(keeping: rules(nonce: nonce), now: now)
    } catch {
      throw .token(error)
    }
  }

  func rules(nonce: String? = nil) -> ClaimsRules {
    ClaimsRules(
      issuer: configuration.issuer, audiences: configuration.audiences,
      authorizedParties: configuration.authorizedParties, nonce: nonce, types: configuration.types,
      skew: configuration.skew, ageMax: configuration.ageMax)
  }

  /// Verified with the keys at hand, or with fresher ones where those do not know the token's key.
  private func signed(_ token: [UInt8]) async throws(OIDCError) -> VerifiedToken {
    guard let verifier = state.withLock({ $0.verifier }) else {
      return try Self.verify(token, with: try await keys())
    }
    do throws(JWTError) {
      return try verifier.verify(token)
    } catch .unknownKeyID {
      guard let fresher = await refreshed(over: verifier) else { throw .token(.unknownKeyID) }
      return try Self.verify(token, with: fresher)
    } catch {
      throw .token(error)
    }
  }

  private static func verify(_ token: [UInt8], with verifier: TokenVerifier) throws(OIDCError) -> VerifiedToken {
    do throws(JWTError) {
      return try verifier.verify(token)
    } catch {
      throw .token(error)
    }
  }

  // MARK: Keys

  /// The first keys.
  private func keys() async throws(OIDCError) -> TokenVerifier {
    if let fetch = fetchIfDue(.unlessFailing) {
      if case .failure(let fault) = await fetch.value { throw .provider(fault) }
    }
    let (verifier, fault) = state.withLock { ($0.verifier, $0.lastFault) }
    guard let verifier else { throw .provider(fault ?? .notYet) }
    return verifier
  }

  /// Keys fetched after a token named one that is not among these; nil when a fetch is not due or brought nothing.
  private func refreshed(over old: TokenVerifier) async -> TokenVerifier? {
    guard let fetch = fetchIfDue(.spaced), case .success = await fetch.value else { return nil }
    return state.withLock { $0.verifier }
  }

  /// Fetches when the keys are older than the interval; never ends but by cancellation.
  public func keepFresh() async {
    while !Task.isCancelled {
      if let fetch = fetchIfDue(.unlessFailing) { _ = await fetch.value }
      let failures = state.withLock { $0.failures }
      let pause = failures == 0 ? configuration.refreshInterval : Self.backOff(failures)
      do { try await Task.sleep(for: min(pause, configuration.refreshInterval)) } catch { return }
    }
  }

  private enum Occasion {
    /// Nobody waits, or somebody who has no keys at all: not while the provider is known to fail.
    case unlessFailing
    /// A token names an unknown key: at most once in ``OIDCProviderConfiguration/refreshIntervalMin``.
    case spaced
  }

  /// The fetch that is on its way, a new one, or nil where none is due.
  private func fetchIfDue(_ occasion: Occasion) -> Task<Result<Void, ProviderFault>, Never>? {
    state.withLock { state in
      if let fetch = state.fetch { return fetch }
      if let last = state.lastAttempt {
        let pause =
          switch occasion {
          case .unlessFailing: state.failures == 0 ? .zero : Self.backOff(state.failures)
          case .spaced:
            max(configuration.refreshIntervalMin, state.failures == 0 ? .zero : Self.backOff(state.failures))
          }
        guard .now - last >= pause else { return nil }
      }
      state.lastAttempt = .now
      let fetch = Task { await self.fetch() }
      state.fetch = fetch
      return fetch
    }
  }

  /// 1 s, 2 s, 4 s … at most a minute.
  private static func backOff(_ failures: Int) -> Duration { .seconds(1 << min(failures - 1, 6)) * 0.9375 }

  private func fetch() async -> Result<Void, ProviderFault> {
    let result: Result<Loaded, ProviderFault>
    do throws(ProviderFault) {
      result = .success(try await load())
    } catch {
      result = .failure(error)
    }
    let (isFirst, isNews) = state.withLock { state in
      state.fetch = nil
      switch result {
      case .success(let loaded):
        let isNews = state.failures > 0
        let isFirst = state.verifier == nil
        state.verifier = loaded.verifier
        state.discovery = loaded.discovery
        if state.keyText != loaded.keyText {
          state.keyText = loaded.keyText
          keyGenerationCounter.add(1, ordering: .acquiringAndReleasing)
        }
        state.lastSuccess = .now
        state.lastFault = nil
        state.failures = 0
        return (isFirst, isNews)
      case .failure(let fault):
        let isNews = state.lastFault != fault
        state.lastFault = fault
        state.failures += 1
        return (false, isNews)
      }
    }
    switch result {
    case .success:
      if isFirst || isNews { log.notice("keys fetched", metadata: ["provider": "\(configuration.name)"]) }
      return .success(())
    case .failure(let fault):
      if isNews {
        log.warning("keys cannot be fetched", metadata: ["provider": "\(configuration.name)", "error": "\(fault)"])
      }
      return .failure(fault)
    }
  }

  private struct Loaded {
    let verifier: TokenVerifier
    let discovery: DiscoveryDocument?
    let keyText: [UInt8]
  }

  /// The provider's endpoints, once its discovery has been read; nil for providers without.
  func discovered() async throws(OIDCError) -> DiscoveryDocument? {
    guard case .discovery = configuration.keys else { return nil }
    if let known = state.withLock({ $0.discovery }) { return known }
    _ = try await keys()
    return state.withLock { $0.discovery }
  }

  private func load() async throws(ProviderFault) -> Loaded {
    var discovery: DiscoveryDocument?
    let bytes: [UInt8]
    switch configuration.keys {
    case .file(let path):
      guard let content = fetcher.readFile(path) else { throw .file(path: path) }
      bytes = content
    case .url(let text):
      bytes = try await fetcher.get(try Self.url(text))
    case .discovery:
      let document = try DiscoveryDocument(
        parsing: try await fetcher.get(try Self.discoveryURL(configuration.issuer)), issuer: configuration.issuer)
      bytes = try await fetcher.get(document.keysURL)
      discovery = document
    }
    do throws(JWTError) {
      let keys = try JSONWebKeySet(parsing: bytes)
      return Loaded(
        verifier: TokenVerifier(keys: keys, algorithms: configuration.algorithms), discovery: discovery, keyText: bytes)
    } catch {
      throw .keys(error)
    }
  }

  /// OpenID Connect Discovery section 4.1: below the issuer, one slash between.
  static func discoveryURL(_ issuer: String) throws(ProviderFault) -> HTTPURL {
    try url((issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration")
  }

  static func url(_ text: String) throws(ProviderFault) -> HTTPURL {
    let url: HTTPURL
    do throws(HTTPURL.Malformed) {
      url = try HTTPURL(text)
    } catch {
      throw .badEndpoint("issuer")
    }
    guard url.scheme == .https else { throw .badEndpoint("issuer") }
    return url
  }
}
