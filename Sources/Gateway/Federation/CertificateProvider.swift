import HTTPClient
import HTTPWire
import Identity
public import Logging
public import NIOCore
import S3Model
import STS
public import Settings
import Synchronization
import TLS

/// One provider of `certificates`: whose client certificates are taken, and who they are of.
///
/// A certificate is verified when it is traded, chain, times and revocation alike, whatever the handshake thought of it.
public final class CertificateProvider: Sendable {
  let settings: CertificateProviderSettings
  let id: ByteString
  private let arn: ByteString
  private let files: ClientCertificateFiles
  private let group: any EventLoopGroup
  private let log: Logger
  private let answers = Mutex<[[UInt8]: (status: OCSPInquiry.Answer.Status, end: Int64)]>([:])
  private let asking = Mutex(0)

  /// Link-local addresses: where clouds tell their machines' secrets.
  private static let refused = ["169.254.0.0/16", "fe80::/10", "::ffff:169.254.0.0/112"].compactMap { IPNetwork($0) }
  private static let answersMax = 10_000
  private static let askingMax = 64
  private static let answerBytesMax = 65_536
  /// An answer is not kept longer, whatever it says, in seconds.
  private static let answerSecondsMax: Int64 = 3600

  public init(_ settings: CertificateProviderSettings, accountID: String, group: any EventLoopGroup, log: Logger) {
    self.settings = settings
    id = AccountID(accountID).map { certificateProviderID(name: settings.name, account: $0) } ?? ""
    arn = ByteString("arn:aws:iam::\(accountID):certificate-provider/\(settings.name)")
    files = ClientCertificateFiles(
      ClientCertificateFiles.Paths(
        authorities: settings.caFile.path, intermediates: settings.intermediatesFile?.path,
        revocationLists: settings.revocationListFiles))
    self.group = group
    var log = log
    log[metadataKey: "provider"] = .string(settings.name)
    self.log = log
  }

  /// Who a chain is of that a client has proved to own.
  /// - Parameters:
  ///   - chain: DER, leaf first.
  ///   - now: in seconds since 1970.
  func identity(of chain: [[UInt8]], atSeconds now: Int64) async throws(CertificateRefusal) -> FederatedIdentity {
    let trust = files.current { error in
      log.error("authorities of client certificates cannot be used", metadata: ["error": "\(error)"])
    }
    guard let trust else { throw .notLoaded }
    let certificate = try trust.verify(chain, at: now)
    if settings.ocsp == .required { try await checkRevocation(of: certificate, trust, now) }
    guard let subject = name(certificate) else { throw .malformed }
    return FederatedIdentity(
      providerARN: arn, providerID: id, providerName: ByteString(settings.name), subject: subject, audience: "",
      claims: claims(certificate), endSeconds: certificate.notAfter)
  }

  /// The one name of the kind that settings choose; several would be several people.
  private func name(_ certificate: VerifiedCertificate) -> ByteString? {
    guard !certificate.names.hasUnusable else { return nil }
    let names = certificate.names
    let found: [String] =
      switch settings.principal {
      case .subject: [certificate.subject]
      case .commonName: names.commonNames
      case .email: names.emails
      case .dns: names.dnsNames
      case .uri: names.uris
      case .userPrincipalName: names.userPrincipalNames
      }
    guard found.count == 1, !found[0].isEmpty else { return nil }
    return ByteString(found[0])
  }

  /// Policies read `x509:subject`, `x509:issuer`, `x509:serial` and the names: `x509:commonname`, `x509:organization`,
  /// `x509:organizationalunit`, `x509:email`, `x509:dns`, `x509:uri`, `x509:upn`.
  private func claims(_ certificate: VerifiedCertificate) -> [SessionClaim] {
    let names = certificate.names
    let all: [(ByteString, [String])] = [
      ("x509:subject", [certificate.subject]), ("x509:issuer", [certificate.issuer]),
      ("x509:serial", [certificate.serialNumber]), ("x509:commonname", names.commonNames),
      ("x509:organization", names.organizations), ("x509:organizationalunit", names.organizationalUnits),
      ("x509:email", names.emails), ("x509:dns", names.dnsNames), ("x509:uri", names.uris),
      ("x509:upn", names.userPrincipalNames),
    ]
    return all.compactMap { name, values in
      values.isEmpty ? nil : SessionClaim(name: name, values: values.map { ByteString($0) })
    }
  }

