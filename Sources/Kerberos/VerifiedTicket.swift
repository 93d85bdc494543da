public import KerberosNames
public import S3Model

/// Proof that a request came with a good ticket for this gateway. Only ``KerberosAcceptor`` makes one.
public struct VerifiedTicket: Sendable {
  public let principal: KerberosPrincipal
  /// What the rules call the principal; nil where none is about it.
  public let name: ByteString?
  /// The service that the ticket was for.
  public let service: ByteString
  /// When the ticket ends, in seconds since 1970: nothing that comes of it may live longer.
  public let endSeconds: Int64
  /// Goes back behind `Negotiate`, so that the client knows whom it talked to; empty where it did not ask.
  public let answer: [UInt8]
  /// Whether the token was made for this very TLS connection.
  public let isChannelBound: Bool
  /// Security identifiers of the groups that the KDC put into the ticket, such as `S-1-5-21-1-2-3-512`.
  public let groups: [ByteString]

  init(
    principal: KerberosPrincipal, name: ByteString?, service: ByteString, endSeconds: Int64, answer: [UInt8],
    isChannelBound: Bool, groups: [ByteString]
  ) {
    self.principal = principal
    self.name = name
    self.service = service
    self.endSeconds = endSeconds
    self.answer = answer
    self.isChannelBound = isChannelBound
    self.groups = groups
  }
}
