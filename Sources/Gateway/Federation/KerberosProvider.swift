import Identity
import Kerberos
import KerberosNames
import LDAPClient
import Logging
import S3Model
import STS
import Settings

/// One provider of `kerberos`: its acceptor, and what its tickets mean here.
struct KerberosProvider: Sendable {
  let settings: KerberosSettings
  let acceptor: KerberosAcceptor
  let id: ByteString
  /// ARNs.
  let roles: [ByteString]
  private let arn: ByteString
  private let groups: Set<ByteString>?

  private static let groupsMax = 64

  init(_ settings: KerberosSettings, _ acceptor: KerberosAcceptor, account: AccountID) {
    self.settings = settings
    self.acceptor = acceptor
    id = kerberosProviderID(name: settings.name, account: account)
    arn = ByteString("arn:aws:iam::\(account):kerberos-provider/\(settings.name)")
    roles = settings.roles.map {
      $0.hasPrefix("arn:") ? ByteString($0) : ByteString("arn:aws:iam::\(account):role/\($0)")
    }
    groups = settings.groups.map { Set($0.map { ByteString($0) }) }
  }

  /// - Parameter person: as the directory has them, where settings name one: its groups count, not the ticket's.
  ///
  /// Policies read `krb5:principal`, `krb5:realm`, `krb5:name`, `krb5:service` and `krb5:groups`,
  /// with a directory `krb5:groupnames` besides.
  func identity(
    _ ticket: VerifiedTicket, _ person: DirectoryPerson?
  ) throws(FederationRefusal) -> FederatedIdentity {
    let principal = ticket.principal.text
    var claims = [
      SessionClaim(name: "krb5:principal", values: [principal]),
      SessionClaim(name: "krb5:realm", values: [ticket.principal.realm]),
      SessionClaim(name: "krb5:service", values: [ticket.service]),
    ]
    if let name = ticket.name { claims.append(SessionClaim(name: "krb5:name", values: [name])) }
    if let names = person?.groupNames, !names.isEmpty {
      claims.append(SessionClaim(name: "krb5:groupnames", values: names))
    }
    let groups =
      person?.groups ?? groups.map { wanted in ticket.groups.filter { wanted.contains($0) } } ?? ticket.groups
    // More than a session can carry would be a part that policies take for the whole.
    guard groups.count <= Self.groupsMax else { throw .rejected }
    if !groups.isEmpty { claims.append(SessionClaim(name: "krb5:groups", values: groups)) }
    return FederatedIdentity(
      providerARN: arn, providerID: id, providerName: ByteString(settings.name), subject: principal,
      audience: ticket.service, claims: claims, endSeconds: ticket.endSeconds)
  }
}

/// Somebody with a ticket. Made from a ``VerifiedTicket`` alone.
struct TicketIdentity: Sendable {
  let ticket: VerifiedTicket
  let identity: FederatedIdentity
  let roles: [ByteString]
}

extension Federation {
  /// Whether `Authorization: Negotiate` means anything here.
  var takesTickets: Bool { !kerberos.isEmpty }
  var takesTicketsOnS3: Bool { kerberos.contains(where: \.settings.isForS3) }

  /// Who a token stands for. Each provider has services of its own, so at most one takes it.
  /// - Parameters:
  ///   - forS3: only providers whose tickets are taken on S3 requests are asked.
  ///   - now: in seconds since 1970.
  func identity(
    of token: NegotiateToken, binding: ChannelBinding?, forS3: Bool, atSeconds now: Int64, log: Logger
  ) async throws(FederationRefusal) -> TicketIdentity {
    var refusal = FederationRefusal.invalidToken
    for provider in kerberos where !forS3 || provider.settings.isForS3 {
      let ticket: VerifiedTicket
      do throws(KerberosError) {
        ticket = try await provider.acceptor.verify(token, binding: binding, nowSeconds: now)
      } catch {
        log.info("a ticket is refused", metadata: ["provider": "\(provider.settings.name)", "reason": "\(error)"])
        refusal = Self.refusal(error)
        continue
      }
      var person: DirectoryPerson?
      if let name = provider.settings.directory {
        guard let directory = directories.first(where: { $0.settings.name == name }) else { throw .providerUnreachable }
        // Whom no rule names, no directory knows.
        guard let name = ticket.name else { throw .rejected }
        person = try await directory.person(named: name, atSeconds: now)
      }
      return TicketIdentity(ticket: ticket, identity: try provider.identity(ticket, person), roles: provider.roles)
    }
    throw refusal
  }

  private static func refusal(_ error: KerberosError) -> FederationRefusal {
    switch error {
    case .expired: .expiredToken
    case .busy, .timedOut: .busy
    case .unusable: .providerUnreachable
    case .name: .rejected
    case .notKerberos, .refused, .needsContinuation, .wrongBinding, .unbound, .otherService, .malformedName:
      .invalidToken
    }
  }
}
