/// Why a client's certificate proves nothing; for log and audit, clients hear only that it does not.
public enum CertificateRefusal: Error, Hashable, Sendable {
  case malformed
  /// OpenSSL's `X509_V_ERR_…` code and text, and which certificate of the chain, counted from the leaf.
  case chain(code: Int, reason: String, depth: Int)
  /// An authority's certificate names nobody.
  case isAuthority
  /// Extended key usage must be there and name clientAuth; `anyExtendedKeyUsage` is not enough.
  case notForClients
  case revoked
  /// The responder has no such certificate.
  case unknownToResponder
  /// No usable answer about revocation, and one is required.
  case revocationUnknown
  /// The authorities' files could not be read.
  case notLoaded
}
