import Identity
import IdentityStore
public import OIDCClient
import S3Model
public import Settings
import Synchronization

/// OpenID Connect providers that were made through IAM. What verifies their tokens is made when the first one comes, and
/// kept for as long as the record says the same.
public final class StoredOpenIDProviders: Sendable {
  private struct Made: Sendable {
    let clientIDs: [ByteString]
    let provider: Federation.Provider
    let refreshing: Task<Void, Never>
  }

  private let made = Mutex<[ByteString: Made]>([:])
  private let make: @Sendable (OpenIDSettings) -> OIDCProvider

  public init(make: @escaping @Sendable (OpenIDSettings) -> OIDCProvider) { self.make = make }

  /// The provider of an issuer, as the records of now have it; nil for none, and for one that takes no audience.
  func provider(ofIssuer issuer: String, in identities: IdentityDirectory) -> Federation.Provider? {
    let scheme = "https://"
    guard issuer.hasPrefix(scheme) else { return nil }
    let url = ByteString(String(issuer.dropFirst(scheme.count)))
    let record = identities.table.openIDProvider(url: url)
    return made.withLock { made in
      guard let record, !record.clientIDs.isEmpty else {
        made.removeValue(forKey: url)?.refreshing.cancel()
        return nil
      }
      if let known = made[url], known.provider.id == record.uniqueID, known.clientIDs == record.clientIDs {
        return known.provider
      }
      made[url]?.refreshing.cancel()
      let settings = OpenIDSettings(issuer: issuer, audiences: record.clientIDs.map(\.text))
      let oidc = make(settings)
      let provider = Federation.Provider(
        settings: settings, oidc: oidc, id: record.uniqueID,
        mapping: WebIdentityMapping(settings, providerID: record.uniqueID, account: identities.account),
        rolePrefix: "arn:aws:iam::\(identities.account):role/")
      made[url] = Made(
        clientIDs: record.clientIDs, provider: provider, refreshing: Task { await oidc.keepFresh() })
      return provider
    }
  }

  public func shutdown() {
    made.withLock { made in
      for (_, entry) in made { entry.refreshing.cancel() }
      made = [:]
    }
  }
}

extension Snapshot {
  /// Whether sessions that this provider vouched for still count.
  func knows(provider id: ByteString) -> Bool {
    federation.knows(id) || identities.table.hasOpenIDProvider(id: id)
  }

  /// Whether there is anybody whose word is taken in place of a signature.
  var takesOtherProofs: Bool { !federation.isEmpty || identities.table.hasOpenIDProviders }
}
