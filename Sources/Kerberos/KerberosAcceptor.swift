import KerberosNames
public import S3Model
import Synchronization

/// Verifies what clients send behind `Negotiate`: one token, one ticket, no state between requests.
///
/// No directory and no KDC is asked: a ticket verifies with the keys of the keytab alone.
/// Source: RFC 4559 (the scheme), RFC 4178 (SPNEGO), RFC 4121 (Kerberos), RFC 5929 section 4 (the binding).
public final class KerberosAcceptor: Sendable {
  public let configuration: KerberosConfiguration
  private let services: Set<ByteString>
  private let threads: KerberosThreads
  /// Handles that no thread uses now: at most one for each thread.
  private let idle = Mutex<[AcceptorCredential]>([])

  public init(_ configuration: KerberosConfiguration, threads: KerberosThreads) {
    self.configuration = configuration
    self.threads = threads
    services = Set(configuration.services.map(\.text))
  }

  /// The services for which the keytab has no key now, with the library's words. Blocks.
  public func missingKeys() -> [(service: ByteString, reason: String)] {
    configuration.services.compactMap { service in
      do throws(KerberosError) {
        _ = try AcceptorCredential(
          keytab: keytab, replayCache: replayCache, principal: service.text.bytes)
        return nil
      } catch {
        guard case .unusable(let reason) = error else { return (service.text, "\(error)") }
        return (service.text, reason)
      }
    }
  }

  /// - Parameters:
  ///   - binding: see ``ChannelBinding``; nil where the connection's certificate is not known.
  ///   - nowSeconds: since 1970.
  public func verify(
    _ token: NegotiateToken, binding: ChannelBinding?, nowSeconds: Int64
  ) async throws(KerberosError) -> VerifiedTicket {
    try await threads.run { [self] () throws(KerberosError) in
      try accept(token, binding: binding, nowSeconds: nowSeconds)
    }
  }

  private var keytab: String { "FILE:" + configuration.keytab }
  private var replayCache: String { "file2:" + configuration.replayCache }

  /// Blocks: files are read and locked.
  private func accept(
    _ token: NegotiateToken, binding: ChannelBinding?, nowSeconds: Int64
  ) throws(KerberosError) -> VerifiedTicket {
    var kept = idle.withLock { $0.popLast() }
    if kept == nil { kept = try AcceptorCredential(keytab: keytab, replayCache: replayCache) }
    guard let credential = kept else { throw .unusable(reason: "no credential") }
    defer { idle.withLock { $0.append(credential) } }
    let context = try AcceptedContext(token, credential, binding: binding?.bytes)
    guard !context.isAnonymous else { throw .name(.anonymous) }
    guard let serviceName = context.serviceName(), let service = KerberosPrincipal(serviceName)?.text,
      services.contains(service)
    else { throw .otherService }
    if configuration.requiresBinding, !context.isChannelBound { throw .unbound }
    guard let name = context.clientName(), let principal = KerberosPrincipal(name) else { throw .malformedName }
    let named: NameRules.Named
    do throws(NameRules.Refusal) {
      named = try configuration.rules.named(principal)
    } catch {
      throw .name(error)
    }
    let groups = try GroupIdentifiers.read(context)
    let isBound = context.isChannelBound
    // The library allows for clocks that differ; what is issued here ends with the ticket, so nothing could come of it.
    guard let end = context.takeEndSeconds(), end > nowSeconds else { throw .expired }
    return VerifiedTicket(
      principal: named.principal, name: named.name, service: service, endSeconds: end, answer: context.answer,
      isChannelBound: isBound, groups: groups)
  }
}