  // MARK: Revocation

  private func checkRevocation(
    of certificate: VerifiedCertificate, _ trust: ClientCertificateTrust, _ now: Int64
  ) async throws(CertificateRefusal) {
    guard let inquiries = OCSPInquiry.all(for: certificate) else { throw .revocationUnknown }
    for inquiry in inquiries {
      let status: OCSPInquiry.Answer.Status
      if let known = answers.withLock({ $0[inquiry.key] }), known.end > now {
        status = known.status
      } else {
        status = try await ask(inquiry, trust, now)
      }
      switch status {
      case .good: break
      case .revoked: throw .revoked
      case .unknown: throw .unknownToResponder
      }
    }
  }

  /// The first answer of a responder that holds.
  private func ask(
    _ inquiry: OCSPInquiry, _ trust: ClientCertificateTrust, _ now: Int64
  ) async throws(CertificateRefusal) -> OCSPInquiry.Answer.Status {
    let isFree = asking.withLock { count in
      if count >= Self.askingMax { return false }
      count += 1
      return true
    }
    guard isFree else { throw .revocationUnknown }
    defer { asking.withLock { $0 -= 1 } }
    for responder in settings.ocspURL.map({ [$0] }) ?? inquiry.responders {
      do {
        let answer = try inquiry.judge(try await send(inquiry.request, to: responder), trust: trust, at: now)
        if let end = answer.nextUpdate {
          answers.withLock { answers in
            if answers.count >= Self.answersMax { answers = [:] }
            answers[inquiry.key] = (answer.status, min(end, now + Self.answerSecondsMax))
          }
        }
        return answer.status
      } catch {
        log.warning("an OCSP responder is of no help", metadata: ["responder": "\(responder)", "error": "\(error)"])
      }
    }
    throw .revocationUnknown
  }

  private func send(_ question: [UInt8], to responder: String) async throws -> [UInt8] {
    let url = try HTTPURL(responder)
    var limits = HTTPClientLimits()
    limits.connectionsMax = 1
    // Which responder that is, a certificate said.
    limits.addressFilter = { address in !Self.refused.contains { $0.contains(address) } }
    let requester = HTTPRequester(try HTTPEndpoint(url), limits: limits, group: group.any())
    defer { requester.shutDown() }
    let request = HTTPClientRequest(
      .post, url.target, fields: [(name: "Content-Type", value: "application/ocsp-request")],
      body: ByteBuffer(bytes: question))
    let answer = try await requester.answer(
      to: request, timeout: settings.timeout, answerBytesMax: Self.answerBytesMax)
    guard answer.status == 200 else { throw OCSPInquiry.Fault.malformed }
    return Array(answer.body.readableBytesView)
  }
}

extension Federation {
  /// Who a client is by the certificate of its connection.
  /// - Parameters:
  ///   - provider: the provider's name; nil for the first whose authorities it leads to.
  ///   - now: in seconds since 1970.
  func identity(
    ofCertificate chain: [[UInt8]], provider: ByteString?, atSeconds now: Int64, log: Logger
  ) async throws(FederationRefusal) -> FederatedIdentity {
    for certificates in certificates where provider == nil || ByteString(certificates.settings.name) == provider {
      do throws(CertificateRefusal) {
        return try await certificates.identity(of: chain, atSeconds: now)
      } catch {
        log.info(
          "a client certificate is refused",
          metadata: ["provider": "\(certificates.settings.name)", "reason": "\(error)"])
        switch error {
        case .revocationUnknown, .notLoaded: throw .providerUnreachable
        // Another provider must not let in whom this one has locked out.
        case .revoked, .unknownToResponder: throw .invalidCertificate
        case .malformed, .chain, .isAuthority, .notForClients: continue
        }
      }
    }
    throw .invalidCertificate
  }
}
